import { describe, expect, it, onTestFinished } from 'vitest';
import { createTablesOf } from '../helpers/earlier-tables.ts';
import { tryToOpen } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

/** The names of all indexes that order-sync has ever had, on tables of the company's own. */
const THEIRS = {
  bills: ['orders_shop_order_id', 'orders_placed_at', 'orders_updated_at', 'orders_cancel_conflict'],
  stock: ['order_ledger_shop_order_id', 'order_ledger_updated_at', 'order_ledger_state'],
} as const;

describe.each([
  {
    what: 'a new database',
    version: 0,
    place: 'behind ours',
    pathTo: (url: string, theirs: string) => `${url}%2C${theirs}`,
  },
  { what: 'tables of version 3', version: 3, place: 'before ours', pathTo: beforeOurs },
])('the migration of $what', ({ version, place, pathTo }) => {
  describeDatabases(
    `with the company's own indexes ${place} on the search path`,
    (workbench) => {
      it('takes none of them away, whatever they are called', async () => {
        const { url, sql } = workbench.database;
        await createTablesOf(version, workbench);
        const theirs = uniqueName();
        await sql(`CREATE SCHEMA ${theirs}`);
        onTestFinished(async () => void (await sql(`DROP SCHEMA ${theirs} CASCADE`)));
        for (const [table, indexes] of Object.entries(THEIRS)) {
          await sql(`CREATE TABLE ${theirs}.${table} (id integer)`);
          for (const index of indexes) await sql(`CREATE INDEX ${index} ON ${theirs}.${table} (id)`);
        }
        const theirIndexes = () => sql(`SELECT indexname FROM pg_indexes WHERE schemaname = '${theirs}' ORDER BY 1`);
        const before = await theirIndexes();

        expect(await tryToOpen(pathTo(url, theirs))).toBeUndefined();

        expect(before).toHaveLength(7);
        expect(await theirIndexes()).toEqual(before);
      });
    },
    ['PostgreSQL'],
  );
});

function beforeOurs(url: string, theirs: string): string {
  return url.replace('search_path%3D', `search_path%3D${theirs}%2C`);
}
