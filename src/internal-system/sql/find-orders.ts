import { type OrderRecord, WRITTEN_STATES } from '../ledger.ts';
import type { Row } from './columns.ts';
import { findByShopOrderId, findRecords, type Source, together } from './queries.ts';
import { orderRecord, touchedAt } from './records.ts';
import type { SqlDatabase } from './sql-database.ts';

/**
 * Everything known by this name: a record for each order that has it as its number, its id or a former number, and last one for
 * an event of that name that failed before the shop said which order it means.
 */
export async function findOrders(
  source: Source & { readonly database: Pick<SqlDatabase, 'read'> },
  shop: string,
  reference: string,
): Promise<OrderRecord[]> {
  const { database } = source;
  const named = await database.read(together(findRecords(source, shop, reference)));
  // Events that failed may have named such an order otherwise.
  const ids = new Set(named.map((row) => row['shop_order_id']).filter((id) => typeof id === 'string'));
  const others = [...ids].map((id) => findByShopOrderId(source, shop, id));
  const rows = others.length === 0 ? named : [...named, ...(await database.read(together(others)))];
  return recordsOf(rows).toSorted((a, b) => Number(a.orderNumber === null) - Number(b.orderNumber === null));
}

/** One for each order, and for each failed event whose order is not known. */
export function recordsOf(rows: readonly Row[]): OrderRecord[] {
  return [...Map.groupBy(rows, identityOf).values()].map(merged);
}

/** A failed event whose order is not known stands for itself. */
function identityOf(row: Row): string {
  const { order_number: number, shop_order_id: id, reference } = row;
  return JSON.stringify(number === null ? [reference] : [number, id]);
}

/**
 * The latest says where the order is; what was synced before is still true. Within one millisecond, an event that announced more
 * than the shop shows is written and fails: then it has failed. And an order gets another number: then it goes by that.
 */
function merged(rows: readonly Row[]): OrderRecord {
  const records = rows
    .toSorted((a, b) => touchedAt(b).localeCompare(touchedAt(a)) || place(a) - place(b))
    .map((row) => ({ record: orderRecord(row), isOrder: row['ledger_fetched_at'] !== null }));
  const synced = records.find(({ isOrder }) => isOrder)?.record;
  const [latest] = records;
  if (latest === undefined) throw new TypeError('A group has at least one row.');
  const { record } = latest;
  return {
    ...record,
    fetchedAt: record.fetchedAt ?? synced?.fetchedAt ?? null,
    syncedAt: record.syncedAt ?? synced?.syncedAt ?? null,
    stored: record.stored ?? synced?.stored ?? null,
  };
}

function place({ state, reference, order_number: number }: Row): number {
  if (!WRITTEN_STATES.some((written) => written === state)) return 0;
  return reference === number ? 1 : 2;
}
