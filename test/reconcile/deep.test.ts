import { describe, expect, it } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { contentHash } from '../../src/internal-system/newest-wins.ts';
import { compareContent, compareStub } from '../../src/reconcile/comparison.ts';
import { DayTotalsCounter } from '../../src/reconcile/day-totals.ts';
import { anOrder, anOrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aField, HOUR, numbersOf } from './helpers/field.ts';

const DAY = 24 * HOUR;

function totals(grand: string, refunded = '0.00') {
  return { items: grand, shipping: '0.00', tax: '0.00', discount: '0.00', refunded, grand };
}

describeDatabases('the deep scan', (workbench) => {
  it('finds a refund that moved no "updated at", and nothing more once it is written', async () => {
    const field = await aField(await workbench.open(), { pageSize: 4 });
    const updatedAt = field.ago(30 * HOUR);
    for (let index = 0; index < 10; index += 1) await field.synced({ orderNumber: `SO-${index}`, updatedAt });
    const order = { orderNumber: 'SO-6', updatedAt, placedAt: updatedAt, totals: totals('129.40', '20.00') };
    field.shop.put(anOrderDocument(order));

    expect((await field.scan()).findings).toEqual([]);
    const { findings, summary, error } = await field.scan({ kind: 'deep' });
    expect(error).toBeUndefined();
    expect(findings).toMatchObject([{ orderNumber: 'SO-6', problem: 'different', event: 'published' }]);
    expect(summary).toMatchObject({ scan: 'deep', compared: 10, found: 1 });
    await field.sync('SO-6');
    expect((await field.scan({ kind: 'deep' })).findings).toEqual([]);
    expect(field.published).toEqual(['SO-6']);
  });

  it('finds what is missing or older as well, in its window of seven days or the one it is given', async () => {
    const field = await aField(await workbench.open());
    for (const days of [1, 6, 8]) field.placed({ orderNumber: `MISSING-${days}`, updatedAt: field.ago(days * DAY) });
    await field.synced({ orderNumber: 'OLDER', updatedAt: field.ago(3 * DAY) });
    field.placed({ orderNumber: 'OLDER', status: 'cancelled', updatedAt: field.ago(2 * DAY) });
    const week = await field.scan({ kind: 'deep' });
    expect(numbersOf(week.findings)).toEqual(['MISSING-1', 'MISSING-6', 'OLDER']);
    const month = await field.scan({ kind: 'deep', since: (now) => new Date(now.getTime() - 30 * DAY) });
    expect(numbersOf(month.findings)).toEqual(['MISSING-1', 'MISSING-6', 'MISSING-8', 'OLDER']);
    // No cursor: each deep scan looks at its whole window.
    expect((await field.system.reconciliation.readScan('deep')).cursor).toBeNull();
  });

  it('counts and adds up both sides by the day, exactly', async () => {
    const field = await aField(await workbench.open());
    const [first, second] = [new Date(Date.now() - 3 * DAY), new Date(Date.now() - 2 * DAY)].map((date) =>
      date.toISOString().slice(0, 10),
    );
    const placed = (orderNumber: string, placedAt: string, grand: string, currency = 'CNY') => ({
      orderNumber,
      placedAt,
      updatedAt: field.ago(HOUR),
      currency,
      totals: totals(grand),
    });
    await field.synced(
      placed('A', `${first}T00:00:00.000Z`, '0.10'),
      placed('B', `${first}T23:59:59.999Z`, '0.20'),
      placed('Y', `${first}T12:00:00Z`, '1200', 'JPY'),
      placed('C', `${second}T00:00:00Z`, '900719925474099.30'),
    );
    field.placed(placed('MISSING', `${second}T01:00:00Z`, '0.01'));
    field.placed({ ...placed('CART', `${second}T01:00:00Z`, '5.00'), status: 'pending' });
    // Time zones: by UTC it is the day before.
    await field.synced(placed('EAST', `${second}T07:30:00+08:00`, '0.30'));
    const { summary } = await field.scan({ kind: 'deep' });
    const side = (orders: number, total: string) => ({ orders, total });
    expect(summary.days).toEqual([
      { day: first, currency: 'CNY', shop: side(3, '0.60'), internalSystem: side(3, '0.60') },
      { day: first, currency: 'JPY', shop: side(1, '1200'), internalSystem: side(1, '1200') },
      {
        day: second,
        currency: 'CNY',
        shop: side(2, '900719925474099.31'),
        internalSystem: side(1, '900719925474099.30'),
      },
    ]);
    expect(summary).toMatchObject({ compared: 6, carts: 1 });
  });

  it('asks for no more orders at once than the shop returns, and not for carts', async () => {
    const field = await aField(await workbench.open(), { batchSize: 3 });
    for (let index = 0; index < 8; index += 1) await field.synced({ orderNumber: `SO-${index}` });
    for (let index = 0; index < 8; index += 1) field.placed({ orderNumber: `CART-${index}`, status: 'pending' });
    await field.synced({ orderNumber: 'STORED-CART', status: 'pending' });
    expect((await field.scan({ kind: 'deep' })).summary).toMatchObject({ compared: 9, carts: 8, found: 0 });
    const asked = field.shop.requests.map(({ references }) => references).filter(({ length }) => length > 0);
    expect(Math.max(...asked.map(({ length }) => length))).toBe(3);
    expect(asked.flat().filter((number) => number.startsWith('CART'))).toEqual([]);
  });

  it('leaves alone what was changed a moment ago', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'NEW', updatedAt: field.ago(30_000) });
    const { findings, summary } = await field.scan({ kind: 'deep' });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ compared: 0, underWay: 1, days: [] });
  });
});

describeDatabases(
  'an order that changes between list and fetch',
  (workbench) => {
    it('is left for the next time, when its event has had its time', async () => {
      const field = await aField(await workbench.open());
      await field.synced({ orderNumber: 'A', updatedAt: field.ago(HOUR) });
      field.shop.setFaults(({ references }) => {
        if (references.includes('A')) field.placed({ orderNumber: 'A', status: 'cancelled', updatedAt: field.ago(0) });
        return undefined;
      });
      const { findings, summary } = await field.scan({ kind: 'deep' });
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({ compared: 0, underWay: 1 });
    });
  },
  ['SQLite'],
);

describeDatabases(
  'a shop that fails for all orders, again and again',
  (workbench) => {
    it('ends the scan: it is not the orders that are unreadable', async () => {
      const field = await aField(await workbench.open());
      await field.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
      const orders = ['A', 'B'];
      field.shop.setFaults(({ references }) =>
        references.some((number) => orders.includes(number)) ? statusFault(500) : undefined,
      );
      const { summary, error } = await field.scan({ kind: 'deep' });
      expect(error).toMatchObject({ reason: 'shop_error' });
      expect(summary).toMatchObject({ compared: 0, unreadable: 0 });
    });
  },
  ['SQLite'],
);

describeDatabases('a shop with a mind of its own', (workbench) => {
  it('that shows an order otherwise among others than alone does not make it different', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
    field.shop.setFaults(({ references }) => {
      if (references.length < 2) return undefined;
      const orders = references.map((number) => ({ ...field.shop.get(number), badge: 'only in lists' }));
      return { kind: 'reply', status: 200, body: JSON.stringify({ orders }) };
    });
    expect((await field.scan({ kind: 'deep' })).findings).toEqual([]);
    field.placed({ orderNumber: 'B', updatedAt: field.shop.get('B')?.updatedAt ?? '', buyerNote: 'another' });
    expect((await field.scan({ kind: 'deep' })).findings).toMatchObject([{ orderNumber: 'B', problem: 'different' }]);
  });

  it('that fails now and then does not end the scan', async () => {
    const field = await aField(await workbench.open(), { batchSize: 1, pageSize: 2 });
    for (let index = 0; index < 6; index += 1) field.placed({ orderNumber: `SO-${index}` });
    let requests = 0;
    field.shop.setFaults(() => {
      requests += 1;
      return requests % 3 === 0 ? statusFault(500) : undefined;
    });
    const { findings, error } = await field.scan({ kind: 'deep' });
    expect(error).toBeUndefined();
    expect(findings).toHaveLength(6);
  });

  it('that can not deliver an order it lists: a missing one gets its event all the same, a stored one is reported', async () => {
    const field = await aField(await workbench.open());
    for (const orderNumber of ['STORED', 'MISSING']) {
      const order = field.placed({ orderNumber });
      if (orderNumber === 'STORED') await field.sync(orderNumber);
      field.shop.put({ ...order, currency: 'yuan' });
    }
    await field.synced({ orderNumber: 'GOOD' });
    const { findings, summary } = await field.scan({ kind: 'deep' });
    expect(findings.toSorted((a, b) => (a.orderNumber < b.orderNumber ? -1 : 1))).toMatchObject([
      { orderNumber: 'MISSING', problem: 'missing', event: 'published' },
      { orderNumber: 'STORED', problem: 'unreadable', event: 'not-published', reason: 'invalid_order' },
    ]);
    expect(summary).toMatchObject({ compared: 3, found: 1, unreadable: 1 });
    expect(summary.days).toMatchObject([{ shop: { orders: 1 }, internalSystem: { orders: 1 } }]);
  });

  it('that is down ends the scan, and is no reason to take its orders for unreadable', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
    field.shop.setFaults(({ references }) =>
      references.length > 0 && field.shop.requests.length > 1 ? statusFault(403) : undefined,
    );
    const { summary, error } = await field.scan({ kind: 'deep' });
    expect(error).toMatchObject({ reason: 'shop_refused_credentials' });
    expect(summary).toMatchObject({ compared: 0, unreadable: 0, days: [] });
  });
});

describe('the comparison', () => {
  const order = anOrder({ updatedAt: '2026-11-22T08:00:00Z' });
  const stored = {
    status: order.status,
    updatedAt: order.updatedAt,
    contentHash: 'another',
    placedAt: order.placedAt,
    currency: order.currency,
    grandTotal: order.totals.grand,
  };

  it('takes other content for newer only if its state is no earlier', () => {
    expect(compareContent(order, stored)).toBe('different');
    expect(compareContent(order, { ...stored, contentHash: contentHash(order) })).toBe('agrees');
    expect(compareContent(order, { ...stored, status: 'cancelled' })).toBe('agrees');
    expect(compareContent(order, { ...stored, updatedAt: '2026-11-22T08:00:00.001Z' })).toBe('agrees');
  });

  it('never takes an earlier version for newer', () => {
    const older = anOrder({ updatedAt: '2026-11-22T07:59:59.999Z', status: 'cancelled' });
    expect(compareStub(older, stored)).toBe('agrees');
    expect(compareStub(order, { ...stored, status: 'cancelled' })).toBe('agrees');
    expect(compareStub({ ...older, updatedAt: order.updatedAt }, stored)).toBe('older');
  });
});

describe('the totals of a day', () => {
  it('count each side under the day and currency it has', () => {
    const counter = new DayTotalsCounter();
    const order = anOrder({ placedAt: '2026-11-22T23:30:00Z', currency: 'USD' });
    const stored = { placedAt: '2026-11-23T00:30:00.000Z', currency: 'EUR', grandTotal: '1.5' };
    counter.add(order, { ...stored, status: 'paid', updatedAt: '', contentHash: '' });
    const none = (currency: string) => ({ orders: 0, total: currency });
    expect(counter.list()).toEqual([
      {
        day: '2026-11-22',
        currency: 'USD',
        shop: { orders: 1, total: '129.40' },
        internalSystem: none('0.00'),
      },
      { day: '2026-11-23', currency: 'EUR', shop: none('0.00'), internalSystem: { orders: 1, total: '1.50' } },
    ]);
  });
});
