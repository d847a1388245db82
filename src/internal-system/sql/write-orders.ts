import { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { Snapshot, WriteResult } from '../internal-system.ts';
import { needsDocument, planWrites, type StoredVersion, type Version } from '../newest-wins.ts';
import { REFETCHED_ORDER_COLUMNS, UPDATED_ORDER_COLUMNS } from './columns.ts';
import { linesWithKeptSkus } from './kept-skus.ts';
import { likelyNew } from './new-orders.ts';
import { documentsOf, numbersOfIds } from './rare-lookups.ts';
import { storedVersions } from './records.ts';
import { renameOrder } from './rename-order.ts';
import { orderRow, quantityText } from './rows.ts';
import { sortedUnique } from './sorted-keys.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import { SYNCED, UNDELIVERED } from './write-ledger.ts';

const INSERTED: WriteResult = { outcome: 'synced', conflict: false };

/**
 * Orders that are probably new take a shortcut where it saves round trips: they are inserted without looking first, in a
 * transaction of their own. Those that turn out to exist, and all others, are written with care.
 *
 * @param isLedger an ERP gets them from here: until then, they are not synced
 */
export async function writeOrders(
  database: SqlDatabase,
  shop: string,
  snapshots: readonly Snapshot[],
  isLedger: boolean,
): Promise<WriteResult[]> {
  const now = new Date().toISOString();
  const likely = database.insertNew === undefined || isLedger ? [] : likelyNew(snapshots);
  const inserted = likely.length === 0 ? undefined : await database.insertNew?.(shop, likely, now);
  const others = snapshots.filter(({ order }) => !inserted?.has(order.orderNumber));
  if (others.length === 0) return snapshots.map(() => INSERTED);
  let runs = 0;
  const results = await database.transaction(async (transaction) => {
    runs += 1;
    const stored = await lockStored(transaction, shop, others, runs > 1);
    return await writeSnapshots(transaction, shop, await withDocuments(stored, transaction), others, now, isLedger);
  });
  const resultOf = new Map(others.map((snapshot, index) => [snapshot, results[index]]));
  return snapshots.map((snapshot) => resultOf.get(snapshot) ?? INSERTED);

  /** Only of orders that staff pick from and that have changed since. */
  async function withDocuments(stored: ReadonlyMap<string, StoredVersion>, transaction: SqlTransaction) {
    const numbers = needsDocument(stored, others);
    if (numbers.length === 0) return stored;
    const documents = await documentsOf(transaction, database.documentAsText, shop, numbers);
    return new Map([...stored].map(([number, version]) => [number, { ...version, document: documents.get(number) }]));
  }
}

/**
 * What is stored under the orders' numbers. Nearly always that is all there is; an order that is stored under another number is
 * noticed when its id is inserted again, and looked up by it when the transaction runs again.
 */
async function lockStored(
  transaction: SqlTransaction,
  shop: string,
  snapshots: readonly Snapshot[],
  byId: boolean,
): Promise<Map<string, StoredVersion>> {
  const numbers = snapshots.map(({ order }) => order.orderNumber);
  const ids = byId ? sortedUnique(snapshots.map(({ order }) => order.shopOrderId)) : [];
  const others = byId ? await numbersOfIds(transaction, shop, ids) : [];
  return storedVersions(await transaction.lockOrders(shop, sortedUnique([...numbers, ...others])));
}

/**
 * A write with care, in one transaction, of what is locked: plan → orders → lines → ledger.
 *
 * @param now an instant as ISO text
 */
async function writeSnapshots(
  transaction: SqlTransaction,
  shop: string,
  stored: ReadonlyMap<string, StoredVersion>,
  snapshots: readonly Snapshot[],
  now: string,
  isLedger: boolean,
): Promise<readonly WriteResult[]> {
  const { results, versions, refetched, renamed, numberOf } = planWrites(stored, snapshots);
  const rows = (some: readonly Version[]) => some.map((version) => orderRow(shop, version, now));
  const appeared = versions.filter((version) => version.isNew);
  const changed = versions.filter((version) => !version.isNew);
  for (const renaming of renamed) await renameOrder(transaction, shop, renaming);
  if (appeared.length > 0) await transaction.insertOrders(rows(appeared));
  if (changed.length > 0) await transaction.updateOrders(rows(changed), UPDATED_ORDER_COLUMNS);
  if (refetched.length > 0) await transaction.updateOrders(rows(refetched), REFETCHED_ORDER_COLUMNS);
  if (versions.length > 0) await replaceLines(transaction, shop, versions);
  const { isRecorded, save } = isLedger ? UNDELIVERED : SYNCED;
  const recorded = snapshots.filter((_, index) => isRecorded(results[index]));
  if (recorded.length > 0) await save(transaction, shop, recorded, numberOf, now);
  return results;
}

/** A new order's lines are deleted too: an order that staff deleted by hand may have left some behind. */
async function replaceLines(transaction: SqlTransaction, shop: string, versions: readonly Version[]): Promise<void> {
  const numbers = versions.map(({ order }) => order.orderNumber);
  const lines = await Promise.all(versions.map((version) => linesWithKeptSkus(transaction, shop, version)));
  await transaction.deleteLines(shop, numbers);
  if (lines.some(({ length }) => length > 0)) await transaction.insertLines(lines.flat());
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
