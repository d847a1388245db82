import type { Logger } from 'pino';
import type { Outcome } from '../delivery/outcome.ts';
import type { FailureReason } from '../errors.ts';
import type { EventType } from '../messages/order-event.ts';
import type { OrderStatus } from '../orders/order.ts';

/** What is known of a delivery once it is settled: for the log and the metrics. Durations are in ms. */
export interface DeliveryFacts {
  /** What the event named; null when it could not be decoded. */
  readonly reference: string | null;
  /** Known once the order was fetched. */
  readonly orderNumber: string | null;
  readonly event: EventType | null;
  /** The order's, once it was fetched. */
  readonly status: OrderStatus | null;
  readonly outcome: Outcome;
  /** Why it was not synced. */
  readonly reason?: FailureReason | undefined;
  readonly error?: string | undefined;
  /** 1 for the first. */
  readonly attempt: number;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  /** Of the trace that the event was published in. */
  readonly traceId?: string | undefined;
  /** True when this delivery cancelled an order that staff had begun to pick. */
  readonly conflict?: boolean | undefined;
  /** Until the next attempt. */
  readonly delayMs?: number | undefined;
  /** From publishing to delivery; null when the publisher gave no time. */
  readonly queueMs: number | null;
  readonly fetchMs: number | null;
  readonly writeMs: number | null;
  /** From delivery to settlement. */
  readonly totalMs: number;
}

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
  const { outcome, reference, orderNumber, event, reason, delayMs, conflict } = facts;
  const order = orderNumber ?? reference ?? 'an event that names no order';
  const what = event === null ? order : `${order} (${event})`;
  const why = reason === undefined ? '' : `: ${reason}`;
  const next = delayMs === undefined ? '' : `, next attempt in ${delayMs / 1000} s`;
  const warning = conflict === true ? ', but picking had begun: staff must stop it' : '';
  return `${outcome} ${what}${why}${next}${warning}`;
}

/** What is undefined stays out of the line. */
function fieldsOf(facts: DeliveryFacts): Record<string, unknown> {
  const { reference, orderNumber } = facts;
  return {
    orderNumber,
    reference: reference === orderNumber ? undefined : reference,
    event: facts.event,
    status: facts.status,
    outcome: facts.outcome,
    reason: facts.reason,
    error: facts.error,
    conflict: facts.conflict,
    attempt: facts.attempt,
    deliveryTag: facts.deliveryTag,
    redelivered: facts.redelivered,
    nextAttemptInMs: facts.delayMs,
    // Named as OpenTelemetry names it, by which log viewers find the trace.
    trace_id: facts.traceId,
    queueMs: rounded(facts.queueMs),
    fetchMs: rounded(facts.fetchMs),
    writeMs: rounded(facts.writeMs),
    totalMs: rounded(facts.totalMs),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
