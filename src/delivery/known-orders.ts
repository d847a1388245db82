import { withTimeout } from '../async/deadline.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { KnownOrder } from '../shop/order-fetcher.ts';
import type { FetchesBy, OrderStub, ShopClient } from '../shop/shop-client.ts';

/**
 * Orders that the shop should have: the last ones that came from it, else the first of its own list. None where
 * neither the internal system nor the shop can name any in time. Never rejects.
 */
export function knownOrders(
  shop: Pick<ShopClient, 'listUpdatedSince' | 'fetchesBy'>,
  internalSystem: Pick<InternalSystem, 'listOrders'>,
): Promise<readonly KnownOrder[]> {
  const found = lastSynced(internalSystem, shop).then((stored) => (stored.length > 0 ? stored : firstListed(shop)));
  return withTimeout(
    found.catch(() => []),
    TIMEOUT_MS,
    () => [],
  );
}

const SEVERAL = 3;
const RECENT_MS = 30 * 24 * 3_600_000;
const TIMEOUT_MS = 5_000;

async function lastSynced(
  internalSystem: Pick<InternalSystem, 'listOrders'>,
  { fetchesBy }: Pick<ShopClient, 'fetchesBy'>,
): Promise<readonly KnownOrder[]> {
  const records = (await internalSystem.listOrders?.({ state: 'synced', limit: SEVERAL })) ?? [];
  const stored = records.filter((record) => record.stored !== null);
  return stored.flatMap((record) => named(record, fetchesBy, true));
}

async function firstListed(shop: Pick<ShopClient, 'listUpdatedSince' | 'fetchesBy'>): Promise<readonly KnownOrder[]> {
  const since = new Date(Date.now() - RECENT_MS);
  const found: KnownOrder[][] = [];
  for await (const stub of shop.listUpdatedSince?.(since, AbortSignal.timeout(TIMEOUT_MS)) ?? []) {
    if (stub.problem !== undefined) continue;
    found.push(named(stub, shop.fetchesBy, false));
    if (found.length === SEVERAL) break;
  }
  return found.flat();
}

/** By each of its names where the shop does not say which one it can be asked by: many can be asked by one only. */
function named(names: Names, fetchesBy: FetchesBy | undefined, wasValid: boolean): KnownOrder[] {
  const { orderNumber, shopOrderId } = names;
  const usable = fetchesBy === undefined ? [orderNumber, shopOrderId] : [names[fetchesBy]];
  const references = new Set(usable.filter((name) => name !== null && name !== undefined));
  return [...references].map((reference) => ({ reference, wasValid }));
}

type Names = Readonly<Record<FetchesBy, string | null>> | Pick<OrderStub, FetchesBy>;
