import { expect, it } from 'vitest';
import { aLine, aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases(
  'a MySQL server',
  (workbench) => {
    it('rejects an order larger than its packets, as a failure of that order and not an outage', async () => {
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

    it('rejects a value too long for its column rather than truncating it, and keeps nothing of the order', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'W1', lines: [aLine({ sku: 'x'.repeat(65_536) })] };
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
