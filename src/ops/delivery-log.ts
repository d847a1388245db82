import type { Logger } from 'pino';
import type { FailureReason } from '../errors.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { EventType } from '../orders/order-event.ts';
import type { Outcome } from '../outcome.ts';

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
  readonly reason?: FailureReason;
  readonly error?: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  /** Of the trace that the event was published in. */
  readonly traceId?: string;
  /** True when this delivery cancelled an order that staff had begun to pick. */
  readonly conflict?: boolean;
  /** Until the next attempt. */
  readonly delayMs?: number;
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
    case 'retry':
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

function fieldsOf(facts: DeliveryFacts): Record<string, unknown> {
  const { reference, orderNumber, delayMs, traceId, queueMs, fetchMs, writeMs, totalMs, ...rest } = facts;
  return {
    orderNumber,
    ...(reference === orderNumber ? {} : { reference }),
    ...rest,
    ...(delayMs === undefined ? {} : { nextAttemptInMs: delayMs }),
    // Named as OpenTelemetry names it, by which log viewers find the trace.
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    queueMs: rounded(queueMs),
    fetchMs: rounded(fetchMs),
    writeMs: rounded(writeMs),
    totalMs: rounded(totalMs),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
