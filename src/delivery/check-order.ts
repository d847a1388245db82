import { SyncError } from '../errors.ts';
import type { WriteResult } from '../internal-system/internal-system.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';

/** Is it the order that was asked for? @throws SyncError `wrong_order` */
export function checkIsRequested(order: Order, reference: string): void {
  if (order.orderNumber === reference || order.shopOrderId === reference) return;
  throw new SyncError(
    'wrong_order',
    `Asked the shop for order ${reference}, got order ${order.orderNumber} (shop id ${order.shopOrderId}).`,
  );
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

/**
 * Does the order show what the event announced? In real shops the API lags behind its events: an order that was just paid
 * still says pending. And an event may announce too much: each change of a paid order ends in a second "paid", also one that
 * leaves more to pay. What the shop shows is stored by now; as nothing else may correct it, the event is retried.
 *
 * @throws SyncError `not_yet_paid`, `not_yet_cancelled`
 */
export function checkAnnounced({ orderNumber, status }: Order, { type }: OrderEvent, { outcome }: WriteResult): void {
  const isStored = outcome === 'stale' ? '' : `, and is stored as ${status}`;
  if (status === 'pending' && (type === 'paid' || type === 'unspecified')) {
    const said = type === 'paid' ? 'paid' : 'paid or cancelled';
    throw new SyncError(
      'not_yet_paid',
      `The event says that order ${orderNumber} was ${said}; in the shop it is still pending${isStored}.`,
    );
  }
  if (type === 'cancelled' && status !== 'cancelled' && status !== 'refunded') {
    throw new SyncError(
      'not_yet_cancelled',
      `The event says that order ${orderNumber} was cancelled; in the shop it is still ${status}${isStored}.`,
    );
  }
}
