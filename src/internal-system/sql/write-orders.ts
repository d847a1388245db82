import { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { Snapshot, WriteResult } from '../internal-system.ts';
import type { LedgerFailure } from '../ledger.ts';
import { planWrites, type Version } from '../newest-wins.ts';
import {
  FAILED_LEDGER_COLUMNS,
  type LedgerRow,
  REFETCHED_ORDER_COLUMNS,
  SYNCED_LEDGER_COLUMNS,
  UPDATED_ORDER_COLUMNS,
} from './columns.ts';
import { likelyNew } from './new-orders.ts';
import { storedVersions } from './records.ts';
import { failedLedgerRow, lineRows, orderRow, quantityText, syncedLedgerRow } from './rows.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

const INSERTED: WriteResult = { outcome: 'synced', conflict: false };

/**
 * Orders that are probably new take a shortcut where it saves round trips: they are inserted without looking first, in a
 * transaction of their own. Those that turn out to exist, and all others, are written with care.
 */
export async function writeOrders(
  database: SqlDatabase,
  shop: string,
  snapshots: readonly Snapshot[],
): Promise<WriteResult[]> {
  const now = new Date().toISOString();
  const likely = database.insertNew === undefined ? [] : likelyNew(snapshots);
  const inserted = likely.length === 0 ? undefined : await database.insertNew?.(shop, likely, now);
  const others = snapshots.filter(({ order }) => !inserted?.has(order.orderNumber));
  if (others.length === 0) return snapshots.map(() => INSERTED);
  const results = await database.transaction((transaction) => writeSnapshots(transaction, shop, others, now));
  const resultOf = new Map(others.map((snapshot, index) => [snapshot, results[index]]));
  return snapshots.map((snapshot) => resultOf.get(snapshot) ?? INSERTED);
}

/**
 * A write with care, in one transaction: lock what is stored → plan → orders → lines → ledger.
 *
 * @param now an instant as ISO text
 */
async function writeSnapshots(
  transaction: SqlTransaction,
  shop: string,
  snapshots: readonly Snapshot[],
  now: string,
): Promise<readonly WriteResult[]> {
  const numbers = sortedUnique(snapshots.map(({ order }) => order.orderNumber));
  const stored = storedVersions(await transaction.lockOrders(shop, numbers));
  const { results, versions, refetched } = planWrites(stored, snapshots);
  const rows = (some: readonly Version[]) => some.map((version) => orderRow(shop, version, now));
  const appeared = versions.filter((version) => version.isNew);
  const changed = versions.filter((version) => !version.isNew);
  if (appeared.length > 0) await transaction.insertOrders(rows(appeared));
  if (changed.length > 0) await transaction.updateOrders(rows(changed), UPDATED_ORDER_COLUMNS);
  if (refetched.length > 0) await transaction.updateOrders(rows(refetched), REFETCHED_ORDER_COLUMNS);
  if (versions.length > 0) await replaceLines(transaction, shop, versions);
  const settled = snapshots.filter((_, index) => results[index]?.stored === undefined);
  if (settled.length > 0) await saveSynced(transaction, shop, settled, now);
  return results;
}

/** A new order's lines are deleted too: an order that staff deleted by hand may have left some behind. */
async function replaceLines(transaction: SqlTransaction, shop: string, versions: readonly Version[]): Promise<void> {
  const numbers = versions.map(({ order }) => order.orderNumber);
  await transaction.deleteLines(shop, numbers);
  const lines = versions.flatMap(({ order }) => lineRows(shop, order));
  if (lines.length > 0) await transaction.insertLines(lines);
}

/**
 * The ledger records every delivery, even one that changed nothing, and one that is fetched again once it is decided. Of
 * several for one order, it records the last.
 */
async function saveSynced(
  transaction: SqlTransaction,
  shop: string,
  snapshots: readonly Snapshot[],
  now: string,
): Promise<void> {
  const rows = snapshots.map((snapshot) => syncedLedgerRow(shop, snapshot, now));
  await transaction.saveLedger(lastOfEach(rows), SYNCED_LEDGER_COLUMNS);
  const orders = snapshots.map(({ order }) => order).filter((order) => order.shopOrderId !== order.orderNumber);
  if (orders.length === 0) return;
  await transaction.deleteUnresolved(shop, sortedUnique(orders.map((order) => order.shopOrderId)));
}

/** A failure is recorded in the order's row if its number is known, else under the event's name for it. */
export async function writeFailures(
  transaction: SqlTransaction,
  shop: string,
  failures: readonly LedgerFailure[],
): Promise<void> {
  const references = sortedUnique(failures.map(({ eventInfo }) => eventInfo.reference));
  const known = await transaction.findByShopOrderIds(shop, references);
  const rowOf = new Map(known.map((row) => [row['shop_order_id'], String(row['reference'])]));
  const rows = failures.map((failure) => {
    const { reference } = failure.eventInfo;
    return failedLedgerRow(shop, rowOf.get(reference) ?? reference, failure);
  });
  await transaction.saveLedger(lastOfEach(rows), FAILED_LEDGER_COLUMNS);
}

function lastOfEach(rows: readonly LedgerRow[]): LedgerRow[] {
  const last = new Map(rows.map((row) => [String(row.reference), row]));
  return sortedUnique(last.keys()).flatMap((reference) => last.get(reference) ?? []);
}

function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

/** Refuses what no supported database stores as it is. @throws SyncError `write_rejected` */
export function rejectUnstorable(order: Order): void {
  const { orderNumber, placedAt, paidAt, cancelledAt, updatedAt } = order;
  const line = order.lines.findIndex(({ quantity }) => !/^-?\d{1,18}(?:\.|$)/.test(quantityText(quantity)));
  if (line !== -1) throw unstorable(orderNumber, `line ${line + 1} has a quantity of more than 18 digits`);
  // Beyond the years 1000 to 9999, instants don't compare as text and MySQL has no DATETIME for them.
  const instants = [placedAt, paidAt, cancelledAt, updatedAt].filter((time) => time !== null);
  const isStorable = instants.every((time) => /^[1-9]\d{3}-/.test(time));
  if (!isStorable) throw unstorable(orderNumber, 'it has a time outside the years 1000 to 9999');
}

function unstorable(orderNumber: string, problem: string): SyncError {
  return new SyncError('write_rejected', `Order ${orderNumber} can't be stored: ${problem}.`);
}
