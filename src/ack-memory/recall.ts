import { DatabaseSync } from 'node:sqlite';
import { type RememberedOrder, rememberedOrder } from './memory-rows.ts';

/**
 * What the daemon's memory, at the same path, knows by this order number or shop id: for another process.
 *
 * @returns nothing where there is no such file, or none that can be read
 */
export function recall(path: string, scope: string, reference: string): readonly RememberedOrder[] {
  try {
    using database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    const sql = 'SELECT * FROM acked WHERE scope = ? AND (order_number = ? OR shop_order_id = ?) ORDER BY seq';
    return database.prepare(sql).all(scope, reference, reference).map(rememberedOrder);
  } catch {
    return [];
  }
}

const BUSY_TIMEOUT_MS = 1_000;
