import { type OrderSearch, type OrdersFound, SEARCH_NOT_READY, type SearchKind } from '../../search/order-search.ts';
import { findOrders } from '../find-orders.ts';
import type { Source } from '../queries.ts';
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
  const orders: OrdersFound['orders'][number][] = [];
  for (const [number, { by }] of latest) {
    const records = await findOrders(source, shop, number);
    // None if it was deleted since.
    const record = records.find(({ orderNumber, stored }) => orderNumber === number && stored !== null);
    if (record !== undefined) orders.push({ record, by });
  }
  return { orders, hasMore: isCut || candidates.size > limit, isReady: true };
}
