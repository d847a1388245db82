import type { FailureReason, SyncError } from '../errors.ts';
import type { Conflict } from '../internal-system/conflicts.ts';
import { WRITE_OUTCOMES, type WriteOutcome } from '../internal-system/internal-system.ts';
import { FAILURE_OUTCOMES } from '../internal-system/ledger.ts';
import type { EventType } from '../messages/order-event.ts';
import type { OrderStatus } from '../orders/order.ts';

/**
 * How a delivery ended. The same words stand in the log, the metrics, the ledger and on the dashboard.
 *
 * - `synced`: the snapshot is committed in the internal system; with a ledger before an ERP, the ERP has it
 * - `unchanged`: the internal system held exactly this already
 * - `stale`: the first fetch showed something older than the internal system held; a second one showed what it holds
 * - `retrying`: this attempt failed, or the shop does not show yet what the event announced; the event waits in a retry
 *   queue for the next one
 * - `dead-lettered`: the event needs a person; it is in the dead letters with a reason
 * - `requeued`: back in its queue with no attempt counted (outage, shutdown)
 * - `split`: it named several orders; the broker has confirmed one event for each
 */
export const OUTCOMES = [...WRITE_OUTCOMES, ...FAILURE_OUTCOMES, 'requeued', 'split'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How an order was brought in. */
export interface SyncResult {
  readonly outcome: WriteOutcome;
  /** True if the shop may have shown an old version: nothing was written, or only because it was fetched later. */
  readonly mayLag: boolean;
}

/** An outcome, and why. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly error?: SyncError;
  /** Set when `error` shows that a dependency is down for everyone. */
  readonly outage?: SyncError;
  /** Until the next attempt or the later look, in ms. */
  readonly delayMs?: number;
  /** Those that the failure brings. */
  readonly conflicts?: readonly Conflict[];
  /** How many orders a message named that was split. */
  readonly orders?: number;
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
  /** What the event named; null when it could not be decoded, or named several. */
  readonly reference: string | null;
  /** Known once the order was fetched. */
  readonly orderNumber: string | null;
  readonly shopOrderId: string | null;
  /** Set if it is the order's shipment that was brought to the shop. */
  readonly shipmentId?: string | undefined;
  readonly event: EventType | null;
  /** The order's, once it was fetched. */
  readonly status: OrderStatus | null;
  readonly outcome: Outcome;
  /** Why it was not synced. */
  readonly reason?: FailureReason | undefined;
  readonly error?: string | undefined;
  /** Set if what the shop shows was written, and the event failed because it announced more. */
  readonly written?: true | undefined;
  /** Set if the order is stored in the ledger, and the ERP has not got it as far as anyone knows. */
  readonly undelivered?: true | undefined;
  /** 1 for the first. */
  readonly attempt: number;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  /** Of the trace that the event was published in, or that OpenTelemetry began here. */
  readonly traceId?: string | undefined;
  /** Of the span that the delivery has there; undefined without OpenTelemetry. */
  readonly spanId?: string | undefined;
  /** What this delivery brought that staff, who may be picking the order, must hear of. */
  readonly conflicts?: readonly Conflict[] | undefined;
  /** The number under which the order was stored until now. */
  readonly previousNumber?: string | undefined;
  /** Until the next attempt, if it failed; else until a later look. */
  readonly delayMs?: number | undefined;
  /** How many orders a message named that was split. */
  readonly orders?: number | undefined;
  /** From publish to delivery; null when the publisher gave no time. */
  readonly queueMs: number | null;
  /** All fetches together: an order that others write at the same time is fetched more than once. */
  readonly fetchMs: number | null;
  /** All writes together. */
  readonly writeMs: number | null;
  /** From the ledger into the ERP; null without a ledger before an ERP. */
  readonly deliverMs: number | null;
  /** The ack; for a retry or dead letter, ledger entry and publisher confirm too. Null when settled without an attempt. */
  readonly settleMs: number | null;
  /** From delivery to settlement. */
  readonly totalMs: number;
}

/** What became of the deliveries that were there when the daemon was told to stop. */
export interface StopReport {
  /** Those with any other outcome than `requeued`. */
  readonly finished: number;
  /** Those with the outcome `requeued`. */
  readonly requeued: number;
  /** Those that arrived after that: they were given back at once, and have no outcome. */
  readonly neverBegun: number;
  /** The time was up before everything was settled. */
  readonly isCutShort: boolean;
}
