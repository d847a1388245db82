import type { KeyQuery, SqlQuery } from './sql-database.ts';
import type { Tables } from './tables.ts';

/** "Any of these keys", always with the same number of placeholders: so a database that caches statements caches just one. */
export function anyOf(tables: Tables, { table, columns, shop, key, keys, maxKeys }: KeyQuery): SqlQuery {
  const [first = ''] = keys;
  const padded = Array.from({ length: maxKeys }, (_, index) => keys[index] ?? first);
  return {
    sql: `SELECT ${columns.join(', ')} FROM ${tables[table]} WHERE shop = ? AND ${key} IN (${padded.map(() => '?').join(', ')})`,
    values: [shop, ...padded],
  };
}
