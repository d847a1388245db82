import type { ClientBase } from 'pg';
import type { Row } from '../sql/columns.ts';
import type { SqlQuery } from '../sql/sql-database.ts';

/** Runs a statement of the common kind, with `?` for each value. */
export async function select(client: ClientBase, { sql, values }: SqlQuery): Promise<Row[]> {
  let count = 0;
  const numbered = sql.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
  return (await client.query<Row>(numbered, [...values])).rows;
}
