import { SyncError } from '../errors.ts';
import type { WriteResult } from '../internal-system/internal-system.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';

/**
 * Does the snapshot show what the event announced? In real shops the API lags behind its events: an order that was just
 * paid still says pending. Writing that would be harmless, but nothing would ever correct it, so the event is retried.
 *
 * @throws SyncError `wrong_order`, `not_yet_paid`, `not_yet_cancelled`
 */
export function checkAgainstEvent(order: Order, event: OrderEvent): void {
  if (order.orderNumber !== event.reference && order.shopOrderId !== event.reference) {
    throw new SyncError(
      'wrong_order',
      `Asked the shop for order ${event.reference}, got order ${order.orderNumber} (shop id ${order.shopOrderId}).`,
    );
  }
  if (order.status === 'pending' && (event.type === 'paid' || event.type === 'unspecified')) {
    throw new SyncError(
      'not_yet_paid',
      `The event says that order ${order.orderNumber} was paid, the shop still says pending.`,
    );
  }
  if (event.type === 'cancelled' && order.status !== 'cancelled' && order.status !== 'refunded') {
    throw new SyncError(
      'not_yet_cancelled',
      `The event says that order ${order.orderNumber} was cancelled, the shop still says ${order.status}.`,
    );
  }
}

/**
 * Is the shop behind what it showed before? A snapshot may be older than what is stored because another delivery fetched
 * later and wrote first. But one whose fetch began when the stored version had been `seen` has no such excuse: the shop's
 * replica lags, or its clock was set back. In neither case may the event count as done.
 *
 * @throws SyncError `shop_shows_older`
 */
export function checkAgainstStored(order: Order, { outcome, stored }: WriteResult, seen: string | undefined): void {
  if (outcome !== 'stale' || stored === undefined || stored !== seen) return;
  throw new SyncError(
    'shop_shows_older',
    `The shop shows order ${order.orderNumber} as ${order.status}, changed ${order.updatedAt}: that is older than the ` +
      'stored version, although it was fetched later. A replica of the shop lags, or its clock was set back.',
  );
}
