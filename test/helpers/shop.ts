import { onTestFinished } from 'vitest';
import { type DemoShop, type DemoShopOptions, startDemoShop } from '../../demo/demo-shop.ts';

/** The demo shop, closed after the test. */
export async function aShop(options: DemoShopOptions = {}): Promise<DemoShop> {
  const shop = await startDemoShop(options);
  onTestFinished(() => shop.close());
  return shop;
}

/** The variables of a daemon that uses this shop. */
export function shopEnv(shop: DemoShop): { SHOP_BASE_URL: string; SHOP_TOKEN: string } {
  return { SHOP_BASE_URL: shop.url, SHOP_TOKEN: shop.token };
}
