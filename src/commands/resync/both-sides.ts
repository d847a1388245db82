import type { CommonConfig, InternalSystemConfig, ShopConfig } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { OrderDeliverer } from '../../internal-system/order-deliverer.ts';
import { OrderWriter } from '../../internal-system/order-writer.ts';
import { createShop } from '../../shop/create-shop.ts';
import { OrderFetcher } from '../../shop/order-fetcher.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { type NameToAsk, NOTHING_STORED, namesOf } from '../connect/names.ts';
import { cannotAnswer, hasNoFileYet, withInternalSystem } from '../connect/with-internal-system.ts';

export type Config = CommonConfig & { readonly shop: ShopConfig; readonly internalSystem: InternalSystemConfig };

export interface BothSides {
  readonly fetcher: OrderFetcher;
  readonly system: Required<Pick<InternalSystem, 'findOrders'>> & Pick<InternalSystem, 'audit'>;
  readonly writer: OrderWriter;
  /** Set where the internal system is an ERP behind a ledger. */
  readonly deliverer?: OrderDeliverer | undefined;
}

/** SHOP_CONCURRENCY does not apply to a shop adapter of the user's own. */
const ADAPTER_CONCURRENCY = 4;

/** What a dry run looks at. */
export interface Compared {
  readonly fetcher: OrderFetcher;
  readonly system: Pick<InternalSystem, 'findOrders' | 'mapping'>;
}

/** @throws ConfigError, SyncError if the shop or the internal system can't be used at all; whatever `work` throws */
export function withBothSides<T>(
  config: Config,
  work: (sides: BothSides, nameToAsk: NameToAsk) => Promise<T>,
): Promise<T> {
  return withShop(config, (fetcher, shop) =>
    withInternalSystem(config, async (system) => {
      if (!canFind(system)) throw cannotAnswer('findOrders', config);
      const { delivery } = system;
      await delivery?.open(new AbortController().signal);
      const deliverer = delivery === undefined ? undefined : new OrderDeliverer(delivery);
      return await work({ fetcher, system, writer: new OrderWriter(system), deliverer }, namesOf(shop, system));
    }),
  );
}

/** The same to look at only: before the first start, and with a module that cannot look orders up, there is nothing to compare with. */
export function withCompared<T>(
  config: Config,
  work: (sides: Compared, nameToAsk: NameToAsk) => Promise<T>,
): Promise<T> {
  return withShop(config, async (fetcher, shop) => {
    const look = (system: Compared['system']) => work({ fetcher, system }, namesOf(shop, system));
    if (hasNoFileYet(config.internalSystem)) return await look(NOTHING_STORED);
    return await withInternalSystem(config, look);
  });
}

async function withShop<T>(
  { shop: choice, env }: Config,
  work: (fetcher: OrderFetcher, shop: ShopClient) => Promise<T>,
): Promise<T> {
  const shop = await createShop(choice, env);
  const concurrency = 'rest' in choice ? choice.rest.concurrency : ADAPTER_CONCURRENCY;
  try {
    return await work(new OrderFetcher(shop, { concurrency }), shop);
  } finally {
    await shop.close?.();
  }
}

function canFind(system: InternalSystem): system is InternalSystem & BothSides['system'] {
  return system.findOrders !== undefined;
}
