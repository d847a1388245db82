import type { FailureReason, SyncError } from '../errors.ts';
import type { Conflict } from '../internal-system/conflicts.ts';
import { WRITE_OUTCOMES } from '../internal-system/internal-system.ts';
import { FAILURE_OUTCOMES } from '../internal-system/ledger.ts';
import type { EventType } from '../messages/order-event.ts';
import type { OrderStatus } from '../orders/order.ts';

/**
 * How a delivery ended. The same words stand in the log, the metrics, the ledger and on the dashboard.
 *
 * - `synced`: the snapshot is committed in the internal system
 * - `unchanged`: the internal system held exactly this already
 * - `stale`: the internal system held something newer
 * - `retrying`: this attempt failed; the event waits in a retry queue for the next one
 * - `dead-lettered`: the event needs a person; it is in the dead letters with a reason
 * - `requeued`: back in its queue with no attempt counted (outage, shutdown)
 */
export const OUTCOMES = [...WRITE_OUTCOMES, ...FAILURE_OUTCOMES, 'requeued'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** An outcome, and why. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly error?: SyncError;
  /** Set when `error` shows that a dependency is down for everyone. */
  readonly outage?: SyncError;
  /** Until the next attempt, in ms. */
  readonly delayMs?: number;
  readonly conflicts?: readonly Conflict[];
  readonly previousNumber?: string | undefined;
}

/** A delivery that has been settled. */
export interface Settled {
  readonly facts: DeliveryFacts;
  /** The failure that shows that a dependency is down. */
  readonly outage: SyncError | undefined;
  /** What nobody foresaw: it belongs in the log, with its stack. */
  readonly unexpected: unknown;
}

/** What is known of a settled delivery, for log and metrics. Durations are in ms. */
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
  /** What this delivery brought that staff, who may be picking the order, must hear of. */
  readonly conflicts?: readonly Conflict[] | undefined;
  /** The number under which the order was stored until now. */
  readonly previousNumber?: string | undefined;
  /** Until the next attempt. */
  readonly delayMs?: number | undefined;
  /** From publish to delivery; null when the publisher gave no time. */
  readonly queueMs: number | null;
  /** All fetches together: an order that others write at the same time is fetched more than once. */
  readonly fetchMs: number | null;
  /** All writes together. */
  readonly writeMs: number | null;
  /** The ack; for a retry or dead letter, ledger entry and publisher confirm too. Null when settled without an attempt. */
  readonly settleMs: number | null;
  /** From delivery to settlement. */
  readonly totalMs: number;
}
