import type { Renaming } from '../newest-wins.ts';
import type { SqlTransaction } from './sql-database.ts';

/**
 * The order has another number in the shop: its row moves there, with all that staff wrote. Its lines are written anew with the
 * version that brings the number. In the ledger, the former number stays and leads to the new one.
 */
export async function renameOrder(
  transaction: SqlTransaction,
  shop: string,
  { shopOrderId, from, to }: Renaming,
): Promise<void> {
  await transaction.deleteLines(shop, [from]);
  await transaction.run({
    sql: `UPDATE ${transaction.tables.orders} SET order_number = ? WHERE shop = ? AND order_number = ?`,
    values: [to, shop, from],
  });
  await transaction.run({
    sql: `UPDATE ${transaction.tables.order_ledger} SET order_number = ? WHERE shop = ? AND shop_order_id = ? AND order_number = ?`,
    values: [to, shop, shopOrderId, from],
  });
}
