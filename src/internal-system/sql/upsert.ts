import type { SqlValue } from './columns.ts';
import type { SqlQuery, SqlTransaction } from './sql-database.ts';

/**
 * Inserts a row, or writes all its columns but the key's if it exists.
 *
 * @param key the columns of the primary key
 * @param computed columns whose values are expressions
 */
export function upsert(
  { dialect }: Pick<SqlTransaction, 'dialect'>,
  table: string,
  key: readonly string[],
  row: Readonly<Record<string, SqlValue>>,
  computed: Readonly<Record<string, string>> = {},
): SqlQuery {
  const columns = [...Object.keys(row), ...Object.keys(computed)];
  const inserted = [...Object.keys(row).map(() => '?'), ...Object.values(computed)];
  const others = columns.filter((column) => !key.includes(column));
  const set = (toValue: (column: string) => string) =>
    others.map((column) => `${column} = ${toValue(column)}`).join(', ');
  const found =
    dialect === 'mysql'
      ? `ON DUPLICATE KEY UPDATE ${set((column) => `VALUES(${column})`)}`
      : `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${set((column) => `excluded.${column}`)}`;
  return {
    sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${inserted.join(', ')}) ${found}`,
    values: Object.values(row),
    table,
  };
}
