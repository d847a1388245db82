import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { OrderFetcher } from '../../src/shop/order-fetcher.ts';
import type { ShopClient } from '../../src/shop/shop-client.ts';
import { anOrder } from '../helpers/order-builder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate'] }));
afterEach(() => void vi.useRealTimers());

const interrupted = new SyncError('interrupted', 'an outage began');

test('a fetch that is interrupted under a limit is no answer: once the limit is over, orders do not crawl', async () => {
  let shopDoes: 'refuses' | 'hangs' | 'works' = 'refuses';
  const shop: ShopClient = {
    fetchOrders: async ([reference = ''], signal) => {
      if (shopDoes === 'refuses') throw new SyncError('shop_rate_limited', 'HTTP 429');
      if (shopDoes === 'hangs') {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      return new Map([[reference, { kind: 'order', order: anOrder({ orderNumber: reference }) }]]);
    },
  };
  const fetcher = new OrderFetcher(shop, { concurrency: 4 });
  const first = fetcher.fetch('first').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  shopDoes = 'hangs';
  await vi.advanceTimersByTimeAsync(2_000);
  fetcher.cancelAll(interrupted);
  expect(await first).toBe(interrupted);
  shopDoes = 'refuses';
  const second = fetcher.fetch('second');
  await vi.advanceTimersByTimeAsync(2_000);
  shopDoes = 'works';
  const served: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    void fetcher.fetch(`N${index}`).then(({ order }) => served.push(order.orderNumber));
  }
  await vi.advanceTimersByTimeAsync(10_000);
  await second;
  expect(served).toHaveLength(20);
  fetcher.close(interrupted);
});
