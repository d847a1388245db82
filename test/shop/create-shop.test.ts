import { expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createShop } from '../../src/shop/create-shop.ts';
import { REST_SHOP_DEFAULTS } from '../../src/shop/rest/options.ts';
import { aModule } from '../adapters/helpers/a-module.ts';
import { neverAborted } from './rest/shops.ts';

it('creates the REST shop when no module is named', async () => {
  const shop = await createShop(
    { rest: { ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example', batchSize: 20 } },
    {},
  );
  expect(shop.maxBatch).toBe(20);
  await shop.close?.();
  await expect(createShop({ rest: { ...REST_SHOP_DEFAULTS, baseUrl: 'shop.example' } }, {})).rejects.toThrow(
    ConfigError,
  );
});

it('fetches from the shop of a module', async () => {
  const adapter = await aModule(`export default () => ({
    fetchesBy: 'shopOrderId',
    maxBatch: 5,
    maxCalls: 2,
    fetchOrders: async (references) => new Map(references.map((reference) => [reference, { kind: 'not-found' }])),
  })`);
  const shop = await createShop({ adapter }, {});
  expect(shop).toMatchObject({ fetchesBy: 'shopOrderId', maxBatch: 5, maxCalls: 2 });
  expect(await shop.fetchOrders(['1'], neverAborted)).toEqual(new Map([['1', { kind: 'not-found' }]]));
});

it('refuses a module that says that its shop is asked by a name that orders do not have', async () => {
  const adapter = await aModule(`export default () => ({ fetchesBy: 'id', fetchOrders: async () => new Map() })`);
  await expect(createShop({ adapter }, {})).rejects.toThrow(
    new ConfigError([`SHOP_ADAPTER=${adapter}: fetchesBy: expected "orderNumber" or "shopOrderId", found "id".`]),
  );
});
