import type { CommonConfig, InternalSystemConfig, ShopConfig } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { OrderWriter } from '../../internal-system/order-writer.ts';
import { createShop } from '../../shop/create-shop.ts';
import { OrderFetcher } from '../../shop/order-fetcher.ts';
import { type NameToAsk, namesOf } from '../connect/names.ts';
import { cannotAnswer, withInternalSystem } from '../connect/with-internal-system.ts';

export type Config = CommonConfig & { readonly shop: ShopConfig; readonly internalSystem: InternalSystemConfig };

export interface BothSides {
  readonly fetcher: OrderFetcher;
  readonly system: Required<Pick<InternalSystem, 'findOrders'>>;
  readonly writer: OrderWriter;
}

/** SHOP_CONCURRENCY does not apply to a shop adapter of the user's own. */
const ADAPTER_CONCURRENCY = 4;

/** @throws ConfigError, SyncError if the shop or the internal system can't be used at all; whatever `work` throws */
export async function withBothSides<T>(
  config: Config,
  work: (sides: BothSides, nameToAsk: NameToAsk) => Promise<T>,
): Promise<T> {
  const shop = await createShop(config.shop, config.env);
  const concurrency = 'rest' in config.shop ? config.shop.rest.concurrency : ADAPTER_CONCURRENCY;
  try {
    return await withInternalSystem(config, async (system) => {
      if (!canFind(system)) throw cannotAnswer('findOrders', config);
      const sides = { fetcher: new OrderFetcher(shop, { concurrency }), system, writer: new OrderWriter(system) };
      return await work(sides, namesOf(shop, system));
    });
  } finally {
    await shop.close?.();
  }
}

function canFind(system: InternalSystem): system is InternalSystem & BothSides['system'] {
  return system.findOrders !== undefined;
}
