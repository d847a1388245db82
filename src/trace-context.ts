import { AsyncLocalStorage } from 'node:async_hooks';
import type { InContext } from './async/batch-context.ts';

/**
 * W3C trace context: the request in the shop that an event goes back to. It arrives in a message's headers, is written to the
 * log, and is passed on to the shop with the request for the order, so that one trace shows the whole path.
 *
 * https://www.w3.org/TR/trace-context/
 */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACESTATE_MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_TRACESTATE_LENGTH = 512;
const MAX_TRACESTATE_MEMBERS = 32;

/** Anyone can write headers: anything but an exact trace context counts as none, and a bad tracestate is dropped. */
export function parseTraceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const traceId = TRACEPARENT.exec(traceparent)?.[1];
  if (traceId === undefined) return undefined;
  return { traceId, traceparent, tracestate: isTracestate(tracestate) ? tracestate : undefined };
}

function isTracestate(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_TRACESTATE_LENGTH) return false;
  const members = value.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  return members.length <= MAX_TRACESTATE_MEMBERS && members.every((member) => TRACESTATE_MEMBER.test(member));
}

const current = new AsyncLocalStorage<TraceContext | undefined>();

/**
 * Takes the context of now to where a caller's work is done later. All of it with OpenTelemetry, which keeps its own there;
 * otherwise the trace, which costs a tenth of that.
 */
export function contextOfNow(): InContext {
  if (isOpenTelemetryAtWork()) return AsyncLocalStorage.snapshot();
  const trace = current.getStore();
  return (work) => (current.getStore() === trace ? work() : current.run(trace, work));
}

/** Does the work as part of that trace; of none if undefined. */
export function withTrace<T>(trace: TraceContext | undefined, work: () => T): T {
  return trace === undefined ? work() : current.run(trace, work);
}

/** The headers with which a request made now continues the trace; {} without one. */
export function traceHeaders(): Record<string, string> {
  const trace = current.getStore();
  if (trace === undefined || isOpenTelemetryAtWork()) return {};
  const { traceparent, tracestate } = trace;
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}

/** The headers of a request made now, with those. */
export function withTraceHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return current.getStore() === undefined ? headers : { ...headers, ...traceHeaders() };
}

/**
 * OpenTelemetry adds these headers itself, with a span of its own for the request, without checking whether they exist: the
 * shop would accept neither of two. Its API registers itself in the same place in all versions 1.x.
 */
export function isOpenTelemetryAtWork(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  return typeof registered === 'object' && registered !== null && 'propagation' in registered;
}
