import { expect, it } from 'vitest';
import { aLine, aSnapshot } from '../helpers/order-builder.ts';
import { sqlSystem } from './helpers/sql-system.ts';
import { describeDatabases, uniqueName } from './helpers/test-databases.ts';

describeDatabases(
  'a PostgreSQL server',
  (workbench) => {
    it.each([
      ['off', 'on'],
      ['local', 'local'],
    ])('told to answer commits with synchronous_commit %s answers ours with %s', async (setting, expected) => {
      const url = `${workbench.database.url}%20-csynchronous_commit%3D${setting}`;
      const system = await sqlSystem(url, uniqueName());
      try {
        await system.open();
        await workbench.database.sql('CREATE TABLE seen (setting text)');
        await workbench.database.sql(
          `CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN new; END $$`,
        );
        await workbench.database.sql('CREATE TRIGGER see AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION see()');
        await system.writeOrders([aSnapshot()]);
        expect(await workbench.database.sql('SELECT setting FROM seen')).toEqual([{ setting: expected }]);
      } finally {
        await system.close();
        await workbench.database.sql('DROP TRIGGER see ON orders');
        await workbench.database.sql('DROP FUNCTION see');
        await workbench.database.sql('DROP TABLE seen');
      }
    });
  },
  ['PostgreSQL'],
);

describeDatabases(
  'a MySQL server',
  (workbench) => {
    it("refuses an order larger than its packets as that order's trouble, not as an outage", async () => {
      const system = await workbench.open();
      const [row] = await workbench.database.sql('SELECT @@max_allowed_packet AS bytes');
      const giant = aSnapshot({ order: { orderNumber: 'G1', buyerNote: 'x'.repeat(Number(row?.['bytes'])) } });
      const failure = await system.writeOrders([giant]).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        reason: 'write_rejected',
        message: expect.stringContaining('max_allowed_packet'),
      });
      const half = 'x'.repeat(Number(row?.['bytes']) * 0.45);
      const pair = ['G2', 'G3', 'G4'].map((orderNumber) => aSnapshot({ order: { orderNumber, buyerNote: half } }));
      expect(await system.writeOrders(pair)).toMatchObject(pair.map(() => ({ outcome: 'synced' })));
    });

    it('stores times in UTC, whatever its own zone', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await workbench.database.sql(
        'CREATE TRIGGER see BEFORE INSERT ON orders FOR EACH ROW SET new.fulfilment_status = @@session.time_zone',
      );
      await system.writeOrders([aSnapshot({ order: { placedAt: '2026-11-22T09:00:00+01:00' } })]);
      await workbench.database.sql('DROP TRIGGER see');
      const rows = await workbench.database.sql(
        `SELECT CAST(placed_at AS CHAR) AS placed_at, fulfilment_status FROM orders WHERE shop = '${shop}'`,
      );
      expect(rows).toEqual([{ placed_at: '2026-11-22 08:00:00.000', fulfilment_status: '+00:00' }]);
    });

    it('refuses what a column is too short for, rather than cutting it, and keeps nothing of the order', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'W1', lines: [aLine({ sku: 'x'.repeat(256) })] };
      await expect(system.writeOrders([aSnapshot({ order })])).rejects.toMatchObject({
        reason: 'write_rejected',
        message: expect.stringContaining("'sku'"),
      });
      await system.writeOrders([aSnapshot({ order: { orderNumber: 'W2' } })]);
      expect(await system.findOrders('W1')).toEqual([]);
    });
  },
  ['MySQL'],
);
