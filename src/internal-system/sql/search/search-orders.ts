import type { OrderRecord } from '../../ledger.ts';
import { type OrderSearch, type OrdersFound, SEARCH_NOT_READY, type SearchKind } from '../../search/order-search.ts';
import { recordsOf } from '../find-orders.ts';
import { findByOrderNumber, findByShopOrderId, type Source, together } from '../queries.ts';
import { instant } from '../records.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { missingIndexes } from './indexes.ts';

/** More than these are not read: they would come in no useful order, and the database has orders to write. */
const MAX_CANDIDATES = 1_000;

/** Orders by what is known of the buyer or the parcel. Reads no table whole. */
export async function searchOrders(
  source: Source & { readonly database: SqlDatabase },
  shop: string,
  { terms, limit }: OrderSearch,
): Promise<OrdersFound> {
  const { database } = source;
  if ((await missingIndexes(database)).length > 0) return SEARCH_NOT_READY;
  const candidates = new Map<string, { readonly by: SearchKind; readonly placedAt: string }>();
  let isCut = false;
  for (const { kind, from, where, values } of terms.flatMap((term) => database.search.conditions(shop, term))) {
    const sql = `SELECT o.order_number, o.placed_at FROM ${from} WHERE ${where} LIMIT ${MAX_CANDIDATES}`;
    const rows = await database.search.read({ sql, values });
    isCut ||= rows.length === MAX_CANDIDATES;
    for (const row of rows) {
      const number = String(row['order_number']);
      if (!candidates.has(number)) candidates.set(number, { by: kind, placedAt: instant.parse(row['placed_at']) });
    }
  }
  const latest = [...candidates].toSorted(([, a], [, b]) => b.placedAt.localeCompare(a.placedAt)).slice(0, limit);
  const records = await recordsOfOrders(
    source,
    shop,
    latest.map(([number]) => number),
  );
  const orders = latest.flatMap(([number, { by }]) => {
    const record = records.get(number);
    return record === undefined ? [] : [{ record, by }];
  });
  return { orders, hasMore: isCut || candidates.size > limit, isReady: true };
}

/** The stored orders of these numbers, each as its latest event left it. One that was deleted meanwhile is missing. */
async function recordsOfOrders(
  source: Source & { readonly database: SqlDatabase },
  shop: string,
  numbers: readonly string[],
): Promise<ReadonlyMap<string | null, OrderRecord>> {
  const { search } = source.database;
  if (numbers.length === 0) return new Map();
  const orders = await search.read(together(numbers.map((number) => findByOrderNumber(source, shop, number))));
  const ids = orders.map((row) => String(row['shop_order_id']));
  if (ids.length === 0) return new Map();
  const ledger = await search.read(together(ids.map((id) => findByShopOrderId(source, shop, id))));
  const stored = recordsOf([...orders, ...ledger]).filter((record) => record.stored !== null);
  return new Map(stored.map((record) => [record.orderNumber, record]));
}
