import type { Config } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';
import { capabilitiesFor } from '../../reconcile/capabilities.ts';
import { createShop } from '../../shop/create-shop.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { CommandError } from '../cli/exit-status.ts';
import { withInternalSystem } from './with-internal-system.ts';

/** What a scan compares. */
export interface Sides {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
}

/** @throws CommandError when one of the sides does not support this scan; whatever opening them or `work` throws */
export async function withBothSides<T>(config: Config, kind: ScanKind, work: (sides: Sides) => Promise<T>): Promise<T> {
  const shop = await createShop(config.shop, config.env);
  try {
    return await withInternalSystem(config, async (internalSystem) => {
      const capabilities = capabilitiesFor(kind, shop, internalSystem);
      if ('missing' in capabilities) throw new CommandError(`Can't reconcile: ${capabilities.missing.join('; ')}.`);
      return await work({ shop, internalSystem });
    });
  } finally {
    await shop.close?.();
  }
}
