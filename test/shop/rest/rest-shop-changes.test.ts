import { describe, expect, it } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import type { OrderStub } from '../../../src/shop/shop-client.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, failureOf, neverAborted } from './shops.ts';

const SINCE = new Date('2026-11-22T08:00:00Z');

/** SO-1 changed a minute after the start of the scan, SO-2 a minute later … placed in the opposite order. */
function changedOrders(count: number) {
  return Array.from({ length: count }, (_, index) =>
    anOrderDocument({
      orderNumber: `SO-${count - index}`,
      updatedAt: new Date(SINCE.getTime() + (count - index) * 60_000).toISOString(),
    }),
  );
}

async function aShopWithChanges(count: number, pageSize: number) {
  const { client, shop } = await aShop({ orders: changedOrders(count), pageSize });
  const scan = (signal = neverAborted) => client.listUpdatedSince?.(SINCE, signal) ?? [];
  return { shop, scan };
}

async function collect(scan: AsyncIterable<OrderStub> | Iterable<OrderStub>): Promise<OrderStub[]> {
  const stubs: OrderStub[] = [];
  for await (const stub of scan) stubs.push(stub);
  return stubs;
}

function page(value: unknown) {
  return () => ({ kind: 'reply', status: 200, body: JSON.stringify(value) }) as const;
}

describe('listUpdatedSince', () => {
  it('lists every change since then, oldest first, over all pages', async () => {
    const { shop, scan } = await aShopWithChanges(7, 3);
    shop.put(anOrderDocument({ orderNumber: 'SO-OLD', updatedAt: '2026-11-22T07:59:59.999Z' }));
    const stubs = await collect(scan());
    expect(stubs.map(({ orderNumber }) => orderNumber)).toEqual([
      'SO-1',
      'SO-2',
      'SO-3',
      'SO-4',
      'SO-5',
      'SO-6',
      'SO-7',
    ]);
    expect(stubs[0]).toEqual({ orderNumber: 'SO-1', status: 'paid', updatedAt: '2026-11-22T08:01:00.000Z' });
    // Page 1 each time, from a millisecond before the last change on the page before: see changed-orders.ts.
    expect(shop.requests.map(({ path }) => path)).toEqual(
      ['00:00.000', '03:00.000', '05:00.000'].map((time, index) => {
        const since = new Date(Date.parse(`2026-11-22T08:${time}Z`) - (index === 0 ? 0 : 1)).toISOString();
        return `/orders?updatedSince=${encodeURIComponent(since)}&page=1`;
      }),
    );
  });

  it('fetches a page only when it is needed', async () => {
    const { shop, scan } = await aShopWithChanges(7, 3);
    expect(shop.requests).toHaveLength(0);
    for await (const stub of scan()) if (stub.orderNumber === 'SO-4') break;
    expect(shop.requests).toHaveLength(2);
  });

  it('ends at once when nothing changed', async () => {
    const { scan } = await aShopWithChanges(0, 3);
    expect(await collect(scan())).toEqual([]);
  });

  it('keeps the digits of order numbers that are JSON numbers', async () => {
    const { shop, scan } = await aShopWithChanges(0, 3);
    const body = '{"orders":[{"orderNumber":20261122000123456789,"status":"paid","updatedAt":"2026-11-22T08:00:00Z"}]}';
    shop.setFaults(() => ({ kind: 'reply', status: 200, body }));
    expect(await collect(scan())).toMatchObject([{ orderNumber: '20261122000123456789' }]);
  });

  it.each([1, 0, -1])('does not go in circles when the next page is %i', async (nextPage) => {
    const { shop, scan } = await aShopWithChanges(0, 3);
    shop.setFaults(page({ orders: [], nextPage }));
    const error = await failureOf(collect(scan()));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('as the next page') });
    expect(shop.requests).toHaveLength(1);
  });

  const STUB = { orderNumber: 'SO-1', status: 'paid', updatedAt: '2026-11-22T08:00:00Z' };
  it.each([
    ['no list', [STUB]],
    ['a next page that is no number', { orders: [STUB], nextPage: 'two' }],
  ])('refuses a page with %s rather than miss an order', async (_, value) => {
    const { shop, scan } = await aShopWithChanges(0, 3);
    shop.setFaults(page(value));
    expect(await failureOf(collect(scan()))).toMatchObject({
      reason: 'shop_bad_reply',
      message: expect.stringContaining('page 1 of the changes: '),
    });
  });

  it.each([
    ['an order without a number', { orderNumber: undefined }, 'orderNumber'],
    ['a cart', { status: 'cart' }, 'status'],
    ['a time without a zone', { updatedAt: '2026-11-22 08:30:00' }, 'updatedAt'],
  ])('lists %s as what it is, in its place, and everything else', async (_, odd, field) => {
    const { shop, scan } = await aShopWithChanges(0, 3);
    const next = { ...STUB, orderNumber: 'SO-2', updatedAt: '2026-11-22T09:00:00Z' };
    shop.setFaults(page({ orders: [STUB, { ...STUB, orderNumber: 'ODD', ...odd }, next] }));
    const stubs = await collect(scan());
    expect(stubs.map(({ problem }) => problem?.replace(/: .*/, ''))).toEqual([undefined, field, undefined]);
    expect(stubs[1]?.updatedAt).toBe('2026-11-22T08:00:00.000Z');
    expect(JSON.stringify(stubs[1])).not.toMatch(/cart|08:30/);
    shop.setFaults(page({ orders: [{ ...STUB, ...odd }] }));
    expect(await collect(scan())).toMatchObject([{ problem: expect.stringContaining(`${field}: `) }]);
  });

  it('fails like any other request', async () => {
    const { shop, scan } = await aShopWithChanges(7, 3);
    shop.setFaults(() => ({ kind: 'reply', status: 403 }));
    const error = await failureOf(collect(scan()));
    expect(error.reason).toBe('shop_refused_credentials');
  });

  it('continues after a failed reply, and gives up when all of them fail', async () => {
    const { shop, scan } = await aShopWithChanges(7, 3);
    let requests = 0;
    shop.setFaults(() => {
      requests += 1;
      return requests === 2 ? statusFault(500) : undefined;
    });
    expect(await collect(scan())).toHaveLength(7);
    shop.setFaults(() => statusFault(429, { 'retry-after': '0' }));
    expect((await failureOf(collect(scan()))).reason).toBe('shop_rate_limited');
  });

  it('stops when it is aborted', async () => {
    const { shop, scan } = await aShopWithChanges(7, 3);
    const controller = new AbortController();
    const scanning = (async () => {
      for await (const _ of scan(controller.signal)) controller.abort(new Error('stopping'));
    })();
    await expect(scanning).rejects.toThrow('stopping');
    expect(shop.requests).toHaveLength(1);
  });
});

describe('listPlacedSince', () => {
  it('lists every order placed since then, oldest first, over all pages', async () => {
    const orders = ['07', '08', '09', '10', '11'].map((hour) =>
      anOrderDocument({ orderNumber: `SO-${hour}`, placedAt: `2026-11-22T${hour}:00:00Z` }),
    );
    const { client, shop } = await aShop({ orders: orders.reverse(), pageSize: 2 });
    const stubs = await collect(client.listPlacedSince?.(SINCE, neverAborted) ?? []);
    expect(stubs.map(({ orderNumber }) => orderNumber)).toEqual(['SO-08', 'SO-09', 'SO-10', 'SO-11']);
    expect(shop.requests.map(({ path }) => path)).toEqual(
      [1, 2].map((number) => `/orders?placedSince=2026-11-22T08%3A00%3A00.000Z&page=${number}`),
    );
  });

  it('refuses a page that is not valid', async () => {
    const { client, shop } = await aShop();
    shop.setFaults(page({ orders: 'none' }));
    expect(await failureOf(collect(client.listPlacedSince?.(SINCE, neverAborted) ?? []))).toMatchObject({
      reason: 'shop_bad_reply',
      message: expect.stringContaining('page 1 of the placed orders: '),
    });
  });
});

describe('now', () => {
  it("is the time of the shop's clock", async () => {
    const { client } = await aShop({ clockAheadMs: -3_600_000 });
    const now = await client.now?.(neverAborted);
    expect(Math.abs(Number(now) + 3_600_000 - Date.now())).toBeLessThan(60_000);
  });

  it('is unknown when the shop gives no date', async () => {
    const { client, shop } = await aShop();
    shop.setFaults(() => statusFault(404, { date: 'yesterday' }));
    expect(await client.now?.(neverAborted)).toBeUndefined();
  });
});
