import { afterEach, describe, expect, test } from 'vitest';
import { parseTraceContext, traceHeaders, withTrace } from '../src/trace-context.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

test('a trace context is taken as it came', () => {
  const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE, tenant@vendor=a b';
  expect(parseTraceContext(TRACEPARENT, tracestate)).toEqual({
    traceId: TRACE_ID,
    traceparent: TRACEPARENT,
    tracestate,
  });
});

test.each([
  ['nothing', undefined],
  ['no text', 7],
  ['bytes', Buffer.from(TRACEPARENT)],
  ['an empty text', ''],
  ['upper case', TRACEPARENT.toUpperCase()],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
  ['a short trace id', `00-${TRACE_ID.slice(1)}-00f067aa0ba902b7-01`],
  ['the version that is none', `ff-${TRACE_ID}-00f067aa0ba902b7-01`],
  ['a version of the future', `01-${TRACE_ID}-00f067aa0ba902b7-01`],
  ['more than belongs there', `${TRACEPARENT}-00`],
  ['a line break', `${TRACEPARENT}\n`],
  ['another header in it', `${TRACEPARENT}\r\nx-evil: 1`],
])('%s is no trace context', (_what, traceparent) => {
  expect(parseTraceContext(traceparent, 'rojo=1')).toBeUndefined();
});

test.each([
  ['no text', ['rojo=1']],
  ['an empty text', ''],
  ['no value', 'rojo='],
  ['no key', '=1'],
  ['a key in upper case', 'Rojo=1'],
  ['a line break', 'rojo=1\r\nx-evil: 1'],
  ['characters beyond ASCII', 'rojo=ä'],
  ['too many members', Array.from({ length: 33 }, (_, index) => `k${index}=1`).join()],
  ['too many characters', `rojo=${'a'.repeat(510)}`],
])('a tracestate that is %s is left behind, and the trace is not', (_what, tracestate) => {
  expect(parseTraceContext(TRACEPARENT, tracestate)).toEqual({
    traceId: TRACE_ID,
    traceparent: TRACEPARENT,
    tracestate: undefined,
  });
});

describe('the headers of a request', () => {
  const OPENTELEMETRY = Symbol.for('opentelemetry.js.api.1');
  afterEach(() => void Reflect.deleteProperty(globalThis, OPENTELEMETRY));

  test('go on with the trace it is made in, and with none outside', async () => {
    expect(traceHeaders()).toEqual({});
    const within = withTrace(parseTraceContext(TRACEPARENT, 'rojo=1'), async () => {
      await Promise.resolve();
      return traceHeaders();
    });
    expect(traceHeaders()).toEqual({});
    expect(await within).toEqual({ traceparent: TRACEPARENT, tracestate: 'rojo=1' });
    expect(withTrace(parseTraceContext(TRACEPARENT, undefined), traceHeaders)).toEqual({ traceparent: TRACEPARENT });
    expect(withTrace(undefined, traceHeaders)).toEqual({});
  });

  test('are left to OpenTelemetry where that is at work', () => {
    const inTrace = () => withTrace(parseTraceContext(TRACEPARENT, 'rojo=1'), traceHeaders);
    Reflect.set(globalThis, OPENTELEMETRY, { version: '1.9.0' });
    expect(inTrace()).toHaveProperty('traceparent');
    Reflect.set(globalThis, OPENTELEMETRY, { version: '1.9.0', propagation: {} });
    expect(inTrace()).toEqual({});
  });
});
