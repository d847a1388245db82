import { appendFileSync } from 'node:fs';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** For `node --import`: an SDK as a user would start it, which appends each finished span to SPANS_FILE, a line of JSON each. */
const path = process.env['SPANS_FILE'] ?? '';

function shown(span: ReadableSpan): object {
  const { name, attributes, status, links, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  const parentId = parentSpanContext?.spanId;
  return { name, traceId, spanId, parentId, attributes, status, links: links.map(({ context }) => context.spanId) };
}

/** Synchronous, so that a span is there before the log line of its delivery is. */
const processor = {
  onStart: () => undefined,
  onEnd: (span: ReadableSpan) => {
    appendFileSync(path, `${JSON.stringify(shown(span))}\n`);
    if (span.name === process.env['FAIL_AT_SPAN']) throw new Error('the collector is broken');
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
new NodeTracerProvider({ spanProcessors: [processor] }).register();
