import { loadConfig } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { meantOrders } from '../../internal-system/meant-order.ts';
import { type Environment, isSet } from '../../settings/environment.ts';
import { createShop } from '../../shop/create-shop.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { say } from '../cli/output.ts';
import { hasNoFileYet, withInternalSystem } from './with-internal-system.ts';

/** What a person calls an order → the name by which the shop can be asked for it. */
export type NameToAsk = (name: string) => Promise<string>;

/**
 * For a command that publishes. The shop and the internal system are only looked at if the shop is one that might not
 * understand order numbers: the REST shop does.
 *
 * @throws ConfigError, SyncError if the shop can be asked by its ids alone, and what is stored can't be looked up
 */
export async function withNames<T>(env: Environment, work: (nameToAsk: NameToAsk) => Promise<T>): Promise<T> {
  if (!(await isAskedById(env))) return await work(asGiven);
  const config = loadConfig(env, ['internalSystem']);
  const byStored = (system: Pick<InternalSystem, 'findOrders'>) => work(namesOf({ fetchesBy: 'shopOrderId' }, system));
  return hasNoFileYet(config.internalSystem)
    ? await byStored(NOTHING_STORED)
    : await withInternalSystem(config, byStored);
}

/** Says on stderr which order a name was taken for: the number of one order may be the id of another. */
export function namesOf(
  { fetchesBy }: Pick<ShopClient, 'fetchesBy'>,
  system: Pick<InternalSystem, 'findOrders'>,
): NameToAsk {
  if (fetchesBy !== 'shopOrderId') return asGiven;
  return async (name) => {
    const [meant, ...others] = meantOrders((await system.findOrders?.(name)) ?? [], name);
    if (meant === undefined) {
      say(`${name} is not known here, and is taken for the shop's own id: this shop can't be asked by order numbers.`);
      return name;
    }
    const { orderNumber, shopOrderId } = meant;
    if (shopOrderId === name) say(`${name} is taken for the shop's id of order ${orderNumber}.`);
    else say(`${name} is taken for the order ${orderNumber}, which the shop is asked for by its id, ${shopOrderId}.`);
    for (const other of others)
      say(`To mean order ${other.orderNumber} (shop id ${other.shopOrderId}), give its number.`);
    return shopOrderId;
  };
}

/** Before the first start. */
export const NOTHING_STORED: Pick<InternalSystem, 'findOrders'> = { findOrders: async () => [] };

const asGiven: NameToAsk = async (name) => name;

/** Whether the shop is one that can be asked by its own ids alone. @throws ConfigError, SyncError */
export async function isAskedById(env: Environment): Promise<boolean> {
  if (!isSet(env, 'SHOP_BASE_URL') && !isSet(env, 'SHOP_ADAPTER')) return false;
  const { shop: choice, env: settings } = loadConfig(env, ['shop']);
  if ('rest' in choice) return false;
  const shop = await createShop(choice, settings);
  try {
    return shop.fetchesBy === 'shopOrderId';
  } finally {
    await shop.close?.();
  }
}
