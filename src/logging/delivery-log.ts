import type { Logger } from 'pino';
import type { DeliveryFacts } from '../delivery/outcome.ts';

/** The one log line of a settled delivery. A warning is worth a look, an error needs a person. */
export function logOutcome(logger: Logger, facts: DeliveryFacts): void {
  logger[levelOf(facts)](fieldsOf(facts), messageOf(facts));
}

function levelOf({ outcome, conflict }: DeliveryFacts): 'info' | 'warn' | 'error' {
  switch (outcome) {
    case 'synced':
      return conflict === true ? 'warn' : 'info';
    case 'unchanged':
    case 'stale':
    case 'requeued':
    case 'split':
      return 'info';
    case 'retrying':
      return 'warn';
    case 'dead-lettered':
      return 'error';
    default:
      return outcome satisfies never;
  }
}

function messageOf(facts: DeliveryFacts): string {
  const { outcome, reference, orderNumber, event, reason, delayMs, conflict, orders } = facts;
  const nameless = orders === undefined ? 'an event that names no order' : `an event that names ${orders} orders`;
  const order = orderNumber ?? reference ?? nameless;
  const subject = event === null ? order : `${order} (${event})`;
  const why = reason === undefined ? '' : `: ${reason}`;
  const follows = outcome === 'retrying' ? 'next attempt' : 'looked at again';
  const next = delayMs === undefined ? '' : `, ${follows} in ${delayMs / 1000} s`;
  const warning = conflict === true ? ', but picking had begun: staff must stop it' : '';
  return `${outcome} ${subject}${why}${next}${warning}`;
}

/** Undefined fields are left out of the line. */
function fieldsOf(facts: DeliveryFacts): Record<string, unknown> {
  const { reference, orderNumber } = facts;
  return {
    orderNumber,
    reference: reference === orderNumber ? undefined : reference,
    event: facts.event,
    status: facts.status,
    outcome: facts.outcome,
    orders: facts.orders,
    reason: facts.reason,
    error: facts.error,
    conflict: facts.conflict,
    attempt: facts.attempt,
    deliveryTag: facts.deliveryTag,
    redelivered: facts.redelivered,
    [facts.outcome === 'retrying' ? 'nextAttemptInMs' : 'nextLookInMs']: facts.delayMs,
    // OpenTelemetry's name for it, by which log viewers find the trace.
    trace_id: facts.traceId,
    queueMs: rounded(facts.queueMs),
    fetchMs: rounded(facts.fetchMs),
    writeMs: rounded(facts.writeMs),
    settleMs: rounded(facts.settleMs),
    totalMs: rounded(facts.totalMs),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
