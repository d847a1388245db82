import type { SqlValue } from './columns.ts';
import type { SqlQuery, SqlTransaction } from './sql-database.ts';

/**
 * Inserts a row, or writes all its columns but the key's if it exists.
 *
 * @param key the columns of the primary key
 */
export function upsert(
  { dialect }: Pick<SqlTransaction, 'dialect'>,
  table: string,
  key: readonly string[],
  row: Readonly<Record<string, SqlValue>>,
): SqlQuery {
  const columns = Object.keys(row);
  const others = columns.filter((column) => !key.includes(column));
  const found =
    dialect === 'mysql'
      ? `ON DUPLICATE KEY UPDATE ${others.map((column) => `${column} = VALUES(${column})`).join(', ')}`
      : `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return {
    sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ${found}`,
    values: Object.values(row),
    table,
  };
}
