import type { Logger } from 'pino';
import type { DeliveryFacts } from '../delivery/outcome.ts';
import { conflictWarning } from '../internal-system/conflicts.ts';

/** The one log line of a settled delivery. A warning is worth a look, an error needs a person. */
export function logOutcome(logger: Logger, facts: DeliveryFacts): void {
  logger[levelOf(facts)](fieldsOf(facts), messageOf(facts));
}

function levelOf({ outcome, reason, conflicts }: DeliveryFacts): 'debug' | 'info' | 'warn' | 'error' {
  switch (outcome) {
    case 'synced':
      return conflicts === undefined ? 'info' : 'warn';
    case 'unchanged':
    case 'stale':
    case 'split':
      return 'info';
    case 'requeued':
      // It goes on for as long as the broker takes nothing, which one line has said already.
      return reason === 'broker_unavailable' ? 'debug' : 'info';
    case 'retrying':
      return 'warn';
    case 'dead-lettered':
      return 'error';
    default:
      return outcome satisfies never;
  }
}

function messageOf(facts: DeliveryFacts): string {
  if (facts.shipmentId !== undefined) return shipmentMessage(facts);
  const { outcome, reference, orderNumber, event, status, reason, delayMs, conflicts, previousNumber, orders } = facts;
  const nameless = orders === undefined ? 'an event that names no order' : `an event that names ${orders} orders`;
  const order = orderNumber ?? reference ?? nameless;
  const subject = event === null ? order : `${order} (${event})`;
  const written = facts.written === undefined ? storedWords(facts) : `, written as ${status}`;
  const why = reason === undefined ? '' : `: ${reason}${written}`;
  const follows = outcome === 'retrying' ? 'next attempt' : 'looked at again';
  const next = delayMs === undefined ? '' : `, ${follows} in ${delayMs / 1000} s`;
  const before = previousNumber === undefined ? '' : `, stored as ${previousNumber} until now`;
  return `${outcome} ${subject}${why}${next}${before}${conflictWarning(conflicts ?? [])}`;
}

function shipmentMessage({ outcome, reference, shipmentId, reason, delayMs, conflicts }: DeliveryFacts): string {
  const words = outcome === 'synced' ? 'reported' : outcome === 'unchanged' ? 'the shop has' : outcome;
  const why = reason === undefined ? '' : `: ${reason}`;
  const next = delayMs === undefined ? '' : `, next attempt in ${delayMs / 1000} s`;
  const conflict = conflicts === undefined ? '' : `, a conflict: ${conflicts.join(', ')}`;
  return `${words} ${shipmentId} of ${reference}${why}${next}${conflict}`;
}

function storedWords({ undelivered, status }: DeliveryFacts): string {
  return undelivered === undefined ? '' : `, stored as ${status} and not in the ERP`;
}

/** Undefined fields are left out of the line. */
function fieldsOf(facts: DeliveryFacts): Record<string, unknown> {
  const { reference, orderNumber } = facts;
  return {
    orderNumber,
    reference: reference === orderNumber ? undefined : reference,
    shipmentId: facts.shipmentId,
    event: facts.shipmentId === undefined ? facts.event : undefined,
    status: facts.status,
    outcome: facts.outcome,
    orders: facts.orders,
    reason: facts.reason,
    error: facts.error,
    written: facts.written,
    undelivered: facts.undelivered,
    conflict: facts.conflicts === undefined ? undefined : true,
    conflicts: facts.conflicts,
    previousNumber: facts.previousNumber,
    attempt: facts.attempt,
    deliveryTag: facts.deliveryTag,
    redelivered: facts.redelivered,
    [facts.outcome === 'retrying' ? 'nextAttemptInMs' : 'nextLookInMs']: facts.delayMs,
    // OpenTelemetry's names for them, by which log viewers find the trace.
    trace_id: facts.traceId,
    span_id: facts.spanId,
    queueMs: rounded(facts.queueMs),
    fetchMs: rounded(facts.fetchMs),
    writeMs: rounded(facts.writeMs),
    deliverMs: rounded(facts.deliverMs) ?? undefined,
    settleMs: rounded(facts.settleMs),
    totalMs: rounded(facts.totalMs),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
