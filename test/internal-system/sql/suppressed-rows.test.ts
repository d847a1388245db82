import { expect, it } from 'vitest';
import type { EventType } from '../../../src/messages/order-event.ts';
import { aLine, aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';

/** A trigger of the company's that keeps rows out without a word, until the returned function removes it. */
async function suppress(
  { kind, database }: Workbench,
  table: string,
  event: 'INSERT' | 'UPDATE',
): Promise<() => Promise<unknown>> {
  const name = uniqueName();
  if (kind === 'SQLite') {
    await database.sql(`CREATE TRIGGER ${name} BEFORE ${event} ON ${table} BEGIN SELECT RAISE(IGNORE); END`);
    return () => database.sql(`DROP TRIGGER ${name}`);
  }
  await database.sql(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
  await database.sql(`CREATE TRIGGER ${name} BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`);
  return () => database.sql(`DROP FUNCTION ${name} CASCADE`);
}

/** Without a doubt the order is new; or it may be an old one, so that it is looked for first. */
const EVENTS: readonly EventType[] = ['paid', 'updated'];

describeDatabases(
  'a trigger that suppresses rows',
  (workbench) => {
    it.each(['orders', 'order_lines', 'order_ledger'].flatMap((table) => EVENTS.map((event) => ({ table, event }))))(
      'of $table fails the write of a new order ($event) and stores nothing',
      async ({ table, event }) => {
        const shop = uniqueName();
        const system = await workbench.open(shop);
        const restore = await suppress(workbench, table, 'INSERT');
        const order = { orderNumber: 'N1', lines: [aLine({ lineId: '1' }), aLine({ lineId: '2' })] };
        const snapshot = aSnapshot({ order, eventInfo: { event } });
        const failure = await system.writeOrders([snapshot]).catch((error: unknown) => error);
        const count = table === 'order_lines' ? '0 of 2' : '0 of 1';
        expect(failure).toMatchObject({
          reason: 'write_rejected',
          message: expect.stringContaining(`The table ${table} took ${count} rows: a trigger or rule`),
        });
        for (const name of ['orders', 'order_lines', 'order_ledger']) {
          expect(await workbench.database.sql(`SELECT * FROM ${name} WHERE shop = '${shop}'`)).toEqual([]);
        }
        await restore();
        expect(await system.writeOrders([snapshot])).toMatchObject([{ outcome: 'synced' }]);
      },
    );

    it.each(['orders', 'order_ledger'])('of %s fails a change of an order, which stays as it was', async (table) => {
      const system = await workbench.open();
      const order = { orderNumber: 'C1', shopOrderId: 'c1' };
      await system.writeOrders([aSnapshot({ order: { ...order, updatedAt: '2026-01-01T00:00:00Z' } })]);
      const before = await system.findOrders('C1');
      const restore = await suppress(workbench, table, 'UPDATE');
      await expect(system.writeOrders([aSnapshot({ order })])).rejects.toMatchObject({
        reason: 'write_rejected',
        message: expect.stringContaining(`The table ${table} took 0 of 1 rows`),
      });
      await restore();
      expect(await system.findOrders('C1')).toEqual(before);
    });
  },
  ['SQLite', 'PostgreSQL'],
);

describeDatabases(
  'a rule that suppresses rows',
  (workbench) => {
    it('fails the write, and the reason speaks of rules', async () => {
      const system = await workbench.open();
      await workbench.database.sql('CREATE RULE none AS ON INSERT TO orders DO INSTEAD NOTHING');
      await expect(system.writeOrders([aSnapshot({ order: { orderNumber: 'R1' } })])).rejects.toMatchObject({
        reason: 'write_rejected',
        message: expect.stringMatching(/rule/),
      });
      await workbench.database.sql('DROP RULE none ON orders');
      expect(await system.writeOrders([aSnapshot({ order: { orderNumber: 'R1' } })])).toMatchObject([
        { outcome: 'synced' },
      ]);
    });
  },
  ['PostgreSQL'],
);
