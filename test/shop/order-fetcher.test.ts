import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { withFetchDeadline } from '../../src/shop/fetch-deadline.ts';
import { OrderFetcher } from '../../src/shop/order-fetcher.ts';
import type { FetchResult, ShopClient } from '../../src/shop/shop-client.ts';
import { anOrder } from '../helpers/order-builder.ts';

/** A shop that replies when the test says so. */
function aManualShop(maxBatch = 1) {
  const requests: {
    references: readonly string[];
    signal: AbortSignal;
    reply: (status?: 'paid' | 'cancelled') => void;
  }[] = [];
  const shop: ShopClient = {
    maxBatch,
    fetchOrders: (references, signal) =>
      new Promise<ReadonlyMap<string, FetchResult>>((resolve) => {
        const reply = (status: 'paid' | 'cancelled' = 'paid') =>
          resolve(
            new Map(
              references.map((orderNumber) => [
                orderNumber,
                { kind: 'order', order: anOrder({ orderNumber, status }) },
              ]),
            ),
          );
        requests.push({ references, signal, reply });
      }),
  };
  return { shop, requests };
}

/** Long enough for the next batch to start once one has ended. */
const nextBatch = async () => {
  await setImmediate();
  await setImmediate();
};

test('an event that arrives while its order is being fetched gets a fetch of its own, which sees the change', async () => {
  const { shop, requests } = aManualShop();
  const fetcher = new OrderFetcher(shop, { concurrency: 4 });
  const first = fetcher.fetch('10086');
  await nextBatch();
  const second = fetcher.fetch('10086');
  await nextBatch();
  expect(requests).toHaveLength(2);
  requests[0]?.reply('paid');
  requests[1]?.reply('cancelled');
  expect((await first).order.status).toBe('paid');
  expect((await second).order.status).toBe('cancelled');
  expect((await second).fetchedAt.getTime()).toBeGreaterThanOrEqual((await first).fetchedAt.getTime());
});

test('events that wait for the same order share the fetch that starts after both', async () => {
  const { shop, requests } = aManualShop();
  const fetcher = new OrderFetcher(shop, { concurrency: 1 });
  const busy = fetcher.fetch('10085');
  await nextBatch();
  const waiting = [fetcher.fetch('10086'), fetcher.fetch('10086')];
  requests[0]?.reply();
  await busy;
  await nextBatch();
  requests[1]?.reply();
  const [first, second] = await Promise.all(waiting);
  expect(first).toBe(second);
  expect(requests.map((request) => request.references)).toEqual([['10085'], ['10086']]);
});

test('makes no more requests than allowed, and asks a shop with batches for all that wait', async () => {
  const { shop, requests } = aManualShop(3);
  const fetcher = new OrderFetcher(shop, { concurrency: 1 });
  const all = Promise.all(['A', 'B', 'C', 'D', 'E'].map((reference) => fetcher.fetch(reference)));
  await nextBatch();
  expect(requests.map((request) => request.references)).toEqual([['A', 'B', 'C']]);
  requests[0]?.reply();
  await nextBatch();
  await nextBatch();
  requests[1]?.reply();
  expect((await all).map((fetched) => fetched.order.orderNumber)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('cancels fetches in flight, even in an adapter that ignores its signal, and those that wait, but no later ones', async () => {
  const { shop, requests } = aManualShop();
  const fetcher = new OrderFetcher(withFetchDeadline(shop), { concurrency: 1 });
  const givenUp = Promise.allSettled([fetcher.fetch('A'), fetcher.fetch('B')]);
  await nextBatch();
  fetcher.cancelAll(new SyncError('interrupted', 'paused'));
  expect((await givenUp).map((result) => result.status === 'rejected' && result.reason.reason)).toEqual([
    'interrupted',
    'interrupted',
  ]);
  expect(requests[0]?.signal.aborted).toBe(true);
  const later = fetcher.fetch('C');
  await nextBatch();
  requests[1]?.reply();
  expect((await later).order.orderNumber).toBe('C');
});

test.each([
  ['unknown', { kind: 'not-found' as const }, 'order_not_found'],
  ['broken', { kind: 'failed' as const, error: new SyncError('invalid_order', 'no currency') }, 'invalid_order'],
  ['missing from the result', undefined, 'shop_bad_reply'],
])('an order that is %s fails alone', async (_, result, reason) => {
  const good: FetchResult = { kind: 'order', order: anOrder({ orderNumber: 'good' }) };
  const shop: ShopClient = {
    maxBatch: 2,
    fetchOrders: async () =>
      new Map<string, FetchResult>([['good', good], ...(result === undefined ? [] : [['bad', result] as const])]),
  };
  const fetcher = new OrderFetcher(shop, { concurrency: 1 });
  const [first, second] = await Promise.allSettled([fetcher.fetch('good'), fetcher.fetch('bad')]);
  expect(first.status).toBe('fulfilled');
  expect(second.status === 'rejected' && second.reason.reason).toBe(reason);
});
