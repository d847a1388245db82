import { type ClientBase, DatabaseError } from 'pg';
import type { Row } from '../sql/columns.ts';
import type { SqlQuery } from '../sql/sql-database.ts';

/** Runs a statement of the common kind, with `?` for each value. */
export async function select(client: ClientBase, { sql, values, table }: SqlQuery): Promise<Row[]> {
  let count = 0;
  const numbered = sql.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
  try {
    return (await client.query<Row>(numbered, [...values])).rows;
  } catch (error) {
    // A text too long for its column, above all, comes without any name.
    if (table !== undefined && error instanceof DatabaseError) error.table ??= table;
    throw error;
  }
}
