import type { Order } from '../../orders/order.ts';
import { type Conflict, conflictsRaised } from '../conflicts.ts';

/** What has changed for the parcel, for a record that the ERP no longer lets anybody change: somebody must look. */
export function changesOf(before: Order, after: Order): readonly Conflict[] {
  const { orderNumber, status } = before;
  const picked = { orderNumber, status, fulfilmentStatus: 'picking', document: JSON.stringify(before) };
  return conflictsRaised(picked, after);
}
