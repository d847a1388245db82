import { expect, it } from 'vitest';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';
import { LATER, NOON, versions } from '../helpers/writes.ts';

const TABLES = ['orders', 'order_lines', 'order_ledger'];
const OTHERS = 2_000;

describeDatabases(
  'the statements for PostgreSQL',
  (workbench) => {
    it('read only the orders they write or are asked for, even if planned on empty tables and before there are statistics', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      // No statistics may be gathered meanwhile.
      for (const table of TABLES) await workbench.database.sql(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
      // From the sixth execution on, PostgreSQL may reuse a cached plan.
      for (const number of ['S1', 'S2', 'S3', 'S4', 'S5', 'S6']) await system.writeOrders(versions(NOON, number));
      for (const table of TABLES) await multiply(workbench, table);
      const before = await rowsRead(workbench);
      const many = Array.from({ length: 64 }, (_, index) => `N${index}`);
      await system.writeOrders(versions(LATER, 'S1', ...many));
      await system.writeOrders(versions(LATER, 'S2', 'N64'));
      const names = many.map((number) => ({ orderNumber: number, shopOrderId: `id-${number}` }));
      expect((await system.reconciliation.storedVersions(names.map(({ shopOrderId }) => shopOrderId))).size).toBe(64);
      expect((await system.reconciliation.knownOrders(names)).every(({ stored }) => stored !== undefined)).toBe(true);
      await system.close();
      expect((await rowsRead(workbench)) - before).toBeLessThan(OTHERS);
    });

    it('continue unprepared on connections that forget prepared statements', async () => {
      const system = await workbench.open();
      await system.writeOrders(versions(NOON, 'A1'));
      const { sql } = workbench.database;
      await sql(`CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN NULL; END $$`);
      await sql('CREATE TRIGGER forget AFTER INSERT ON order_ledger FOR EACH STATEMENT EXECUTE FUNCTION forget()');
      try {
        for (const number of ['A2', 'A3', 'A4']) {
          expect(await system.writeOrders(versions(NOON, number))).toMatchObject([{ outcome: 'synced' }]);
        }
      } finally {
        await sql('DROP FUNCTION forget CASCADE');
      }
      expect(await Promise.all(['A1', 'A2', 'A3', 'A4'].map((number) => system.findOrders(number)))).toMatchObject(
        ['A1', 'A2', 'A3', 'A4'].map((orderNumber) => [{ orderNumber, stored: { lines: 2 } }]),
      );
    });
  },
  ['PostgreSQL'],
);

/** Copies an existing row, under other numbers. */
async function multiply({ database: { sql } }: Workbench, table: string): Promise<void> {
  const key = table === 'order_ledger' ? 'reference' : 'order_number';
  await sql(`CREATE TEMPORARY TABLE copies AS SELECT * FROM ${table}`);
  await sql(`UPDATE copies SET ${key} = ''`);
  const keys = `jsonb_build_object('${key}', 'copy' || n, 'shop_order_id', 'id-copy' || n)`;
  const columns = `(jsonb_populate_record(NULL::${table}, to_jsonb(c) || ${keys})).*`;
  await sql(
    `INSERT INTO ${table} SELECT ${columns} FROM (SELECT * FROM copies LIMIT 1) c, generate_series(1, ${OTHERS}) n`,
  );
  await sql('DROP TABLE copies');
}

/** As reported by closed sessions. */
async function rowsRead({ database }: Workbench): Promise<number> {
  await database.sql('SELECT pg_stat_force_next_flush()');
  const [row] = await database.sql(`
    SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE schemaname = current_schema()) +
           (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = current_schema()) AS rows`);
  return Number(row?.['rows']);
}
