import { mysqlMigrations } from '../../../src/internal-system/mysql/schema.ts';
import { postgresMigrations } from '../../../src/internal-system/postgres/schema.ts';
import type { Migrations } from '../../../src/internal-system/sql/migrate.ts';
import { prefixedTables } from '../../../src/internal-system/sql/tables.ts';
import { sqliteMigrations } from '../../../src/internal-system/sqlite/schema.ts';
import type { DatabaseKind, Workbench } from './test-databases.ts';

const TABLES = prefixedTables('');

export const MIGRATIONS: Readonly<Record<DatabaseKind, Migrations>> = {
  SQLite: sqliteMigrations(TABLES, ''),
  PostgreSQL: postgresMigrations(TABLES, ''),
  MySQL: mysqlMigrations(TABLES),
};

/** Creates the tables as the program of that version did. */
export async function createTablesOf(version: number, { kind, database }: Workbench): Promise<void> {
  for (const [index, statements] of MIGRATIONS[kind].slice(0, version).entries()) {
    for (const statement of statements) await database.sql(statement);
    await database.sql(`INSERT INTO order_sync_schema (version) VALUES (${index + 1})`);
  }
}
