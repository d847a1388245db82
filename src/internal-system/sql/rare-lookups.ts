import type { SqlTransaction } from './sql-database.ts';

/** What a write looks up only where it must. One row at a time, so that every database finds it by its key. */

/** The numbers under which the orders with these ids in the shop are stored. */
export async function numbersOfIds(
  transaction: SqlTransaction,
  shop: string,
  shopOrderIds: readonly string[],
): Promise<string[]> {
  const sql = `SELECT order_number FROM ${transaction.tables.orders} WHERE shop = ? AND shop_order_id = ?`;
  const found = await Promise.all(shopOrderIds.map((id) => transaction.run({ sql, values: [shop, id] })));
  return found.flat().map((row) => String(row['order_number']));
}

/** The stored documents of these orders, by number. @param documentAsText the database's way to read one */
export async function documentsOf(
  transaction: SqlTransaction,
  documentAsText: string,
  shop: string,
  orderNumbers: readonly string[],
): Promise<Map<string, string>> {
  const sql = `SELECT ${documentAsText} AS document FROM ${transaction.tables.orders} o WHERE o.shop = ? AND o.order_number = ?`;
  const read = async (number: string): Promise<[string, string]> => {
    const [row] = await transaction.run({ sql, values: [shop, number] });
    return [number, String(row?.['document'])];
  };
  return new Map(await Promise.all(orderNumbers.map(read)));
}
