import { expect, it } from 'vitest';
import { OrderWriter } from '../../../src/internal-system/order-writer.ts';
import { aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER } from '../helpers/writes.ts';

describeDatabases('the last order, written again to see whether that works', (workbench) => {
  async function written(order: Partial<OrderDocument>) {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    const writer = new OrderWriter(system);
    await writer.write(aSnapshot({ order }));
    const rowsOf = async (table: string) =>
      await workbench.database.sql(`SELECT * FROM ${table} WHERE shop = '${shop}' ORDER BY 1, 2`);
    const rows = async () => [await rowsOf('orders'), await rowsOf('order_lines')];
    return { shop, system, writer, rows, rowsOf };
  }

  it('changes nothing', async () => {
    const { writer, rows } = await written({ orderNumber: 'A1' });
    const before = await rows();
    expect(await writer.works()).toBe(true);
    expect(await rows()).toEqual(before);
  });

  it('does not bring back one that was removed', async () => {
    const { shop, writer, rows, rowsOf } = await written({ orderNumber: 'TEST-1' });
    for (const table of ['order_lines', 'orders', 'order_ledger'])
      await workbench.database.sql(`DELETE FROM ${table} WHERE shop = '${shop}'`);
    expect(await writer.works()).toBe(true);
    expect([...(await rows()), await rowsOf('order_ledger')]).toEqual([[], [], []]);
  });

  it('tells of one that was removed, too, that it could not be written', async () => {
    const { shop, writer } = await written({ orderNumber: 'TEST-1' });
    for (const table of ['order_lines', 'orders'])
      await workbench.database.sql(`DELETE FROM ${table} WHERE shop = '${shop}'`);
    await workbench.database.sql('ALTER TABLE order_lines RENAME TO order_lines_away');
    try {
      expect(await writer.works()).toBe(false);
    } finally {
      await workbench.database.sql('ALTER TABLE order_lines_away RENAME TO order_lines');
    }
  });

  it('finds it under its new number', async () => {
    const { system, writer, rows } = await written({ orderNumber: 'A1', shopOrderId: 'id-1' });
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'A1-bis', shopOrderId: 'id-1', updatedAt: LATER } })]);
    const before = await rows();
    expect(await writer.works()).toBe(true);
    expect(await rows()).toEqual(before);
  });
});
