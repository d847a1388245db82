import type { Config } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';
import { type Capabilities, capabilitiesFor } from '../../reconcile/capabilities.ts';
import { createShop } from '../../shop/create-shop.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { CommandError } from '../cli/exit-status.ts';
import { withInternalSystem } from './with-internal-system.ts';

/** What a scan compares, and with what. */
export interface Sides extends Capabilities {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
}

/**
 * @param task for the message when it can't be done
 * @throws CommandError when one of the sides does not support this scan; whatever opening them or `work` throws
 */
export async function withBothSides<T>(
  config: Config,
  kind: ScanKind,
  task: string,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const shop = await createShop(config.shop, config.env);
  try {
    return await withInternalSystem(config, async (internalSystem) => {
      const capabilities = capabilitiesFor(kind, shop, internalSystem);
      if ('missing' in capabilities) throw new CommandError(`Can't ${task}: ${capabilities.missing.join('; ')}.`);
      return await work({ shop, internalSystem, ...capabilities });
    });
  } finally {
    await shop.close?.();
  }
}
