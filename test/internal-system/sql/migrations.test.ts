import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { createTablesOf, MIGRATIONS } from '../helpers/earlier-tables.ts';
import { describeDatabases, type Workbench } from '../helpers/test-databases.ts';

const run = promisify(execFile);
const STAND_IN = new URL('../helpers/daemon-stand-in.ts', import.meta.url).pathname;

/** As the program of that time wrote it. */
async function insertOrder(
  { database, kind }: Workbench,
  order: { number: string; id: string; fetchedAt: string; picked?: string; conflict?: boolean },
): Promise<void> {
  const at = (time: string) => (kind === 'MySQL' ? `'${time.replace('Z', '')}'` : `'${time}'`);
  const { number, id, fetchedAt, picked = 'new', conflict = false } = order;
  const document = JSON.stringify(aSnapshot({ order: { orderNumber: number, shopOrderId: id } }).order);
  const [placed, fetched] = [at('2026-11-22T08:00:00.000Z'), at(fetchedAt)];
  await database.sql(
    `INSERT INTO orders (shop, order_number, shop_order_id, status, currency, grand_total, items_total, shipping_total,
       tax_total, discount_total, refunded_total, placed_at, updated_at, buyer_name, fulfilment_status, cancel_conflict,
       content_hash, fetched_at, synced_at, document)
     VALUES ('demo', '${number}', '${id}', 'paid', 'CNY', '1', '1', '0', '0', '0', '0', ${placed}, ${placed}, 'x', '${picked}',
       ${conflict}, 'hash', ${fetched}, ${fetched}, '${document}')`,
  );
  await insertLedger({ database, kind }, number, `'${number}', '${id}', 'synced', NULL`, fetched);
}

async function insertLedger(
  { database }: Pick<Workbench, 'database' | 'kind'>,
  reference: string,
  facts: string,
  at: string,
): Promise<void> {
  await database.sql(
    `INSERT INTO order_ledger (shop, reference, order_number, shop_order_id, state, last_error, attempts, last_event,
       received_at, updated_at) VALUES ('demo', '${reference}', ${facts}, 1, 'paid', ${at}, ${at})`,
  );
}

async function populate(workbench: Workbench): Promise<void> {
  const morning = '2026-11-22T09:00:00.000Z';
  const noon = '2026-11-22T12:00:00.000Z';
  await insertOrder(workbench, { number: 'plain', id: '1', fetchedAt: noon });
  await insertOrder(workbench, { number: 'stopped', id: '2', fetchedAt: noon, picked: 'packed', conflict: true });
  // One order of the shop, stored under three numbers.
  await insertOrder(workbench, { number: 'old-a', id: '3', fetchedAt: morning, picked: 'packed' });
  await insertOrder(workbench, { number: 'now', id: '3', fetchedAt: noon });
  await insertOrder(workbench, { number: 'old-b', id: '3', fetchedAt: morning, picked: 'packed', conflict: true });
  const at = workbench.kind === 'MySQL' ? `'2026-11-22 12:00:00'` : `'${noon}'`;
  await insertLedger(workbench, 'failing', `NULL, NULL, 'dead-lettered', 'order_not_found: No.'`, at);
}

/** An order could be stored twice until then, and failures were in its own row. */
const LAST_BEFORE = { SQLite: 3, PostgreSQL: 3, MySQL: 2 } as const;

describe.each([1, 2, 3])('tables of version %i', (version) => {
  describeDatabases('with orders in them', (workbench) => {
    it.skipIf(version > LAST_BEFORE[workbench.kind])('are migrated by several daemons at once', async () => {
      await createTablesOf(version, workbench);
      await populate(workbench);
      const daemon = [STAND_IN, workbench.database.url, 'demo', '0', '1', '1'];
      await Promise.all([1, 2, 3].map(() => run(process.execPath, daemon)));
      const versions = await workbench.database.sql('SELECT version FROM order_sync_schema ORDER BY version');
      expect(versions).toEqual(MIGRATIONS[workbench.kind].map((_, index) => ({ version: index + 1 })));

      const system = await workbench.open('demo');
      await system.check();
      const record = async (name: string) => {
        const [found, ...others] = await system.findOrders(name);
        expect(others).toEqual([]);
        return found;
      };
      expect(await record('plain')).toMatchObject({
        state: 'synced',
        stored: { conflicts: [], fulfilmentStatus: 'new' },
      });
      expect((await record('stopped'))?.stored).toMatchObject({ conflicts: ['cancelled'], fulfilmentStatus: 'packed' });
      expect(await record('3')).toMatchObject({ orderNumber: 'now', stored: { conflicts: [] } });
      expect(await record('old-a')).toMatchObject({
        stored: { conflicts: ['number_changed'], fulfilmentStatus: 'packed' },
      });
      expect((await record('old-b'))?.stored?.conflicts).toEqual(['cancelled', 'number_changed']);
      expect(await record('failing')).toMatchObject({ orderNumber: null, state: 'dead-lettered' });
      // From now on, it moves.
      const order = { orderNumber: 'later', shopOrderId: '3' };
      expect(await system.writeOrders([aSnapshot({ order })])).toMatchObject([{ previousNumber: 'now' }]);
      await expect(workbench.database.sql("UPDATE orders SET shop_order_id = '1'")).rejects.toThrow();
    });
  });
});

describeDatabases(
  'a migration',
  (workbench) => {
    it('that was interrupted before it was noted is completed by the next start', async () => {
      await createTablesOf(MIGRATIONS.MySQL.length, workbench);
      await workbench.database.sql('DELETE FROM order_sync_schema WHERE version > 2');
      await populate(workbench).catch(() => undefined);
      const system = await workbench.open('demo');
      await system.check();
      expect(await system.findOrders('plain')).toMatchObject([{ state: 'synced' }]);
    });
  },
  ['MySQL'],
);
