import Big from 'big.js';
import { describe, expect, it } from 'vitest';
import { aLine, aSnapshot } from '../../helpers/order-builder.ts';
import { stored, write } from '../helpers/one-order.ts';
import { type DatabaseKind, describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON, outcomesOf } from '../helpers/writes.ts';

describeDatabases('written content', (workbench) => {
  const sql = (statement: string) => workbench.database.sql(statement);

  describe('a batch', () => {
    it('may be empty', async () => {
      expect(await (await workbench.open()).writeOrders([])).toEqual([]);
    });

    it('with the same order twice ends with the newer one, in either order', async () => {
      const system = await workbench.open();
      const older = aSnapshot({ order: { orderNumber: 'B1', updatedAt: NOON } });
      const newer = aSnapshot({ order: { orderNumber: 'B1', updatedAt: LATER } });
      expect(await outcomesOf(system.writeOrders([newer, older]))).toEqual(['synced', 'stale']);
      expect(await outcomesOf(system.writeOrders([older, newer]))).toEqual(['stale', 'unchanged']);
      expect((await stored(system, 'B1')).updatedAt).toBe(LATER);
      expect(await system.listOrders({ limit: 10 })).toHaveLength(1);
    });

    it('of 300 orders has one result for each, in the same order', async () => {
      const system = await workbench.open();
      const snapshots = Array.from({ length: 300 }, (_, index) =>
        aSnapshot({ order: { orderNumber: `B2-${(index * 7) % 300}`, updatedAt: NOON } }),
      );
      expect(await outcomesOf(system.writeOrders(snapshots))).toEqual(snapshots.map(() => 'synced'));
      const mixed = snapshots.map((snapshot, index) => {
        const order = { orderNumber: snapshot.order.orderNumber, updatedAt: LATER };
        return index % 2 === 0 ? snapshot : aSnapshot({ order });
      });
      const results = await outcomesOf(system.writeOrders(mixed));
      expect(results).toEqual(mixed.map((_, index) => (index % 2 === 0 ? 'unchanged' : 'synced')));
      expect(await system.listOrders({ limit: 1000 })).toHaveLength(300);
      expect((await stored(system, 'B2-7')).updatedAt).toBe(LATER);
      expect((await stored(system, 'B2-0')).updatedAt).toBe(NOON);
    });

    it('of large orders is written in full', async () => {
      const system = await workbench.open();
      const buyerNote = '\'"\\ 很长 🍵 '.repeat(30_000);
      const snapshots = ['L1', 'L2', 'L3'].map((orderNumber) => aSnapshot({ order: { orderNumber, buyerNote } }));
      await system.writeOrders(snapshots);
      for (const { order } of snapshots) expect((await stored(system, order.orderNumber)).document).toEqual(order);
    });

    it('with an order that the database rejects writes nothing at all, and quotes no personal data', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await refuseBuyer(workbench.kind, 'Poison Person', sql);
      const poison = aSnapshot({
        order: { orderNumber: 'P2', buyer: { id: '1', name: 'Poison Person', email: null, phone: null } },
      });
      const good = ['P1', 'P3'].map((orderNumber) => aSnapshot({ order: { orderNumber } }));
      const failure = await system.writeOrders([...good, poison]).catch((error: unknown) => error);
      expect(failure).toMatchObject({ reason: 'write_rejected' });
      expect(JSON.stringify([failure, String(failure)])).not.toContain('Poison Person');
      expect(failure).not.toHaveProperty('cause');
      expect(await sql(`SELECT * FROM orders WHERE shop = '${shop}'`)).toEqual([]);
      expect(await sql(`SELECT * FROM order_lines WHERE shop = '${shop}'`)).toEqual([]);
      expect(await sql(`SELECT * FROM order_ledger WHERE shop = '${shop}'`)).toEqual([]);
      expect(await outcomesOf(system.writeOrders(good))).toEqual(['synced', 'synced']);
    });
  });

  it.each([
    ['a quantity with more digits than a decimal column', { lines: [aLine({ quantity: 1e18 })] }],
    ['a time before the year 1000', { placedAt: '0000-01-01T00:00:00Z' }],
    ['a time after the year 9999', { updatedAt: '9999-12-31T23:59:59-01:00' }],
  ])('rejects %s', async (_, order) => {
    const system = await workbench.open();
    await expect(write(system, { orderNumber: 'R1', ...order })).rejects.toMatchObject({ reason: 'write_rejected' });
    expect(await system.findOrders('R1')).toEqual([]);
  });

  describe('money', () => {
    it.each([
      ['CNY', '123456789012345678.123456789012', '123456789012345678.123456789012'],
      ['CNY', '-0.000000000001', '-0.000000000001'],
      ['CNY', '8683.6631375', '8683.6631375'],
      ['CNY', '5', '5.00'],
      ['JPY', '120000', '120000'],
      ['JPY', '120000.50', '120000.5'],
      ['KWD', '1.5', '1.500'],
    ])('in %s of %s stays exact', async (currency, grand, expected) => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      const totals = { items: grand, shipping: '0', tax: '0', discount: '0', refunded: '0', grand };
      const line = aLine({ quantity: 0.1 + 0.2, unitPrice: grand });
      await write(system, { orderNumber: 'M1', currency, totals, lines: [line] });
      const found = await stored(system, 'M1');
      expect(found.grandTotal).toBe(expected);
      expect(found.document.totals.grand).toBe(grand);
      const [row] = await sql(`SELECT quantity, unit_price FROM order_lines WHERE shop = '${shop}'`);
      expect(withoutPadding(row?.['unit_price'])).toBe(withoutPadding(grand));
      expect(withoutPadding(row?.['quantity'])).toBe('0.3');
    });

    it('that does not add up is written and flagged', async () => {
      const system = await workbench.open();
      const totals = { items: '1', shipping: '1', tax: '1', discount: '1', refunded: '0', grand: '2.50' };
      expect((await write(system, { orderNumber: 'M2', totals }))?.outcome).toBe('synced');
      expect((await stored(system, 'M2')).totalsMismatch).toBe(true);
    });
  });

  describe('what a shop does not say', () => {
    const order = {
      buyer: null,
      shippingAddress: null,
      lines: [
        aLine({ lineId: null, sku: null, name: null, unitPrice: null, discount: null, tax: null, lineTotal: null }),
        aLine({ quantity: '-1.500', lineTotal: '-99.85' }),
        aLine({ sku: 'x'.repeat(5_000), lineId: 'y'.repeat(5_000), name: 'z'.repeat(5_000) }),
      ],
      totals: { items: null, shipping: null, tax: null, discount: null, refunded: null, grand: '10' },
      payments: null,
    };

    it.each(['paid', 'updated'] as const)(
      'is NULL in every table, and no reason to refuse an order (%s)',
      async (event) => {
        const shop = uniqueName();
        const system = await workbench.open(shop);
        const snapshot = aSnapshot({ order: { ...order, orderNumber: 'U1' }, eventInfo: { event } });
        expect(await outcomesOf(system.writeOrders([snapshot]))).toEqual(['synced']);
        expect(await outcomesOf(system.writeOrders([snapshot]))).toEqual(['unchanged']);
        const unknown = 'buyer_name, items_total, shipping_total, tax_total, discount_total, refunded_total';
        const [row] = await sql(`SELECT ${unknown} FROM orders WHERE shop = '${shop}'`);
        expect(Object.values(row ?? {})).toEqual([null, null, null, null, null, null]);
        const [line, returned, long] = await sql(`SELECT * FROM order_lines WHERE shop = '${shop}' ORDER BY line_no`);
        expect(line).toMatchObject({
          line_id: null,
          sku: null,
          name: null,
          unit_price: null,
          tax: null,
          line_total: null,
        });
        expect(withoutPadding(line?.['quantity'])).toBe('2');
        expect([returned?.['quantity'], returned?.['line_total']].map(withoutPadding)).toEqual(['-1.5', '-99.85']);
        expect([long?.['sku'], long?.['line_id']]).toEqual(['x'.repeat(5_000), 'y'.repeat(5_000)]);
        expect((await stored(system, 'U1')).document).toEqual(snapshot.order);
      },
    );
  });

  it('keeps every character except NUL and lone surrogates, which no database stores', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    const text = '王小明 🍵 Śląsk\'"\\%_\r\n\t\u0001 \u{10FFFF}';
    await write(system, {
      orderNumber: 'T1',
      buyer: { id: '1', name: text, email: null, phone: null },
      buyerNote: 'a\0b\ud83dc',
      lines: [aLine({ sku: `${text}\0`, name: `\udc00${text}` })],
    });
    const { document } = await stored(system, 'T1');
    expect([document.buyer.name, document.buyerNote]).toEqual([text, 'a\uFFFDb\uFFFDc']);
    expect(await sql(`SELECT buyer_name FROM orders WHERE shop = '${shop}'`)).toEqual([{ buyer_name: text }]);
    const [line] = await sql(`SELECT sku, name FROM order_lines WHERE shop = '${shop}'`);
    expect(line).toEqual({ sku: `${text}\uFFFD`, name: `\uFFFD${text}` });
  });

  describe('changes that staff make to the tables', () => {
    it('are left alone: their own columns stay as they are', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await sql("ALTER TABLE orders ADD COLUMN carrier VARCHAR(20) DEFAULT 'post'");
      await write(system, { orderNumber: 'S1', updatedAt: NOON });
      await sql(`UPDATE orders SET carrier = 'rail' WHERE shop = '${shop}'`);
      expect((await write(system, { orderNumber: 'S1', updatedAt: LATER }))?.outcome).toBe('synced');
      expect(await sql(`SELECT carrier FROM orders WHERE shop = '${shop}'`)).toEqual([{ carrier: 'rail' }]);
      await sql('ALTER TABLE orders DROP COLUMN carrier');
    });

    it('such as an order deleted without its lines are repaired by the next event', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await write(system, { orderNumber: 'S2' });
      await sql(`DELETE FROM orders WHERE shop = '${shop}'`);
      expect((await write(system, { orderNumber: 'S2' }))?.outcome).toBe('synced');
      expect((await stored(system, 'S2')).lines).toBe(2);
    });

    it('such as a status of their own are overwritten by the next version', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await write(system, { orderNumber: 'S3', updatedAt: NOON, status: 'pending' });
      await sql(`UPDATE orders SET status = 'on its way' WHERE shop = '${shop}'`);
      expect((await write(system, { orderNumber: 'S3', updatedAt: NOON, status: 'paid' }))?.outcome).toBe('synced');
      expect((await stored(system, 'S3')).status).toBe('paid');
    });
  });
});

/** "129.400000000000" → "129.4" */
function withoutPadding(amount: unknown): string {
  return new Big(String(amount)).toFixed();
}

/** A constraint that staff added. */
async function refuseBuyer(
  kind: DatabaseKind,
  name: string,
  sql: (statement: string) => Promise<unknown>,
): Promise<void> {
  await sql(
    kind === 'SQLite'
      ? `CREATE TRIGGER no_poison BEFORE INSERT ON orders WHEN new.buyer_name = '${name}'
           BEGIN SELECT RAISE(ABORT, 'we do not sell to ${name}'); END`
      : `ALTER TABLE orders ADD CONSTRAINT no_poison CHECK (buyer_name <> '${name}')`,
  );
}
