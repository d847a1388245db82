import type { ClientBase } from 'pg';
import type { Row } from '../sql/columns.ts';
import type { KeyQuery } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';

/**
 * One lookup by an index for each `key` of a list. Given "any of these", a planner without statistics (a fresh installation that
 * drains its first backlog) reads all orders of the shop for every batch.
 */
export function eachOf(list: string): string {
  return `unnest(${list}::text[]) AS key`;
}

/** The rows of these keys. `OFFSET 0` keeps the planner from joining the list with the whole table. */
export async function lookUp(
  client: ClientBase,
  tables: Tables,
  { table, columns, shop, key, keys }: KeyQuery,
): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT o.* FROM ${eachOf('$2')} CROSS JOIN LATERAL (
       SELECT ${columns.join(', ')} FROM ${tables[table]} WHERE shop = $1 AND ${key} = key OFFSET 0) AS o`,
    [shop, [...new Set(keys)]],
  );
  return rows;
}
