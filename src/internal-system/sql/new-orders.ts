import type { Snapshot } from '../internal-system.ts';
import { planWrites } from '../newest-wins.ts';
import { lineRows, orderRow, syncedLedgerRow } from './rows.ts';
import type { NewRows } from './sql-database.ts';

/**
 * Those whose event does not say that the order was known before, and that are alone with their order in the batch. Most
 * orders come once, when they are paid.
 */
export function likelyNew(snapshots: readonly Snapshot[]): Snapshot[] {
  const counts = new Map<string, number>();
  for (const { order } of snapshots) counts.set(order.orderNumber, (counts.get(order.orderNumber) ?? 0) + 1);
  return snapshots.filter(
    ({ order, receipt, seen }) =>
      counts.get(order.orderNumber) === 1 && seen === undefined && ['paid', 'unspecified'].includes(receipt.event),
  );
}

/** What is written if none of these orders is there. */
export function newRows(shop: string, snapshots: readonly Snapshot[], now: string): NewRows {
  const { versions } = planWrites(new Map(), snapshots);
  return {
    orders: versions.map((version) => orderRow(shop, version, now)),
    lines: versions.flatMap(({ order }) => lineRows(shop, order)),
    ledger: snapshots.map((snapshot) => syncedLedgerRow(shop, snapshot, now)),
  };
}
