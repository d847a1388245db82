import { MYSQL_MIGRATIONS } from '../../../src/internal-system/mysql/schema.ts';
import { POSTGRES_MIGRATIONS } from '../../../src/internal-system/postgres/schema.ts';
import type { Migrations } from '../../../src/internal-system/sql/migrate.ts';
import { SQLITE_MIGRATIONS } from '../../../src/internal-system/sqlite/schema.ts';
import type { DatabaseKind, Workbench } from './test-databases.ts';

export const MIGRATIONS: Readonly<Record<DatabaseKind, Migrations>> = {
  SQLite: SQLITE_MIGRATIONS,
  PostgreSQL: POSTGRES_MIGRATIONS,
  MySQL: MYSQL_MIGRATIONS,
};

/** Creates the tables as the program of that version did. */
export async function createTablesOf(version: number, { kind, database }: Workbench): Promise<void> {
  for (const [index, statements] of MIGRATIONS[kind].slice(0, version).entries()) {
    for (const statement of statements) await database.sql(statement);
    await database.sql(`INSERT INTO order_sync_schema (version) VALUES (${index + 1})`);
  }
}
