import { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { Snapshot, WriteResult } from '../internal-system.ts';
import { needsDocument, planWrites, type StoredVersion, type Version } from '../newest-wins.ts';
import { REFETCHED_ORDER_COLUMNS, UPDATED_ORDER_COLUMNS } from './columns.ts';
import { type Follower, orderChanges } from './followers.ts';
import { linesWithKeptSkus } from './kept-skus.ts';
import { likelyNew } from './new-orders.ts';
import { documentsOf, numbersOfIds } from './rare-lookups.ts';
import { storedVersions } from './records.ts';
import { renameOrder } from './rename-order.ts';
import { rolledBack } from './rolled-back.ts';
import { orderRow, quantityText } from './rows.ts';
import { sortedUnique } from './sorted-keys.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import { SYNCED, type WriteRecord } from './write-ledger.ts';

/** What a write does besides storing orders. */
export interface Writing {
  /** They write along, in this order. */
  readonly followers: readonly Follower[];
  readonly record: WriteRecord;
}

const INSERTED: WriteResult = { outcome: 'synced', conflict: false };

/**
 * Orders that are probably new take a shortcut where it saves round trips: they are inserted without looking first, in a
 * transaction of their own. Those that turn out to exist, and all others, are written with care.
 */
export async function writeOrders(
  database: SqlDatabase,
  shop: string,
  snapshots: readonly Snapshot[],
  writing: Writing,
): Promise<WriteResult[]> {
  const now = new Date().toISOString();
  const hasShortcut = database.insertNew !== undefined && writing.followers.length === 0 && writing.record === SYNCED;
  const likely = hasShortcut ? likelyNew(snapshots) : [];
  const leftOut = likely.length === 0 ? undefined : await database.insertNew?.(shop, likely, now);
  const inserted = new Set(leftOut === undefined ? [] : likely.map(({ version }) => version.orderNumber));
  for (const orderNumber of leftOut ?? []) inserted.delete(orderNumber);
  const others = snapshots.filter(({ order }) => !inserted.has(order.orderNumber));
  if (others.length === 0) return snapshots.map(() => INSERTED);
  let runs = 0;
  const results = await database.transaction(async (transaction) => {
    runs += 1;
    return await writeWithCare(database, transaction, shop, others, writing, { now, byId: runs > 1 });
  });
  const resultOf = new Map(others.map((snapshot, index) => [snapshot, results[index]]));
  return snapshots.map((snapshot) => resultOf.get(snapshot) ?? INSERTED);
}

/** Does what writing these orders would do, and takes all of it back. */
export async function tryWriting(
  database: SqlDatabase,
  shop: string,
  snapshots: readonly Snapshot[],
  writing: Writing,
): Promise<void> {
  const now = new Date().toISOString();
  await rolledBack(database, (transaction) =>
    writeWithCare(database, transaction, shop, snapshots, writing, { now, byId: true }),
  );
}

async function writeWithCare(
  database: SqlDatabase,
  transaction: SqlTransaction,
  shop: string,
  snapshots: readonly Snapshot[],
  writing: Writing,
  { now, byId }: { readonly now: string; readonly byId: boolean },
): Promise<readonly WriteResult[]> {
  const stored = await lockStored(transaction, shop, snapshots, byId);
  const before = await withDocuments(database, transaction, shop, stored, snapshots, writing.followers);
  return await writeSnapshots(transaction, shop, before, snapshots, now, writing);
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

/** Only of orders that have changed since, and that staff pick from or a follower asks for. */
async function withDocuments(
  { documentAsText }: SqlDatabase,
  transaction: SqlTransaction,
  shop: string,
  stored: ReadonlyMap<string, StoredVersion>,
  snapshots: readonly Snapshot[],
  followers: readonly Follower[],
): Promise<ReadonlyMap<string, StoredVersion>> {
  const ofAll = followers.some(({ needsPrevious }) => needsPrevious);
  const numbers = needsDocument(stored, snapshots, ofAll);
  if (numbers.length === 0) return stored;
  const documents = await documentsOf(transaction, documentAsText, shop, numbers);
  return new Map([...stored].map(([number, version]) => [number, { ...version, document: documents.get(number) }]));
}

/**
 * A write with care, in one transaction, of what is locked: plan → orders → lines → followers → ledger.
 *
 * @param now an instant as ISO text
 */
async function writeSnapshots(
  transaction: SqlTransaction,
  shop: string,
  stored: ReadonlyMap<string, StoredVersion>,
  snapshots: readonly Snapshot[],
  now: string,
  { followers, record }: Writing,
): Promise<readonly WriteResult[]> {
  const { results, versions, refetched, renamed, numberOf } = planWrites(stored, snapshots);
  const rows = (some: readonly Version[]) => some.map((version) => orderRow(shop, version, now));
  const appeared = versions.filter((version) => version.isNew);
  const changed = versions.filter((version) => !version.isNew);
  for (const renaming of renamed) await renameOrder(transaction, shop, renaming);
  if (appeared.length > 0) await transaction.insertOrders(rows(appeared));
  if (changed.length > 0) await transaction.updateOrders(rows(changed), UPDATED_ORDER_COLUMNS);
  if (refetched.length > 0) await transaction.updateOrders(rows(refetched), REFETCHED_ORDER_COLUMNS);
  if (versions.length > 0) {
    await replaceLines(transaction, shop, versions);
    const changes = followers.length === 0 ? [] : orderChanges(versions, stored);
    for (const follower of followers) await follower.follow(transaction, shop, changes);
  }
  const recorded = snapshots.filter((_, index) => record.isRecorded(results[index]));
  if (recorded.length > 0) await record.save(transaction, shop, recorded, numberOf, now);
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
  const line = order.lines.findIndex(
    ({ quantity }) => !Number.isSafeInteger(quantity) && !/^-?\d{1,18}(?:\.|$)/.test(quantityText(quantity)),
  );
  if (line !== -1) throw unstorable(orderNumber, `line ${line + 1} has a quantity of more than 18 digits`);
  // Beyond the years 1000 to 9999, instants don't compare as text and MySQL has no DATETIME for them.
  const isStorable = [placedAt, paidAt, cancelledAt, updatedAt].every(
    (time) => time === null || /^[1-9]\d{3}-/.test(time),
  );
  if (!isStorable) throw unstorable(orderNumber, 'it has a time outside the years 1000 to 9999');
}

function unstorable(orderNumber: string, problem: string): SyncError {
  return new SyncError('write_rejected', `Order ${orderNumber} can't be stored: ${problem}.`);
}
