import { expect, it } from 'vitest';
import type { ShopClient } from '../../src/shop/shop-client.ts';
import { anOrder, anOrderDocument, aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';
import { aFailure } from '../internal-system/helpers/a-failure.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, MINUTE } from './helpers/scenario.ts';

/** Like WooCommerce: an order is fetched by its id alone, and the number of one may be the id of another. */
function aShopById(documents: readonly OrderDocument[]) {
  const asked: string[] = [];
  const orders = documents.map(anOrder);
  const list = async function* () {
    for (const { orderNumber, shopOrderId, status, updatedAt } of orders)
      yield { orderNumber, shopOrderId, status, updatedAt };
  };
  const shop: ShopClient = {
    fetchesBy: 'shopOrderId',
    maxBatch: 10,
    fetchOrders: async (ids) => {
      asked.push(...ids);
      return new Map(
        ids.map((id) => {
          const order = orders.find(({ shopOrderId }) => shopOrderId === id);
          return [id, order === undefined ? { kind: 'not-found' } : { kind: 'order', order }];
        }),
      );
    },
    listUpdatedSince: list,
    listPlacedSince: list,
  };
  return { shop, asked };
}

function anOldOrder(orderNumber: string, shopOrderId: string, overrides: Partial<OrderDocument> = {}): OrderDocument {
  const updatedAt = new Date(Date.now() - HOUR).toISOString();
  return anOrderDocument({ orderNumber, shopOrderId, placedAt: updatedAt, updatedAt, ...overrides });
}

describeDatabases('a shop that can be asked by id alone', (workbench) => {
  it.each(['changes', 'deep'] as const)("is, and each order's event names its id (%s)", async (kind) => {
    const scenario = await aScenario(await workbench.open());
    const behind = anOldOrder('1003', '1001');
    const { shop, asked } = aShopById([anOldOrder('1001', '57'), behind, anOldOrder('WEB-2026-00042', '58')]);
    await scenario.system.writeOrders([aSnapshot({ order: { ...behind, status: 'pending' }, fetchedAt: new Date() })]);
    const { findings } = await scenario.scan({ kind, with: { shop } });
    expect(findings.map(({ orderNumber, problem }) => [orderNumber, problem])).toEqual([
      ['1001', 'missing'],
      ['1003', 'older'],
      ['WEB-2026-00042', 'missing'],
    ]);
    expect(scenario.published).toEqual(['57', '1001', '58']);
    expect(asked).toEqual(kind === 'deep' ? ['57', '1001', '58'] : []);
  });

  it('is asked by id about an order that is newer here', async () => {
    const scenario = await aScenario(await workbench.open());
    const order = anOldOrder('1001', '57');
    const { shop, asked } = aShopById([order, anOldOrder('1003', '1001')]);
    const newer = { ...order, updatedAt: new Date().toISOString() };
    await scenario.system.writeOrders([aSnapshot({ order: newer, fetchedAt: new Date() })]);
    const { findings } = await scenario.scan({ with: { shop } });
    expect(findings).toContainEqual(expect.objectContaining({ orderNumber: '1001', problem: 'newer' }));
    expect(asked).toEqual(['57']);
  });

  it('gets no second event for an order that is not stored and whose event, by its id, needs a person', async () => {
    const scenario = await aScenario(await workbench.open());
    const { shop } = aShopById([anOldOrder('1001', '57')]);
    await scenario.system.recordFailures([
      aFailure('57', { state: 'dead-lettered', failedAt: new Date(Date.now() - MINUTE) }),
    ]);
    const { findings } = await scenario.scan({ with: { shop } });
    expect(findings).toMatchObject([{ orderNumber: '1001', problem: 'missing', event: 'dead-lettered' }]);
    expect(scenario.published).toEqual([]);
  });

  it('has an entry reported that lacks the id', async () => {
    const scenario = await aScenario(await workbench.open());
    const { shop } = aShopById([anOldOrder('1001', '57')]);
    const listUpdatedSince = async function* () {
      yield { orderNumber: '1001', status: 'paid', updatedAt: scenario.ago(HOUR) } as const;
    };
    const { findings } = await scenario.scan({ with: { shop: { ...shop, listUpdatedSince } } });
    expect(findings).toMatchObject([
      { orderNumber: '1001', problem: 'unreadable', detail: expect.stringMatching(/^shopOrderId: expected the id/) },
    ]);
    expect(scenario.published).toEqual([]);
  });
});

describeDatabases('the deep scan', (workbench) => {
  it('takes no order for another that the shop answers with', async () => {
    const scenario = await aScenario(await workbench.open());
    const listed = anOldOrder('1001', '57');
    await scenario.system.writeOrders([aSnapshot({ order: listed, fetchedAt: new Date() })]);
    const { shop } = aShopById([listed]);
    const other = anOrder(anOldOrder('1001', '99', { currency: 'EUR' }));
    const fetchOrders: ShopClient['fetchOrders'] = async (references) =>
      new Map(references.map((reference) => [reference, { kind: 'order', order: other }]));
    const { findings } = await scenario.scan({ kind: 'deep', with: { shop: { ...shop, fetchOrders } } });
    expect(findings).toMatchObject([{ orderNumber: '1001', problem: 'unreadable', reason: 'wrong_order' }]);
    expect(scenario.published).toEqual([]);
  });
});
