import { expect, it } from 'vitest';
import { aLine } from '../../helpers/order-builder.ts';
import { stored, write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON } from '../helpers/writes.ts';

describeDatabases('a line whose product was deleted in the shop', (workbench) => {
  const skus = async (shop: string) =>
    (await workbench.database.sql(`SELECT sku FROM order_lines WHERE shop = '${shop}' ORDER BY line_no`)).map(
      ({ sku }) => sku,
    );
  const gone = (lineId: string) => ({ ...aLine({ lineId, name: `Tea ${lineId}` }), sku: null });

  it('keeps its SKU, and takes another one that the shop says; the document says what the shop does', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    const lines = [aLine({ lineId: '1', sku: 'A' }), aLine({ lineId: '2', sku: 'B' })];
    await write(system, { orderNumber: 'K1', updatedAt: NOON, lines });
    // In another order, with a new line that never had one.
    const later = {
      orderNumber: 'K1',
      updatedAt: LATER,
      lines: [gone('3'), gone('2'), aLine({ lineId: '1', sku: 'C' })],
    };
    expect((await write(system, later))?.outcome).toBe('synced');
    expect(await skus(shop)).toEqual([null, 'B', 'C']);
    expect((await stored(system, 'K1')).document.lines).toMatchObject([{ sku: null }, { sku: null }, { sku: 'C' }]);
    expect((await write(system, later))?.outcome).toBe('unchanged');
  });

  it('is no conflict, unless its quantity has changed too', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'K2', updatedAt: NOON, lines: [aLine({ lineId: '1', sku: 'A', quantity: 2 })] });
    await workbench.database.sql(`UPDATE orders SET fulfilment_status = 'picking' WHERE shop = '${shop}'`);
    const first = await write(system, { orderNumber: 'K2', updatedAt: LATER, lines: [{ ...gone('1'), quantity: 2 }] });
    expect(first).toMatchObject({ outcome: 'synced', conflict: false });
    const fewer = { orderNumber: 'K2', updatedAt: '2026-11-22T18:00:00.000Z', lines: [{ ...gone('1'), quantity: 1 }] };
    expect(await write(system, fewer)).toMatchObject({ outcome: 'synced', conflict: ['items_removed'] });
  });
});
