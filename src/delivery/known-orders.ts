import { withTimeout } from '../async/deadline.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { KnownOrder } from '../shop/order-fetcher.ts';
import type { ShopClient } from '../shop/shop-client.ts';

/**
 * Orders that the shop should have: the last ones that came from it, else the first of its own list. None where
 * neither the internal system nor the shop can name any in time. Never rejects.
 */
export function knownOrders(
  shop: Pick<ShopClient, 'listUpdatedSince'>,
  internalSystem: Pick<InternalSystem, 'listOrders'>,
): Promise<readonly KnownOrder[]> {
  const found = lastSynced(internalSystem).then((stored) => (stored.length > 0 ? stored : firstListed(shop)));
  return withTimeout(
    found.catch(() => []),
    TIMEOUT_MS,
    () => [],
  );
}

const SEVERAL = 3;
const RECENT_MS = 30 * 24 * 3_600_000;
const TIMEOUT_MS = 5_000;

async function lastSynced(internalSystem: Pick<InternalSystem, 'listOrders'>): Promise<readonly KnownOrder[]> {
  const records = (await internalSystem.listOrders?.({ state: 'synced', limit: SEVERAL })) ?? [];
  return records.filter(({ stored }) => stored !== null).map(({ reference }) => ({ reference, wasValid: true }));
}

async function firstListed(shop: Pick<ShopClient, 'listUpdatedSince'>): Promise<readonly KnownOrder[]> {
  const since = new Date(Date.now() - RECENT_MS);
  const found: KnownOrder[] = [];
  for await (const { orderNumber } of shop.listUpdatedSince?.(since, AbortSignal.timeout(TIMEOUT_MS)) ?? []) {
    found.push({ reference: orderNumber, wasValid: false });
    if (found.length === SEVERAL) break;
  }
  return found;
}
