import { describe, expect, it } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { contentHash } from '../../src/internal-system/newest-wins.ts';
import { compareContent, compareStub } from '../../src/reconcile/comparison.ts';
import { DayTotalsCounter } from '../../src/reconcile/day-totals.ts';
import { anOrder, anOrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, numbersOf } from './helpers/scenario.ts';

const DAY = 24 * HOUR;

function totals(grand: string, refunded = '0.00') {
  return { items: grand, shipping: '0.00', tax: '0.00', discount: '0.00', refunded, grand };
}

describeDatabases('the deep scan', (workbench) => {
  it('finds a refund that did not change "updated at", until it is written', async () => {
    const scenario = await aScenario(await workbench.open(), { pageSize: 4 });
    const updatedAt = scenario.ago(30 * HOUR);
    for (let index = 0; index < 10; index += 1) await scenario.synced({ orderNumber: `SO-${index}`, updatedAt });
    const order = { orderNumber: 'SO-6', updatedAt, placedAt: updatedAt, totals: totals('129.40', '20.00') };
    scenario.shop.put(anOrderDocument(order));

    expect((await scenario.scan()).findings).toEqual([]);
    const { findings, summary, error } = await scenario.scan({ kind: 'deep' });
    expect(error).toBeUndefined();
    expect(findings).toMatchObject([{ orderNumber: 'SO-6', problem: 'different', event: 'published' }]);
    expect(summary).toMatchObject({ scan: 'deep', compared: 10, found: 1 });
    await scenario.sync('SO-6');
    expect((await scenario.scan({ kind: 'deep' })).findings).toEqual([]);
    expect(scenario.published).toEqual(['SO-6']);
  });

  it('also finds what is missing or older, in the last seven days or in a given window', async () => {
    const scenario = await aScenario(await workbench.open());
    for (const days of [1, 6, 8])
      scenario.placed({ orderNumber: `MISSING-${days}`, updatedAt: scenario.ago(days * DAY) });
    await scenario.synced({ orderNumber: 'OLDER', updatedAt: scenario.ago(3 * DAY) });
    scenario.placed({ orderNumber: 'OLDER', status: 'cancelled', updatedAt: scenario.ago(2 * DAY) });
    const week = await scenario.scan({ kind: 'deep' });
    expect(numbersOf(week.findings)).toEqual(['MISSING-1', 'MISSING-6', 'OLDER']);
    const month = await scenario.scan({ kind: 'deep', since: (now) => new Date(now.getTime() - 30 * DAY) });
    expect(numbersOf(month.findings)).toEqual(['MISSING-1', 'MISSING-6', 'MISSING-8', 'OLDER']);
    // No cursor: each deep scan covers its whole window.
    expect((await scenario.system.reconciliation.readScan('deep')).cursor).toBeNull();
  });

  it('counts and adds up both sides per day, exactly', async () => {
    const scenario = await aScenario(await workbench.open());
    const [first, second] = [new Date(Date.now() - 3 * DAY), new Date(Date.now() - 2 * DAY)].map((date) =>
      date.toISOString().slice(0, 10),
    );
    const placed = (orderNumber: string, placedAt: string, grand: string, currency = 'CNY') => ({
      orderNumber,
      placedAt,
      updatedAt: scenario.ago(HOUR),
      currency,
      totals: totals(grand),
    });
    await scenario.synced(
      placed('A', `${first}T00:00:00.000Z`, '0.10'),
      placed('B', `${first}T23:59:59.999Z`, '0.20'),
      placed('Y', `${first}T12:00:00Z`, '1200', 'JPY'),
      placed('C', `${second}T00:00:00Z`, '900719925474099.30'),
    );
    scenario.placed(placed('MISSING', `${second}T01:00:00Z`, '0.01'));
    scenario.placed({ ...placed('CART', `${second}T01:00:00Z`, '5.00'), status: 'pending' });
    // In UTC, it was placed the day before.
    await scenario.synced(placed('EAST', `${second}T07:30:00+08:00`, '0.30'));
    const { summary } = await scenario.scan({ kind: 'deep' });
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

  it('requests no more orders at once than the shop returns, and no carts', async () => {
    const scenario = await aScenario(await workbench.open(), { batchSize: 3 });
    for (let index = 0; index < 8; index += 1) await scenario.synced({ orderNumber: `SO-${index}` });
    for (let index = 0; index < 8; index += 1) scenario.placed({ orderNumber: `CART-${index}`, status: 'pending' });
    await scenario.synced({ orderNumber: 'STORED-CART', status: 'pending' });
    expect((await scenario.scan({ kind: 'deep' })).summary).toMatchObject({ compared: 9, carts: 8, found: 0 });
    const requested = scenario.shop.requests.map(({ references }) => references).filter(({ length }) => length > 0);
    expect(Math.max(...requested.map(({ length }) => length))).toBe(3);
    expect(requested.flat().filter((number) => number.startsWith('CART'))).toEqual([]);
  });

  it('leaves an order that changed a moment ago alone', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'NEW', updatedAt: scenario.ago(30_000) });
    const { findings, summary } = await scenario.scan({ kind: 'deep' });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ compared: 0, underWay: 1, days: [] });
  });
});

describeDatabases(
  'an order that changes between list and fetch',
  (workbench) => {
    it('is left to the next scan: its event may be on its way', async () => {
      const scenario = await aScenario(await workbench.open());
      await scenario.synced({ orderNumber: 'A', updatedAt: scenario.ago(HOUR) });
      scenario.shop.setFaults(({ references }) => {
        if (references.includes('A'))
          scenario.placed({ orderNumber: 'A', status: 'cancelled', updatedAt: scenario.ago(0) });
        return undefined;
      });
      const { findings, summary } = await scenario.scan({ kind: 'deep' });
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({ compared: 0, underWay: 1 });
    });
  },
  ['SQLite'],
);

describeDatabases(
  'a shop that fails for all orders, on every retry',
  (workbench) => {
    it('ends the scan: the shop is at fault, not the orders', async () => {
      const scenario = await aScenario(await workbench.open());
      await scenario.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
      const orders = ['A', 'B'];
      scenario.shop.setFaults(({ references }) =>
        references.some((number) => orders.includes(number)) ? statusFault(500) : undefined,
      );
      const { summary, error } = await scenario.scan({ kind: 'deep' });
      expect(error).toMatchObject({ reason: 'shop_error' });
      expect(summary).toMatchObject({ compared: 0, unreadable: 0 });
    });
  },
  ['SQLite'],
);

describeDatabases('a shop', (workbench) => {
  it('that returns an order differently in a batch than alone does not make it different', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
    scenario.shop.setFaults(({ references }) => {
      if (references.length < 2) return undefined;
      const orders = references.map((number) => ({ ...scenario.shop.get(number), badge: 'only in lists' }));
      return { kind: 'reply', status: 200, body: JSON.stringify({ orders }) };
    });
    expect((await scenario.scan({ kind: 'deep' })).findings).toEqual([]);
    scenario.placed({ orderNumber: 'B', updatedAt: scenario.shop.get('B')?.updatedAt ?? '', buyerNote: 'another' });
    expect((await scenario.scan({ kind: 'deep' })).findings).toMatchObject([
      { orderNumber: 'B', problem: 'different' },
    ]);
  });

  it('that fails now and then does not end the scan', async () => {
    const scenario = await aScenario(await workbench.open(), { batchSize: 1, pageSize: 2 });
    for (let index = 0; index < 6; index += 1) scenario.placed({ orderNumber: `SO-${index}` });
    let requests = 0;
    scenario.shop.setFaults(() => {
      requests += 1;
      return requests % 3 === 0 ? statusFault(500) : undefined;
    });
    const { findings, error } = await scenario.scan({ kind: 'deep' });
    expect(error).toBeUndefined();
    expect(findings).toHaveLength(6);
  });

  it('that lists an order but cannot deliver it: a missing one still gets its event, a stored one is reported', async () => {
    const scenario = await aScenario(await workbench.open());
    for (const orderNumber of ['STORED', 'MISSING']) {
      const order = scenario.placed({ orderNumber });
      if (orderNumber === 'STORED') await scenario.sync(orderNumber);
      scenario.shop.put({ ...order, currency: 'yuan' });
    }
    await scenario.synced({ orderNumber: 'GOOD' });
    const { findings, summary } = await scenario.scan({ kind: 'deep' });
    expect(findings.toSorted((a, b) => (a.orderNumber < b.orderNumber ? -1 : 1))).toMatchObject([
      { orderNumber: 'MISSING', problem: 'missing', event: 'published' },
      { orderNumber: 'STORED', problem: 'unreadable', event: 'not-published', reason: 'invalid_order' },
    ]);
    expect(summary).toMatchObject({ compared: 3, found: 1, unreadable: 1 });
    expect(summary.days).toMatchObject([{ shop: { orders: 1 }, internalSystem: { orders: 1 } }]);
  });

  it('that is down ends the scan, and does not make its orders unreadable', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A' }, { orderNumber: 'B' });
    scenario.shop.setFaults(({ references }) =>
      references.length > 0 && scenario.shop.requests.length > 1 ? statusFault(403) : undefined,
    );
    const { summary, error } = await scenario.scan({ kind: 'deep' });
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

  it('takes different content for newer only if its state is no earlier', () => {
    expect(compareContent(order, stored)).toBe('different');
    expect(compareContent(order, { ...stored, contentHash: contentHash(order) })).toBe('agrees');
    expect(compareContent(order, { ...stored, status: 'cancelled' })).toBe('newer');
    expect(compareContent(order, { ...stored, updatedAt: '2026-11-22T08:00:00.001Z' })).toBe('newer');
  });

  it('never takes an earlier version for newer', () => {
    const older = anOrder({ updatedAt: '2026-11-22T07:59:59.999Z', status: 'cancelled' });
    expect(compareStub(older, stored)).toBe('newer');
    expect(compareStub(order, { ...stored, status: 'cancelled' })).toBe('newer');
    expect(compareStub({ ...older, updatedAt: order.updatedAt }, stored)).toBe('older');
  });
});

describe('the daily totals', () => {
  it('count each side under its own day and currency', () => {
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
