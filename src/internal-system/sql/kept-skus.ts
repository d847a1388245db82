import type { Version } from '../newest-wins.ts';
import type { LineRow } from './columns.ts';
import { lineRows } from './rows.ts';
import type { SqlTransaction } from './sql-database.ts';

/**
 * The lines of a version, as they are to be stored. Some shops look the SKU up in today's catalogue, and say none once the
 * product is deleted: a line that had one keeps it, as the goods still have to be found. The document is what the shop says.
 */
export async function linesWithKeptSkus(
  transaction: SqlTransaction,
  shop: string,
  { order, isNew }: Version,
): Promise<readonly LineRow[]> {
  const rows = lineRows(shop, order);
  const isWanting = ({ sku, line_id: lineId }: LineRow) => sku === null && lineId !== null;
  if (isNew || !rows.some(isWanting)) return rows;
  const sql = `SELECT line_id, sku FROM ${transaction.tables.order_lines} WHERE shop = ? AND order_number = ? AND sku IS NOT NULL`;
  const stored = await transaction.run({ sql, values: [shop, order.orderNumber] });
  const skuOf = new Map(stored.map(({ line_id: lineId, sku }) => [lineId, String(sku)]));
  return rows.map((row) => (isWanting(row) ? { ...row, sku: skuOf.get(row.line_id) ?? null } : row));
}
