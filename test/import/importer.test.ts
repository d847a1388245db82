import { expect, onTestFinished, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { ImportResult } from '../../src/import/import-result.ts';
import { Importer } from '../../src/import/importer.ts';
import { Throttle } from '../../src/import/throttle.ts';
import { OrderWriter } from '../../src/internal-system/order-writer.ts';
import { GracePeriod } from '../../src/reconcile/grace-period.ts';
import { ShopOrders } from '../../src/reconcile/shop-orders.ts';
import { REST_SHOP_DEFAULTS } from '../../src/shop/rest/options.ts';
import { createRestShop } from '../../src/shop/rest/rest-shop.ts';
import type { OrderStub } from '../../src/shop/shop-client.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { anOrderDocument, aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop } from '../helpers/shop.ts';
import { aFailure } from '../internal-system/helpers/a-failure.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';

const DAY = 24 * 3_600_000;
const noOrders = (async function* (): AsyncGenerator<OrderStub> {})();
const signal = new AbortController().signal;

function aPastOrder(orderNumber: string, daysAgo: number, more: Partial<OrderDocument> = {}): OrderDocument {
  const at = new Date(Date.now() - daysAgo * DAY).toISOString();
  return anOrderDocument({ orderNumber, status: 'completed', placedAt: at, updatedAt: at, ...more });
}

async function anImport(
  orders: readonly OrderDocument[],
  { until, shopOrders }: { readonly until?: Date; readonly shopOrders?: Pick<ShopOrders, 'fetch'> } = {},
) {
  const shop = await aShop({ orders });
  const client = createRestShop({ ...REST_SHOP_DEFAULTS, baseUrl: shop.url, token: shop.token, batchSize: 1 });
  onTestFinished(async () => client.close?.());
  const system = await sqlSystem(aWorkplace().env['INTERNAL_SYSTEM_URL'] ?? '');
  onTestFinished(() => system.close());
  await system.open();
  const ordersOfShop = new ShopOrders(client, signal);
  onTestFinished(() => ordersOfShop.close());
  const result = new ImportResult();
  const placed: (string | null)[] = [];
  const importer = new Importer({
    plan: { since: new Date(Date.now() - 400 * DAY), fulfilment: 'shipped', begunAt: new Date(), until },
    list: (since) => client.listPlacedSince?.(since, signal) ?? noOrders,
    store: system.reconciliation,
    shopOrders: shopOrders ?? ordersOfShop,
    maxBatch: 1,
    writer: new OrderWriter(system),
    grace: new GracePeriod(new Date(), { newestListed: null, agoMs: 0 }),
    prunedBefore: null,
    throttle: new Throttle({ perSecond: 1_000, isBehind: async () => false }),
    result,
    onProblem: async () => undefined,
    onBatch: async (at) => void placed.push(at),
  });
  const start = () => importer.run(new Date(Date.now() - 400 * DAY), signal);
  return { shop, system, result, placed, start };
}

test('an order whose event failed is left to the person or the retry that has it', async () => {
  const { system, result, start } = await anImport([aPastOrder('A', 9), aPastOrder('B', 8), aPastOrder('C', 7)]);
  await system.recordFailures([
    aFailure('A', { failedAt: new Date() }),
    aFailure('B', { state: 'dead-lettered', reason: 'invalid_order', failedAt: new Date() }),
  ]);
  await start();
  expect(result.counts).toMatchObject({ over: 1, problems: 2 });
  expect(result.problems).toMatchObject([
    { orderNumber: 'A', reason: 'retrying', detail: 'shop_timeout' },
    { orderNumber: 'B', reason: 'dead-lettered', detail: 'invalid_order' },
  ]);
});

test.each(['shop_error', 'order_not_found'] as const)('a shop that answers %s for everyone ends it', async (reason) => {
  const orders = Array.from({ length: 30 }, (_, index) => aPastOrder(`N${100 + index}`, 60 - index));
  const asked: string[] = [];
  const fetch: ShopOrders['fetch'] = async (stubs) => {
    asked.push(...stubs.map(({ orderNumber }) => orderNumber));
    return new Map(stubs.map((stub) => [stub, new SyncError(reason, 'It fails.')]));
  };
  const { result, placed, start } = await anImport(orders, { shopOrders: { fetch } });
  await expect(start()).rejects.toMatchObject({ reason });
  expect(result.counts.over).toBe(0);
  expect(asked.length).toBeLessThan(15);
  expect(placed).toEqual([]);
});

test('it ends with the orders placed before --until, without reading the rest of the list', async () => {
  const orders = Array.from({ length: 250 }, (_, index) => aPastOrder(`N${1000 + index}`, 300 - index));
  const until = new Date(Date.now() - 270.5 * DAY);
  const { shop, result, placed, start } = await anImport(orders, { until });
  await start();
  expect(result.counts).toMatchObject({ over: 30, listed: 100, problems: 0 });
  expect(placed).toHaveLength(1);
  expect(shop.requests.filter(({ references }) => references.length === 0)).toHaveLength(1);
});

test('an order that the daemon stores meanwhile stays as the daemon has stored it', async () => {
  const { shop, system, result, start } = await anImport([aPastOrder('A', 9)]);
  shop.setFaults(() => {
    void system.writeOrders([aSnapshot({ order: { ...aPastOrder('A', 9), updatedAt: new Date().toISOString() } })]);
    return undefined;
  });
  await start();
  expect(result.counts.over + result.counts.here).toBe(1);
  const [record] = await system.findOrders('A');
  expect(record?.stored).not.toBeNull();
});
