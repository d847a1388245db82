import { DatabaseSync } from 'node:sqlite';

/** What staff see in the internal system, through a connection of their own. */
export function readRows(database: string, sql: string): Record<string, unknown>[] {
  const connection = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  try {
    return connection
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    connection.close();
  }
}

export function storedOrders(database: string): Record<string, unknown>[] {
  return readRows(database, 'SELECT order_number, status, grand_total FROM orders ORDER BY order_number');
}
