import type { OrderStatus } from '../../orders/order.ts';
import type { Conflict } from '../conflicts.ts';
import type { SinkDelivery, SinkResult } from '../sink/order-sink.ts';
import { changesOf } from './changes.ts';

/** The ERP's record stays as it is, as staff work with it: what the shop has changed since is a conflict, if it has. */
export function leftAsItIs(erpId: string, delivery: SinkDelivery, note: string): SinkResult {
  const conflict = conflictsWith(delivery);
  return conflict.length === 0 ? { erpId } : { erpId, conflict, note };
}

/** The order is not to be shipped any more, or not yet, and the ERP cannot take it back: a conflict in any case. */
export function notToBeShipped(erpId: string, { previous, order }: SinkDelivery, note: string): SinkResult {
  const changes = previous === undefined ? [] : changesOf(previous.order, order);
  const kind: Conflict = order.status === 'on_hold' ? 'on_hold' : 'no_longer_paid';
  return { erpId, conflict: changes.length > 0 ? changes : [kind], note };
}

/** Nobody knows what the record says if no delivery has ever ended: then everything is to be looked at. */
export function conflictsWith({ order, previous }: SinkDelivery): readonly Conflict[] {
  if (previous !== undefined) return changesOf(previous.order, order);
  const stop = STOPS[order.status];
  return stop === undefined ? ['items_removed', 'items_added', 'address_changed'] : [stop];
}

const STOPS: Partial<Record<OrderStatus, Conflict>> = {
  cancelled: 'cancelled',
  refunded: 'refunded',
  on_hold: 'on_hold',
  pending: 'no_longer_paid',
};
