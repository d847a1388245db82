import type { Snapshot } from '../internal-system.ts';
import { firstVersion } from '../newest-wins.ts';
import type { NewOrder } from './sql-database.ts';

/**
 * The snapshots that probably bring a new order: the event does not say that the order was known before, no other in the
 * batch is of the same order, and it begins as `new`. Most orders have one event, when they are paid.
 */
export function likelyNew(snapshots: readonly Snapshot[]): NewOrder[] {
  const counts = new Map<string, number>();
  for (const { order } of snapshots) counts.set(order.orderNumber, (counts.get(order.orderNumber) ?? 0) + 1);
  return snapshots
    .filter(({ order, eventInfo, seen, fulfilmentStatus }) => {
      const isAlone = counts.get(order.orderNumber) === 1;
      const isPlain = seen === undefined && fulfilmentStatus === undefined;
      return isAlone && isPlain && ['paid', 'unspecified'].includes(eventInfo.event);
    })
    .map((snapshot) => ({ version: firstVersion(snapshot), eventInfo: snapshot.eventInfo }));
}
