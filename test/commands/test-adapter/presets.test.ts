import { expect, onTestFinished, test } from 'vitest';
import createMagento from '../../../src/shop/presets/magento.ts';
import createShopify from '../../../src/shop/presets/shopify.ts';
import createWooCommerce from '../../../src/shop/presets/woocommerce.ts';
import type { ShopAdapterFactory, ShopClient } from '../../../src/shop/shop-client.ts';
import { aMagento } from '../../shop/presets/stand-ins/magento.ts';
import { aMagentoOrder } from '../../shop/presets/stand-ins/magento-orders.ts';
import { aShopify } from '../../shop/presets/stand-ins/shopify.ts';
import { aShopifyOrder } from '../../shop/presets/stand-ins/shopify-orders.ts';
import { aWooCommerce } from '../../shop/presets/woocommerce/stand-in.ts';
import { having, runContract } from './run-contract.ts';

const MINUTE_MS = 60_000;
const COUNT = 60;

/** A minute apart, the last one a few minutes ago; three of one instant. */
function timeOf(index: number): Date {
  const step = [31, 32].includes(index) ? 30 : index;
  return new Date(Math.floor(Date.now() / 1000) * 1000 - (COUNT + 5 - step) * MINUTE_MS);
}

const orders = Array.from({ length: COUNT }, (_, index) => index);

async function client(create: ShopAdapterFactory, env: Readonly<Record<string, string>>): Promise<ShopClient> {
  const made = await create({ env });
  onTestFinished(() => made.close?.());
  return made;
}

test('the preset for Magento keeps the contract', async () => {
  const at = (index: number) => timeOf(index).toISOString().slice(0, 19).replace('T', ' ');
  const shop = await aMagento({
    orders: orders.map((index) => aMagentoOrder({ id: 100 + index, createdAt: at(index), updatedAt: at(index) })),
    integrationToken: 'integration-token',
    now: () => new Date(),
  });
  const env = { SHOP_BASE_URL: shop.url, SHOP_TOKEN: 'integration-token' };
  const found = await runContract(
    await client(createMagento, env),
    await client(createMagento, { ...env, SHOP_TOKEN: 'another-token' }),
  );
  expect({ wrong: having(found, 'wrong'), found }).toMatchObject({ wrong: [] });
});

test('the preset for Shopify keeps the contract', async () => {
  const at = (index: number) => timeOf(index).toISOString().replace('.000', '');
  const paid = (index: number) => [{ kind: 'SALE', amount: '40.00', processedAt: at(index) }];
  const shop = await aShopify({
    orders: orders.map((index) =>
      aShopifyOrder({
        id: String(5_000 + index),
        transactions: paid(index),
        createdAt: at(index),
        updatedAt: at(index),
      }),
    ),
    now: new Date(),
  });
  const env = { SHOP_BASE_URL: shop.url, SHOP_TOKEN: 'shpat_token' };
  const found = await runContract(
    await client(createShopify, env),
    await client(createShopify, { ...env, SHOP_TOKEN: 'shpat_other' }),
  );
  expect({ wrong: having(found, 'wrong'), found }).toMatchObject({ wrong: [] });
});

test('the preset for WooCommerce keeps the contract with recorded orders', async () => {
  const shop = await aWooCommerce();
  const newest = Math.max(...shop.orders.map((order) => Date.parse(`${order.date_modified_gmt}Z`)));
  const shift = Date.now() - 5 * MINUTE_MS - newest;
  const moved = (time: string | null) =>
    time === null ? null : new Date(Date.parse(`${time}Z`) + shift).toISOString().slice(0, 19);
  for (const order of shop.orders) {
    order.date_created_gmt = moved(order.date_created_gmt) ?? '';
    order.date_modified_gmt = moved(order.date_modified_gmt) ?? '';
    order.date_paid_gmt = moved(order.date_paid_gmt);
  }
  const env = { SHOP_BASE_URL: shop.url, SHOP_KEY: 'ck_right', SHOP_SECRET: 'cs_right' };
  const found = await runContract(await client(createWooCommerce, env));
  expect({ wrong: having(found, 'wrong'), found }).toMatchObject({ wrong: [] });
});
