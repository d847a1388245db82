import type { Conflict } from '../conflicts.ts';
import type { SinkDelivery, SinkResult } from '../sink/order-sink.ts';
import { changesOf } from './changes.ts';

/** The ERP's record stays as it is, as staff work with it: what the shop has changed since is a conflict, if it has. */
export function leftAsItIs(erpId: string, { previous, order }: SinkDelivery, note: string): SinkResult {
  const conflict = previous === undefined ? [] : changesOf(previous.order, order);
  return conflict.length === 0 ? { erpId } : { erpId, conflict, note };
}

/** The order is not to be shipped any more, or not yet, and the ERP cannot take it back: a conflict in any case. */
export function notToBeShipped(erpId: string, { previous, order }: SinkDelivery, note: string): SinkResult {
  const changes = previous === undefined ? [] : changesOf(previous.order, order);
  const kind: Conflict = order.status === 'on_hold' ? 'on_hold' : 'no_longer_paid';
  return { erpId, conflict: changes.length > 0 ? changes : [kind], note };
}
