import type { Delivery } from '../broker/delivery.ts';
import { readTraceContext } from '../messages/headers.ts';
import { describeSpan, inSpanOf } from '../spans.ts';
import type { DeliveryFacts, Settled } from './outcome.ts';

type Process = (delivery: Delivery, isCanary: boolean) => Promise<Settled>;

/** Gives each delivery a span, in the trace in which the event was published, and names it in what is logged. */
export function traced(queue: string, process: Process): Process {
  const attributes = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': queue };
  return (delivery, isCanary) =>
    inSpanOf(readTraceContext(delivery), 'sync order', { kind: CONSUMER, attributes }, async (span) => {
      const settled = await process(delivery, isCanary);
      if (span === undefined) return settled;
      const { facts } = settled;
      const { traceId, spanId } = span.spanContext();
      describeSpan(span, attributesOf(facts), facts.reason);
      return { ...settled, facts: { ...facts, traceId, spanId } };
    });
}

/** SpanKind.CONSUMER of the API, which is loaded only where it is wanted. */
const CONSUMER = 4;

function attributesOf({ outcome, reason, attempt, orderNumber, reference, event }: DeliveryFacts) {
  return {
    'order_sync.outcome': outcome,
    'order_sync.attempt': attempt,
    ...optional('order_sync.order', orderNumber ?? reference),
    ...optional('order_sync.event', event),
    ...optional('order_sync.reason', reason ?? null),
  };
}

function optional(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}
