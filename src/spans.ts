import type { Attributes, Context, Link, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import type { BatchContext, InContext } from './async/batch-context.ts';
import { SyncError } from './errors.ts';
import { contextOfNow, isOpenTelemetryAtWork, type TraceContext } from './trace-context.ts';
import { VERSION } from './version.ts';

/**
 * Spans for OpenTelemetry, through its API alone: whoever wants traces starts the daemon with an SDK (`node --import`). Without one,
 * not even the API is loaded.
 */
interface OpenTelemetry {
  readonly api: typeof import('@opentelemetry/api');
  readonly tracer: Tracer;
}

let otel: OpenTelemetry | undefined;

/** Call it before the first span. */
export async function openSpans(): Promise<void> {
  if (!isOpenTelemetryAtWork()) return;
  const api = await import('@opentelemetry/api');
  otel = { api, tracer: api.trace.getTracer('order-sync', VERSION) };
}

/** Does the work in a span below the current one. */
export function inSpan<T>(name: string, work: () => Promise<T>, options: SpanOptions = {}): Promise<T> {
  if (otel === undefined) return work();
  const { api } = otel;
  return run(otel, name, options, api.context.active(), work);
}

/**
 * Does the work in a span of the trace that a message names. OpenTelemetry's own instrumentation may have begun a span for the
 * delivery; then it is below that one.
 *
 * @param work gets undefined where there are no spans
 */
export function inSpanOf<T>(
  trace: TraceContext | undefined,
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (otel === undefined) return work(undefined);
  const { context, propagation, ROOT_CONTEXT, trace: traces } = otel.api;
  const active = traces.getActiveSpan()?.spanContext().traceId;
  const isWithin = active !== undefined && (trace === undefined || trace.traceId === active);
  return run(otel, name, options, isWithin ? context.active() : propagation.extract(ROOT_CONTEXT, trace ?? {}), work);
}

/** For a batcher: what several share is done in a span below that of the first, with a link to each. */
export function inBatchSpan(name: string): BatchContext {
  return {
    ofNow: contextOfNow,
    around: (contexts, run) => (otel === undefined ? run() : inSpan(name, run, spanOf(otel, contexts))),
  };
}

function spanOf({ api: { trace } }: OpenTelemetry, contexts: readonly InContext[]): SpanOptions {
  const links = contexts.flatMap((inContext): Link[] => {
    const context = inContext(() => trace.getActiveSpan()?.spanContext());
    return context === undefined ? [] : [{ context }];
  });
  return { links, attributes: { 'order_sync.batch_size': contexts.length } };
}

/** Says on a span what became of the work. */
export function describeSpan(span: Span, attributes: Attributes, failure: string | undefined): void {
  safely(() => {
    span.setAttributes(attributes);
    if (otel !== undefined && failure !== undefined) {
      span.setStatus({ code: otel.api.SpanStatusCode.ERROR, message: failure });
    }
  });
}

async function run<T>(
  { api, tracer }: OpenTelemetry,
  name: string,
  options: SpanOptions,
  parent: Context,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = safely(() => tracer.startSpan(name, options, parent));
  if (span === undefined) return await work(undefined);
  try {
    return await api.context.with(api.trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    // Its message may be anybody's, and a trace may go anywhere.
    describeSpan(span, {}, error instanceof SyncError ? error.reason : 'unexpected');
    throw error;
  } finally {
    safely(() => span.end());
  }
}

/** Whatever an SDK or its exporter throws: no order fails for the sake of a trace. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
