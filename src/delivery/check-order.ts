import { SyncError } from '../errors.ts';
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
  if ((order.status === 'pending' || order.status === 'paid') && event.type === 'cancelled') {
    throw new SyncError(
      'not_yet_cancelled',
      `The event says that order ${order.orderNumber} was cancelled, the shop still says ${order.status}.`,
    );
  }
}
