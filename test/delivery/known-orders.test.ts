import { expect, test } from 'vitest';
import { knownOrders } from '../../src/delivery/known-orders.ts';
import type { OrderRecord } from '../../src/internal-system/ledger.ts';
import { OrderFetcher } from '../../src/shop/order-fetcher.ts';
import type { ShopClient } from '../../src/shop/shop-client.ts';
import { anOrder } from '../helpers/order-builder.ts';

const order = anOrder({ orderNumber: '#1001', shopOrderId: '775' });
const stored = { orderNumber: '#1001', shopOrderId: '775', stored: {} } as OrderRecord;

/** Knows its orders by their id alone, as WooCommerce and Medusa do. */
const shop: ShopClient = {
  fetchOrders: async (references) =>
    new Map(references.map((name) => [name, name === '775' ? { kind: 'order', order } : { kind: 'not-found' }])),
  async *listUpdatedSince() {
    yield order;
  },
};

test.each([
  ['stored', { listOrders: async () => [stored] }],
  ['listed by the shop', {}],
])('a shop that knows an order by its id alone works, if the order is %s', async (_, internalSystem) => {
  const fetcher = new OrderFetcher(shop, { concurrency: 1, knownOrders: () => knownOrders(shop, internalSystem) });
  expect(await fetcher.works()).toBe(true);
});

test.each([
  ['stored', { listOrders: async () => [stored] }],
  ['listed by the shop', {}],
])('a shop that says so is asked by that name alone, if the order is %s', async (_, internalSystem) => {
  const byId = { ...shop, fetchesBy: 'shopOrderId' } as const;
  expect(await knownOrders(byId, internalSystem)).toMatchObject([{ reference: '775' }]);
  expect(await knownOrders({ ...shop, fetchesBy: 'orderNumber' }, internalSystem)).toMatchObject([
    { reference: '#1001' },
  ]);
});

test('an odd entry in the list is no order that the shop is known to have', async () => {
  const odd: ShopClient = {
    ...shop,
    async *listUpdatedSince() {
      yield { ...order, orderNumber: 'ODD;', problem: 'orderNumber: odd' };
      yield order;
    },
  };
  const known = await knownOrders(odd, {});
  expect(known.map(({ reference }) => reference)).toEqual(['#1001', '775']);
});

test('without an order that is known, nobody can tell', async () => {
  const fetcher = new OrderFetcher(shop, { concurrency: 1, knownOrders: () => knownOrders({}, {}) });
  expect(await fetcher.works()).toBeUndefined();
});
