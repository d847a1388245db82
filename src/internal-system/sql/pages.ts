import type { SqlDatabase } from './sql-database.ts';

/** Orders that one look passes, whatever it is looking for: no statement takes long, however many there are. */
const PAGE_SIZE = 1_000;

/** The number of the last order of the page that begins behind `after`; null if it is the last page. */
export async function endOfPage(
  database: Pick<SqlDatabase, 'read' | 'tables'>,
  shop: string,
  after: string | null,
): Promise<string | null> {
  const [row] = await database.read({
    sql: `SELECT order_number FROM ${database.tables.orders} WHERE shop = ? AND order_number > ?
           ORDER BY order_number LIMIT 1 OFFSET ${PAGE_SIZE - 1}`,
    values: [shop, after ?? ''],
  });
  return row === undefined ? null : String(row['order_number']);
}
