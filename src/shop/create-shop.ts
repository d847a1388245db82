import { type AdapterPort, loadAdapter } from '../adapters/load-adapter.ts';
import { ConfigError } from '../errors.ts';
import { withFetchDeadline } from './fetch-deadline.ts';
import { loadPreset, type PresetName } from './presets/presets.ts';
import type { RestShopOptions } from './rest/options.ts';
import { createRestShop } from './rest/rest-shop.ts';
import type { FetchesBy, ShopClient } from './shop-client.ts';

/** The built-in REST shop, a preset, or the path of a user's own module, relative to the working directory. */
export type ShopConfig =
  | { readonly rest: RestShopOptions }
  | { readonly preset: PresetName; readonly baseUrl: string }
  | { readonly adapter: string };

const SHOP_PORT: AdapterPort<ShopClient> = {
  variable: 'SHOP_ADAPTER',
  type: 'a ShopClient',
  requiredMethods: [['fetchOrders']],
};

/**
 * The shop that the configuration names.
 *
 * @param env passed to the module or the preset, for its own settings
 * @throws ConfigError when the configuration or the module can't work, SyncError when the module's factory throws one
 */
export async function createShop(
  shop: ShopConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ShopClient> {
  const client = await loadShop(shop, env);
  return 'rest' in shop ? client : withFetchDeadline(client);
}

/** The same as its module made it, without a deadline of ours: to test the module itself. @throws likewise */
export async function loadShop(
  shop: ShopConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ShopClient> {
  if ('rest' in shop) return createRestShop(shop.rest);
  if ('preset' in shop) return await (await loadPreset(shop.preset))({ env });
  const client = await loadAdapter(SHOP_PORT, shop.adapter, { env });
  refuseUnknownName(client, shop.adapter);
  return client;
}

/** A module need not be type-checked, and a name that is none would have the shop asked by the wrong one. */
function refuseUnknownName({ fetchesBy }: ShopClient, adapter: string): void {
  if (fetchesBy === undefined || NAMES.includes(fetchesBy)) return;
  const found = typeof fetchesBy === 'string' ? `"${fetchesBy}"` : `a ${typeof fetchesBy}`;
  throw new ConfigError([
    `SHOP_ADAPTER=${adapter}: fetchesBy: expected "orderNumber" or "shopOrderId", found ${found}.`,
  ]);
}

const NAMES: readonly FetchesBy[] = ['orderNumber', 'shopOrderId'];
