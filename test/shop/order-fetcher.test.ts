import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
  expect(requests).toHaveLength(1);
  requests[0]?.reply('paid');
  await nextBatch();
  expect(requests).toHaveLength(2);
  requests[1]?.reply('cancelled');
  expect((await first).order.status).toBe('paid');
  expect((await second).order.status).toBe('cancelled');
  expect((await second).fetchedAt.getTime()).toBeGreaterThanOrEqual((await first).fetchedAt.getTime());
});

test('however many events come while their order is being fetched, they cost one more fetch', async () => {
  const { shop, requests } = aManualShop();
  const fetcher = new OrderFetcher(shop, { concurrency: 16 });
  const first = fetcher.fetch('10086');
  await nextBatch();
  const others: Promise<unknown>[] = [];
  for (let event = 0; event < 20; event += 1) {
    others.push(fetcher.fetch('10086'));
    await nextBatch();
  }
  requests[0]?.reply();
  await first;
  await nextBatch();
  requests[1]?.reply('cancelled');
  expect(new Set(await Promise.all(others)).size).toBe(1);
  await nextBatch();
  expect(requests).toHaveLength(2);
});

describe('events of one order that come 5 ms apart', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate'] }));
  afterEach(() => void vi.useRealTimers());

  /** A shop that takes this long for each order, and has shown that. */
  async function aTimedShop(ms: number) {
    const calls: string[] = [];
    const shop: ShopClient = {
      fetchOrders: async ([reference = '']) => {
        calls.push(reference);
        await new Promise((resolve) => void setTimeout(resolve, ms));
        return new Map([[reference, { kind: 'order', order: anOrder({ orderNumber: reference }) }]]);
      },
    };
    const fetcher = new OrderFetcher(shop, { concurrency: 4 });
    const warmUp = fetcher.fetch('first');
    await vi.advanceTimersByTimeAsync(ms + 5);
    await warmUp;
    calls.length = 0;
    return { fetcher, calls };
  }

  test.each([
    ['share the fetch of a slow shop', 550, 1],
    ['cost a quick shop two', 50, 2],
  ])('%s', async (_, ms, fetches) => {
    const { fetcher, calls } = await aTimedShop(ms);
    const events = [fetcher.fetch('10086')];
    await vi.advanceTimersByTimeAsync(5);
    events.push(fetcher.fetch('10086'));
    await vi.advanceTimersByTimeAsync(3 * ms);
    await Promise.all(events);
    expect(calls).toHaveLength(fetches);
  });

  test.each([
    [50, 0],
    [550, 11],
    [30_000, 20],
  ])('with a shop that takes %i ms, a lone event is fetched after %i ms', async (ms, lingerMs) => {
    const { fetcher, calls } = await aTimedShop(ms);
    const lone = fetcher.fetch('10086');
    if (lingerMs > 0) await vi.advanceTimersByTimeAsync(lingerMs - 1);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(ms);
    await lone;
  });
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

/** A shop of an adapter that fails a whole batch with what `failure` returns for its orders. */
function aPickyShop(failure: (references: readonly string[]) => Error | undefined) {
  const calls: (readonly string[])[] = [];
  const shop: ShopClient = {
    maxBatch: 10,
    fetchOrders: async (references) => {
      calls.push(references);
      const error = failure(references);
      if (error !== undefined) throw error;
      return new Map(
        references.map((orderNumber) => [orderNumber, { kind: 'order', order: anOrder({ orderNumber }) }]),
      );
    },
  };
  return { shop, calls };
}

test.each([
  ['a bug', new TypeError('no such property'), 'shop_error'],
  ['an error of the shop', new SyncError('shop_timeout', 'no answer'), 'shop_timeout'],
])(
  'an adapter that fails a whole batch for one order because of %s: only that order fails',
  async (_, error, reason) => {
    const { shop } = aPickyShop((references) => (references.includes('bad') ? error : undefined));
    const fetcher = new OrderFetcher(shop, { concurrency: 2 });
    const results = await Promise.allSettled(['A', 'B', 'bad', 'C', 'D'].map((reference) => fetcher.fetch(reference)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[2]).toMatchObject({ reason: { reason, isUnforeseen: reason === 'shop_error' } });
  },
);

test('a batch that fails because the shop is down is not taken apart', async () => {
  const { shop, calls } = aPickyShop(() => new SyncError('shop_unreachable', 'refused'));
  const fetcher = new OrderFetcher(shop, { concurrency: 2 });
  const results = await Promise.allSettled(['A', 'B', 'C'].map((reference) => fetcher.fetch(reference)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(calls).toEqual([['A', 'B', 'C']]);
});

test('orders that are refused for the rate are fetched again, and it says once that there is a limit', async () => {
  let refusals = 0;
  const { shop, calls } = aPickyShop(() => {
    refusals += 1;
    return refusals === 1 ? new SyncError('shop_rate_limited', 'HTTP 429', { retryAfterMs: 5 }) : undefined;
  });
  const limits: boolean[] = [];
  const fetcher = new OrderFetcher(shop, { concurrency: 2, onLimit: (isLimited) => limits.push(isLimited) });
  const fetched = await Promise.all(['A', 'B'].map((reference) => fetcher.fetch(reference)));
  expect(fetched.map(({ order }) => order.orderNumber)).toEqual(['A', 'B']);
  expect(calls).toEqual([
    ['A', 'B'],
    ['A', 'B'],
  ]);
  expect(limits).toEqual([true]);
  fetcher.close(new SyncError('interrupted', 'over'));
});

test('a shop under maintenance is an outage at once, and no limit: afterwards, orders are fetched at full speed', async () => {
  let failure: SyncError | undefined;
  const { shop, calls } = aPickyShop(() => failure);
  const limits: boolean[] = [];
  const fetcher = new OrderFetcher(shop, { concurrency: 2, onLimit: (isLimited) => limits.push(isLimited) });
  await fetcher.fetch('A');
  failure = new SyncError('shop_rate_limited', 'HTTP 503', { retryAfterMs: 300_000, mayEndSooner: true });
  await expect(fetcher.fetch('B')).rejects.toBe(failure);
  failure = undefined;
  await Promise.all(['C', 'D', 'E', 'F', 'G', 'H'].map((reference) => fetcher.fetch(reference)));
  expect(calls.flat()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']);
  expect(limits).toEqual([]);
});

test('the end of a hold returns the orders that wait for the shop’s limit, at once', async () => {
  const { shop } = aPickyShop(() => new SyncError('shop_rate_limited', 'HTTP 429', { retryAfterMs: 20_000 }));
  const limited = Promise.withResolvers<void>();
  const fetcher = new OrderFetcher(shop, { concurrency: 2, onLimit: () => limited.resolve() });
  const waiting = fetcher.fetch('A');
  await limited.promise;
  await setImmediate();
  fetcher.endHold(new SyncError('interrupted', 'stopping'));
  await expect(waiting).rejects.toMatchObject({ reason: 'interrupted' });
  await expect(fetcher.fetch('B')).rejects.toMatchObject({ reason: 'shop_rate_limited' });
});

test('tells whether the shop still gets through an order that it has got through before', async () => {
  let failure: SyncError | undefined;
  const { shop } = aPickyShop(() => failure);
  const fetcher = new OrderFetcher(shop, { concurrency: 1 });
  expect(await fetcher.works()).toBeUndefined();
  await fetcher.fetch('A');
  expect(await fetcher.works()).toBe(true);
  for (const reason of ['shop_refused_credentials', 'order_not_found', 'invalid_order', 'shop_error'] as const) {
    failure = new SyncError(reason, 'no');
    expect(await fetcher.works()).toBe(false);
  }
});

test('before the first order, it asks for one that others know; whether that is valid proves nothing', async () => {
  const { shop } = aPickyShop(() => new SyncError('invalid_order', 'no currency'));
  const known = (wasValid: boolean) => async () => [{ reference: 'K', wasValid }];
  const works = (wasValid: boolean) => new OrderFetcher(shop, { concurrency: 1, knownOrders: known(wasValid) }).works();
  expect(await works(true)).toBe(false);
  expect(await works(false)).toBe(true);
});
