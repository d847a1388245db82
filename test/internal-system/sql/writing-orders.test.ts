import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/internal-system/sql/columns.ts';
import { aLine, aSnapshot } from '../../helpers/order-builder.ts';
import { stored, write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON, outcomesOf } from '../helpers/writes.ts';

describeDatabases('writing orders', (workbench) => {
  const sql = (statement: string) => workbench.database.sql(statement);

  describe('a new order', () => {
    it('is stored with its columns, lines and document, and recorded in the ledger', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      const snapshot = aSnapshot({
        order: { orderNumber: 'N1', shopOrderId: '98231', giftWrap: { ribbon: 'red' } },
        fetchedAt: new Date('2026-11-22T08:00:06.789Z'),
        eventInfo: { event: 'updated', attempt: 3, receivedAt: new Date('2026-11-22T08:00:06.001Z') },
      });
      const before = Date.now();
      expect(await system.writeOrders([snapshot])).toEqual([{ outcome: 'synced', conflict: false }]);

      const [record, ...others] = await system.findOrders('N1');
      expect(others).toEqual([]);
      expect(record).toMatchObject({
        reference: 'N1',
        orderNumber: 'N1',
        shopOrderId: '98231',
        state: 'synced',
        attempts: 3,
        lastEvent: 'updated',
        lastError: null,
        receivedAt: '2026-11-22T08:00:06.001Z',
        fetchedAt: '2026-11-22T08:00:06.789Z',
        stored: {
          status: 'paid',
          currency: 'CNY',
          grandTotal: '129.40',
          placedAt: '2026-11-22T08:00:00.000Z',
          paidAt: '2026-11-22T08:00:04.000Z',
          cancelledAt: null,
          updatedAt: '2026-11-22T08:00:05.120Z',
          fulfilmentStatus: 'new',
          cancelConflict: false,
          totalsMismatch: false,
          lines: 2,
        },
      });
      expect(Date.parse(record?.syncedAt ?? '')).toBeGreaterThanOrEqual(before);
      expect(JSON.parse(record?.stored?.document ?? '')).toEqual(snapshot.order);
    });

    it('has columns that people can query', async () => {
      const shop = uniqueName();
      await write(await workbench.open(shop), { orderNumber: 'N2' });
      const [order] = await sql(`SELECT * FROM orders WHERE shop = '${shop}'`);
      expect(order).toMatchObject({
        order_number: 'N2',
        status: 'paid',
        buyer_name: '王小明',
        fulfilment_status: 'new',
      });
      expect(Number(order?.['items_total'])).toBe(119.4);
      expect(Number(order?.['shipping_total'])).toBe(10);
      const lines = await sql(`SELECT * FROM order_lines WHERE shop = '${shop}' ORDER BY line_no`);
      expect(lines.map(({ line_no, line_id, sku, name }) => [Number(line_no), line_id, sku, name])).toEqual([
        [1, '1', 'TEA-LJ-250', '龙井茶 250g'],
        [2, '2', 'CUP-01', 'Glass cup “Śląsk” 🍵'],
      ]);
      const amounts = ['quantity', 'unit_price', 'discount', 'tax', 'line_total'];
      expect(lines.map((line) => amounts.map((amount) => Number(line[amount])))).toEqual([
        [2, 59.9, 10, 0, 109.8],
        [1, 9.6, 0, 0, 9.6],
      ]);
    });

    it('is written identically, whether or not its event says that it is new', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      const order = { lines: [aLine({ quantity: 0.1 + 0.2 }), aLine({ lineId: '2' })] };
      for (const event of ['paid', 'updated'] as const) {
        const snapshot = aSnapshot({ order: { ...order, orderNumber: `E-${event}` }, eventInfo: { event } });
        expect(await system.writeOrders([snapshot])).toEqual([{ outcome: 'synced', conflict: false }]);
      }
      const tables = [
        { table: 'orders', key: 'order_number', differs: { content_hash: '', synced_at: '' } },
        { table: 'order_lines', key: 'order_number', differs: {} },
        { table: 'order_ledger', key: 'reference', differs: { last_event: '', synced_at: '', updated_at: '' } },
      ];
      for (const { table, key, differs } of tables) {
        const rows = (event: string) => sql(`SELECT * FROM ${table} WHERE shop = '${shop}' AND ${key} = 'E-${event}'`);
        const alike = (row: Row) =>
          JSON.parse(JSON.stringify({ ...row, ...differs }).replaceAll('E-paid', 'E-updated'));
        const expected = (await rows('updated')).map(alike);
        expect(expected).not.toEqual([]);
        expect((await rows('paid')).map(alike)).toEqual(expected);
      }
    });

    it('has its times stored as instants, whatever their zone', async () => {
      const system = await workbench.open();
      await write(system, { orderNumber: 'N3', placedAt: '2026-03-29T02:30:00.999+02:00' });
      expect((await stored(system, 'N3')).placedAt).toBe('2026-03-29T00:30:00.999Z');
    });

    it('is distinct from one whose number differs in case, and from one of another shop', async () => {
      const one = await workbench.open();
      const other = await workbench.open();
      await one.writeOrders(['a1', 'A1'].map((orderNumber) => aSnapshot({ order: { orderNumber } })));
      await write(other, { orderNumber: 'A1', currency: 'EUR' });
      expect((await stored(one, 'A1')).currency).toBe('CNY');
      expect((await stored(other, 'A1')).currency).toBe('EUR');
      expect(await other.findOrders('a1')).toEqual([]);
      expect((await one.listOrders({ limit: 10 })).map((record) => record.reference).sort()).toEqual(['A1', 'a1']);
    });
  });

  describe('a snapshot of a stored order', () => {
    it('with the same content is unchanged: the row keeps the time of its last sync', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await write(system, { orderNumber: 'V1' });
      const [before] = await sql(`SELECT synced_at FROM orders WHERE shop = '${shop}'`);
      await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(String(before?.['synced_at'])));
      expect(await write(system, { orderNumber: 'V1' })).toEqual({ outcome: 'unchanged', conflict: false });
      expect(await sql(`SELECT synced_at FROM orders WHERE shop = '${shop}'`)).toEqual([before]);
    });

    it('with a later update replaces everything except what staff own', async () => {
      const system = await workbench.open();
      await write(system, { orderNumber: 'V2', updatedAt: NOON, status: 'pending', paidAt: null });
      const totals = { items: '9', shipping: '0', tax: '0', discount: '0', refunded: '0', grand: '9' };
      const change = { updatedAt: LATER, status: 'completed' as const, currency: 'JPY', totals };
      expect((await write(system, { orderNumber: 'V2', ...change }))?.outcome).toBe('synced');
      expect(await stored(system, 'V2')).toMatchObject({
        status: 'completed',
        currency: 'JPY',
        grandTotal: '9',
        paidAt: '2026-11-22T08:00:04.000Z',
        updatedAt: LATER,
        document: { totals },
      });
    });

    it('with an earlier update is stale, changes nothing, and is not recorded before it was fetched again', async () => {
      const system = await workbench.open();
      await write(system, { orderNumber: 'V3', updatedAt: LATER });
      const before = await stored(system, 'V3');
      const snapshot = aSnapshot({
        order: { orderNumber: 'V3', updatedAt: NOON, status: 'cancelled', lines: [] },
        eventInfo: { event: 'cancelled', attempt: 2 },
      });
      expect(await outcomesOf(system.writeOrders([snapshot]))).toEqual(['stale']);
      expect(await stored(system, 'V3')).toEqual(before);
      const [record] = await system.findOrders('V3');
      expect(record).toMatchObject({ state: 'synced', lastEvent: 'paid', attempts: 1 });
    });

    it('with an earlier update replaces the stored version if a person forces that, in orders, lines and ledger', async () => {
      const system = await workbench.open();
      await write(system, { orderNumber: 'V3', updatedAt: LATER });
      const older = aSnapshot({
        order: { orderNumber: 'V3', updatedAt: NOON, status: 'cancelled', lines: [] },
        eventInfo: { event: 'updated', attempt: 1 },
      });
      const [seen] = await system.writeOrders([older]);
      const forced = { ...older, seen: seen?.stored, force: true };
      expect(await outcomesOf(system.writeOrders([{ ...forced, seen: 'another' }, forced]))).toEqual([
        'stale',
        'synced',
      ]);
      expect(await stored(system, 'V3')).toMatchObject({ status: 'cancelled', updatedAt: NOON, lines: 0 });
      const [record] = await system.findOrders('V3');
      expect(record).toMatchObject({ state: 'synced', lastEvent: 'updated', lastError: null });
      expect((await write(system, { orderNumber: 'V3', updatedAt: LATER, status: 'refunded' }))?.outcome).toBe(
        'synced',
      );
    });

    it('with the same update wins by a later status', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'V4', updatedAt: NOON };
      const versions = [
        await write(system, { ...order, status: 'paid' }, '2026-11-22T12:00:05Z'),
        await write(system, { ...order, status: 'pending' }, '2026-11-22T12:00:09Z'),
        await write(system, { ...order, status: 'refunded' }, '2026-11-22T12:00:01Z'),
      ];
      expect(versions.map((result) => result?.outcome)).toEqual(['synced', 'stale', 'synced']);
      expect(await stored(system, 'V4')).toMatchObject({ status: 'refunded' });
    });

    it('with the same update and status wins if it was fetched after the stored version was seen, whatever the clocks say', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'V5', updatedAt: NOON };
      const other = { ...order, buyerNote: 'refunded' };
      await write(system, order, '2026-11-22T12:00:05Z');
      const tied = await write(system, other, '2026-11-22T12:00:09Z');
      expect(tied).toMatchObject({ outcome: 'tied', stored: expect.any(String) });
      expect((await stored(system, 'V5')).document.buyerNote).toBe('请周末送货');
      const seen = tied?.stored;
      expect(await write(system, other, '2026-11-22T11:00:00Z', seen)).toMatchObject({ outcome: 'synced' });
      expect((await stored(system, 'V5')).document.buyerNote).toBe('refunded');
      expect(await write(system, order, '2026-11-22T13:00:00Z', seen)).toMatchObject({ outcome: 'tied' });
    });

    it('fetched again is another version: a writer that saw only the earlier one does not overwrite it', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'V7', updatedAt: NOON };
      const other = { ...order, buyerNote: 'for a moment' };
      await write(system, order, '2026-11-22T12:00:01Z');
      const tied = await write(system, other, '2026-11-22T12:00:02Z');
      expect(await write(system, order, '2026-11-22T12:00:03Z')).toMatchObject({ outcome: 'unchanged' });
      expect(await write(system, other, '2026-11-22T12:00:02Z', tied?.stored)).toMatchObject({ outcome: 'tied' });
    });

    it('replaces its lines, even with none', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      const lines = () => sql(`SELECT line_no, sku FROM order_lines WHERE shop = '${shop}' ORDER BY line_no`);
      await write(system, { orderNumber: 'V6', updatedAt: NOON });
      await write(system, { orderNumber: 'V6', updatedAt: LATER, lines: [aLine({ lineId: '7', sku: 'NEW' })] });
      expect((await lines()).map((line) => line['sku'])).toEqual(['NEW']);
      await write(system, { orderNumber: 'V6', updatedAt: '2026-11-22T12:00:01Z', lines: [] });
      expect(await lines()).toEqual([]);
      expect((await stored(system, 'V6')).lines).toBe(0);
    });
  });
});
