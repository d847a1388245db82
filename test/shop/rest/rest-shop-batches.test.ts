import { describe, expect, it } from 'vitest';
import type { DemoShop, FaultHook } from '../../../demo/demo-shop.ts';
import { statusFault } from '../../../demo/shop/faults.ts';
import type { FetchResult } from '../../../src/shop/shop-client.ts';
import { anOrder, anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';
import { aClient, aShop, failureOf, neverAborted } from './shops.ts';

/** SO-0 with the id 900000, SO-1 with 900001 … */
function orders(count: number): OrderDocument[] {
  return Array.from({ length: count }, (_, index) =>
    anOrderDocument({ orderNumber: `SO-${index}`, shopOrderId: String(900_000 + index) }),
  );
}

function numbers(count: number): string[] {
  return orders(count).map(({ orderNumber }) => String(orderNumber));
}

function asked(shop: DemoShop): number[] {
  return shop.requests.map(({ references }) => references.length);
}

function kinds(results: ReadonlyMap<string, FetchResult>): Record<string, string> {
  return Object.fromEntries(
    [...results].map(([name, result]) => [name, result.kind === 'failed' ? result.error.reason : result.kind]),
  );
}

/** Fails whenever SO-3 is requested, alone or with others, like a shop that trips over one order. */
const tripsOverOne: FaultHook = ({ references }) => (references.includes('SO-3') ? statusFault(500) : undefined);

describe('a REST shop, asked for many orders', () => {
  it('finds them with one request, by number and by id', async () => {
    const { client, shop } = await aShop({ orders: orders(3) }, { batchSize: 50 });
    const results = await client.fetchOrders(['SO-0', '900001', 'SO-2', '900002'], neverAborted);
    const [first, second, third] = orders(3).map((order) => ({ kind: 'order', order: anOrder(order) }));
    expect(Object.fromEntries(results)).toEqual({ 'SO-0': first, '900001': second, 'SO-2': third, '900002': third });
    expect(asked(shop)).toEqual([4]);
  });

  it('asks for no more orders at once than the batch size', async () => {
    const { client, shop } = await aShop({ orders: orders(10) }, { batchSize: 4 });
    expect((await client.fetchOrders(numbers(10), neverAborted)).size).toBe(10);
    expect(asked(shop).sort()).toEqual([2, 4, 4]);
    expect(client.maxBatch).toBe(4);
  });

  it('fetches a single order with the path for one', async () => {
    const { client, shop } = await aShop({ orders: orders(1) }, { batchSize: 50 });
    await client.fetchOrders(['SO-0'], neverAborted);
    expect(shop.requests.map(({ path }) => path)).toEqual(['/orders/SO-0']);
  });

  it('takes no order for "not found" when the shop cuts its list short: it fetches each missing one alone', async () => {
    const { client, shop } = await aShop({ orders: orders(8), pageSize: 3 }, { batchSize: 50 });
    const results = await client.fetchOrders([...numbers(8), 'SO-NONE'], neverAborted);
    expect(kinds(results)).toEqual({
      ...Object.fromEntries(numbers(8).map((number) => [number, 'order'])),
      'SO-NONE': 'not-found',
    });
    expect(asked(shop)).toEqual([9, 1, 1, 1, 1, 1, 1]);
  });

  it('fails a bad order alone', async () => {
    const bad = anOrderDocument({ orderNumber: 'SO-BAD', currency: '¥' });
    const { client } = await aShop({ orders: [...orders(2), bad] }, { batchSize: 50 });
    const results = await client.fetchOrders(['SO-0', 'SO-BAD', 'SO-1'], neverAborted);
    expect(kinds(results)).toEqual({ 'SO-0': 'order', 'SO-1': 'order', 'SO-BAD': 'invalid_order' });
  });

  it('ignores orders that it did not ask for, and items that are not orders', async () => {
    const body = JSON.stringify({ orders: [...orders(5), null, 7, [], {}, 'text'] });
    const { client } = await aShop({ faults: () => ({ kind: 'reply', status: 200, body }) }, { batchSize: 50 });
    expect(kinds(await client.fetchOrders(['SO-1', '900003'], neverAborted))).toEqual({
      'SO-1': 'order',
      '900003': 'order',
    });
  });

  it("lets the shop decide when a reference is one order's number and another's id", async () => {
    const twins = [
      anOrderDocument({ orderNumber: '7', shopOrderId: '8' }),
      anOrderDocument({ orderNumber: '9', shopOrderId: '7' }),
    ];
    const { client, shop } = await aShop({ orders: twins }, { batchSize: 50 });
    shop.setFaults(({ references }) =>
      references.length > 1 ? { kind: 'reply', body: JSON.stringify({ orders: twins }) } : undefined,
    );
    const results = await client.fetchOrders(['7', '8', '9'], neverAborted);
    expect(results.get('7')).toMatchObject({ order: { orderNumber: '7' } });
    expect(shop.requests.map(({ path }) => path)).toEqual(['/orders?numbers=7,8,9', '/orders/7']);
  });

  it('leaves what cannot be an order number out of the request, and fetches the others', async () => {
    const { client, shop } = await aShop({ orders: orders(2) }, { batchSize: 50 });
    const results = await client.fetchOrders(['SO-0', '../admin', 'SO-1'], neverAborted);
    expect(kinds(results)).toEqual({ 'SO-0': 'order', '../admin': 'malformed_event', 'SO-1': 'order' });
    expect(shop.requests.map(({ path }) => path)).toEqual(['/orders?numbers=SO-0,SO-1']);
  });

  it('narrows a failing batch down to the order that causes it', async () => {
    const { client, shop } = await aShop({ orders: orders(16), faults: tripsOverOne }, { batchSize: 50 });
    const results = await client.fetchOrders(numbers(16), neverAborted);
    const found = Object.fromEntries(numbers(16).map((number) => [number, 'order']));
    expect(kinds(results)).toEqual({ ...found, 'SO-3': 'shop_error' });
    expect(asked(shop)).toEqual([16, 8, 8, 4, 4, 2, 2, 1, 1]);
  });

  it('gives up after three requests when the shop fails for all orders', async () => {
    const { client, shop } = await aShop({ orders: orders(16), faults: () => statusFault(500) }, { batchSize: 50 });
    expect(await failureOf(client.fetchOrders(numbers(16), neverAborted))).toMatchObject({ reason: 'shop_error' });
    expect(asked(shop)).toEqual([16, 8, 8]);
  });

  it('succeeds when a batch works at the second try', async () => {
    const faults: FaultHook = ({ attempt }) => (attempt === 1 ? statusFault(502) : undefined);
    const { client } = await aShop({ orders: orders(4), faults }, { batchSize: 50 });
    expect(Object.values(kinds(await client.fetchOrders(numbers(4), neverAborted)))).toEqual(Array(4).fill('order'));
  });

  it.each([
    [401, 'shop_refused_credentials', undefined],
    [429, 'shop_rate_limited', 7_000],
  ])('stops at once when the shop refuses all requests: HTTP %i', async (status, reason, retryAfterMs) => {
    const faults = () => statusFault(status, { 'retry-after': '7' });
    const { client, shop } = await aShop({ orders: orders(4), faults }, { batchSize: 50 });
    expect(await failureOf(client.fetchOrders(numbers(4), neverAborted))).toMatchObject({ reason, retryAfterMs });
    expect(asked(shop)).toEqual([4]);
  });

  it('throws once when the shop cannot be reached', async () => {
    const { client, shop } = await aShop({}, { batchSize: 50 });
    await shop.close();
    expect((await failureOf(client.fetchOrders(numbers(4), neverAborted))).reason).toBe('shop_unreachable');
  });

  it.each(['[]', '{}', 'null', '{"orders":{}}', '{"error":"busy"}'])('rejects %s as a bad reply', async (body) => {
    const { client } = await aShop({ faults: () => ({ kind: 'reply', status: 200, body }) }, { batchSize: 50 });
    const error = await failureOf(client.fetchOrders(numbers(4), neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('{"orders":[…]}') });
  });

  it('sends the number of orders where the template has a placeholder for it', async () => {
    const { shop } = await aShop({ orders: orders(3) });
    const client = aClient(shop.url, { batchSize: 50, ordersPath: '/orders?numbers={references}&per_page={count}' });
    await client.fetchOrders(numbers(3), neverAborted);
    expect(shop.requests.map(({ path }) => path)).toEqual(['/orders?numbers=SO-0,SO-1,SO-2&per_page=3']);
  });
});
