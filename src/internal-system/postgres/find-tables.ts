import type { ClientBase } from 'pg';
import { ConfigError } from '../../errors.ts';
import { type Tables, tablesOfSchema } from '../sql/tables.ts';

/** What the configuration says of where our tables are. */
export interface TablePlace {
  /** Undefined: wherever the search path leads. */
  readonly schema: string | undefined;
  /** Before the name of each table and index. */
  readonly prefix: string;
}

/** The first of the search path that has our tables, else the first of all, where they will be created. */
const SCHEMA_OF_PATH = `
  SELECT coalesce((
    SELECT n.nspname FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, place)
      JOIN pg_namespace n ON n.nspname = path.name
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = $1 AND c.relkind IN ('r', 'p')
     ORDER BY path.place LIMIT 1
  ), current_schema()) AS name`;

/**
 * Our tables, each with its schema: from here on, no statement depends on the search path, which may lead to tables of the
 * company's own that have the same names.
 *
 * @throws ConfigError when there is no such schema
 */
export async function findTables(client: ClientBase, { schema, prefix }: TablePlace): Promise<Tables> {
  const { rows } =
    schema === undefined
      ? await client.query<{ name: string | null }>(SCHEMA_OF_PATH, [`${prefix}order_sync_schema`])
      : await client.query<{ name: string }>('SELECT nspname AS name FROM pg_namespace WHERE nspname = $1', [schema]);
  const name = rows[0]?.name ?? undefined;
  if (name !== undefined) return tablesOfSchema(name, prefix);
  throw new ConfigError([
    schema === undefined
      ? 'The search path leads to no schema of the PostgreSQL database: create its schema, or name one in INTERNAL_SYSTEM_SCHEMA.'
      : `The PostgreSQL database has no schema ${schema}, which INTERNAL_SYSTEM_SCHEMA names: CREATE SCHEMA "${schema}" AUTHORIZATION order_sync; with the role of INTERNAL_SYSTEM_URL instead of order_sync.`,
  ]);
}
