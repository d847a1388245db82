import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/internal-system/internal-system.ts';
import { aLine, aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { stored, write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON, outcomesOf } from '../helpers/writes.ts';

describeDatabases('the identity of an order', (workbench) => {
  const sql = (statement: string) => workbench.database.sql(statement);
  const held = (shop: string) =>
    sql(`SELECT order_number, shop_order_id FROM orders WHERE shop = '${shop}' ORDER BY order_number`);
  const snapshot = (order: Partial<OrderDocument>, event: 'paid' | 'updated' = 'paid'): Snapshot =>
    aSnapshot({ order: { updatedAt: NOON, ...order }, eventInfo: { event } });

  describe.each(['paid', 'updated'] as const)('that a %s event brings', (event) => {
    const one = { orderNumber: '1001', shopOrderId: '775', currency: 'EUR' };
    const other = { orderNumber: '1001', shopOrderId: '776', updatedAt: LATER };

    it('is not that of another with the same number: the second is refused, with both ids', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await system.writeOrders([snapshot(one, event)]);
      const results = await system.writeOrders([snapshot(other, event), snapshot({ orderNumber: '1002' }, event)]);
      expect(results).toMatchObject([
        { outcome: 'refused', error: { reason: 'number_taken', kind: 'permanent', dependency: undefined } },
        { outcome: 'synced' },
      ]);
      expect(String(results[0]?.outcome === 'refused' && results[0].error.message)).toMatch(/1001.*775.*776/);
      expect(await held(shop)).toEqual([
        { order_number: '1001', shop_order_id: '775' },
        { order_number: '1002', shop_order_id: 'id-1002' },
      ]);
      expect(await system.findOrders('776')).toEqual([]);
      expect(await stored(system, '1001')).toMatchObject({ currency: 'EUR', updatedAt: NOON });
    });

    it('is not that of another in the same batch', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      const batch = [snapshot(one, event), snapshot(other, event), snapshot({ ...one, updatedAt: LATER }, event)];
      expect(await outcomesOf(system.writeOrders(batch))).toEqual(['synced', 'refused', 'synced']);
      expect(await held(shop)).toEqual([{ order_number: '1001', shop_order_id: '775' }]);
    });

    it('outlasts its number: the row moves, with what staff wrote, and the former number leads to it', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await system.writeOrders([snapshot({ ...one, lines: [aLine(), aLine(), aLine()] }, event)]);
      await sql(`UPDATE orders SET fulfilment_status = 'packed', cancel_conflict = TRUE WHERE shop = '${shop}'`);
      const renumbered = { ...one, orderNumber: '1001-B', updatedAt: LATER };
      expect(await system.writeOrders([snapshot(renumbered, event)])).toMatchObject([
        { outcome: 'synced', previousNumber: '1001' },
      ]);
      expect(await held(shop)).toEqual([{ order_number: '1001-B', shop_order_id: '775' }]);
      expect(await stored(system, '1001-B')).toMatchObject({
        fulfilmentStatus: 'packed',
        cancelConflict: true,
        lines: 2,
        updatedAt: LATER,
      });
      expect(await sql(`SELECT DISTINCT order_number FROM order_lines WHERE shop = '${shop}'`)).toEqual([
        { order_number: '1001-B' },
      ]);
      const [record, ...more] = await system.findOrders('1001-B');
      expect(more).toEqual([]);
      expect(await system.findOrders('1001')).toEqual([record]);
      expect(await system.findOrders('775')).toEqual([record]);
      expect(await system.listOrders({ limit: 10 })).toHaveLength(1);
    });

    it('keeps it from a number that another order has', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await system.writeOrders([snapshot(one, event), snapshot({ orderNumber: '1002', shopOrderId: '800' }, event)]);
      const before = await held(shop);
      const moved = snapshot({ ...one, orderNumber: '1002', updatedAt: LATER }, event);
      expect(await outcomesOf(system.writeOrders([moved]))).toEqual(['refused']);
      expect(await held(shop)).toEqual(before);
    });

    it('frees its former number for another, in the same batch too', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await system.writeOrders([snapshot(one, event), snapshot({ orderNumber: '1002', shopOrderId: '800' }, event)]);
      const batch = [
        snapshot({ orderNumber: '1003', shopOrderId: '800', updatedAt: LATER }, event),
        snapshot({ ...one, orderNumber: '1002', updatedAt: LATER }, event),
        snapshot({ ...other }, event),
      ];
      expect(await outcomesOf(system.writeOrders(batch))).toEqual(['synced', 'synced', 'synced']);
      expect(await held(shop)).toEqual([
        { order_number: '1001', shop_order_id: '776' },
        { order_number: '1002', shop_order_id: '775' },
        { order_number: '1003', shop_order_id: '800' },
      ]);
      expect((await system.findOrders('1001')).map(({ shopOrderId }) => shopOrderId)).toEqual(['776']);
    });
  });

  it('does not go back to a former number that an older snapshot shows', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'B', shopOrderId: '1', updatedAt: LATER });
    expect((await write(system, { orderNumber: 'A', shopOrderId: '1', updatedAt: NOON }))?.outcome).toBe('stale');
    expect(await held(shop)).toEqual([{ order_number: 'B', shop_order_id: '1' }]);
    expect((await system.listOrders({ limit: 10 })).map(({ orderNumber }) => orderNumber)).toEqual(['B']);
  });

  it('is kept when daemons write two numbers of it at once, and two orders of one number', async () => {
    const shop = uniqueName();
    const one = await workbench.open(shop);
    // Two connections of one process to an SQLite file would wait for each other: each blocks the process.
    const other = workbench.kind === 'SQLite' ? one : await workbench.open(shop);
    for (let round = 0; round < 10; round += 1) {
      const numbers = Array.from({ length: 8 }, (_, index) => `${round}-${index}`);
      const moving = (suffix: string, updatedAt: string) =>
        numbers.map((number) =>
          snapshot({ orderNumber: `${number}${suffix}`, shopOrderId: `id-${number}`, updatedAt }),
        );
      const clashing = (id: string) =>
        numbers.map((number) => snapshot({ orderNumber: `c${number}`, shopOrderId: `${id}${number}` }));
      await Promise.all([
        one.writeOrders([...moving('a', NOON), ...clashing('x')]),
        other.writeOrders([...clashing('y'), ...moving('b', LATER)].toReversed()),
      ]);
    }
    const rows = await held(shop);
    expect(rows).toHaveLength(160);
    const moved = rows.map((row) => String(row['order_number'])).filter((number) => !number.startsWith('c'));
    expect(moved.filter((number) => !number.endsWith('b'))).toEqual([]);
  });
});
