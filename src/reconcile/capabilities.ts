import { SyncError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ReconciliationStore, ScanKind } from '../internal-system/reconciliation-store.ts';
import { orderStub } from '../shop/order-stub.ts';
import type { OrderStub, ShopClient } from '../shop/shop-client.ts';

/** What a scan of one kind needs from the shop and the internal system. */
export interface Capabilities {
  readonly list: (since: Date, signal: AbortSignal) => AsyncIterable<OrderStub>;
  readonly store: ReconciliationStore;
}

/** A shop or internal system of the user's own need not support reconciliation. @returns `missing`: what it lacks, one clause each */
export function capabilitiesFor(
  kind: ScanKind,
  shop: ShopClient,
  internalSystem: InternalSystem,
): Capabilities | { readonly missing: readonly string[] } {
  const method = kind === 'deep' ? 'listPlacedSince' : 'listUpdatedSince';
  const list = shop[method];
  const store = internalSystem.reconciliation;
  if (list !== undefined && store !== undefined) {
    return { list: (since, signal) => checked(list.call(shop, since, signal)), store };
  }
  return {
    missing: [
      ...(list === undefined ? [`the module in SHOP_ADAPTER has no ${method}()`] : []),
      ...(store === undefined ? ['the module in INTERNAL_SYSTEM has no "reconciliation"'] : []),
    ],
  };
}

/** An adapter may list anything. Invalid values would be compared wrongly: times are compared as text, for instance. */
async function* checked(stubs: AsyncIterable<OrderStub>): AsyncGenerator<OrderStub> {
  for await (const stub of stubs) {
    const { data, error } = orderStub.safeParse(stub);
    if (error !== undefined) {
      const [issue] = error.issues;
      const where = issue?.path.join('.') || 'order';
      throw new SyncError('shop_bad_reply', `The shop's list contains an invalid order: ${where}: ${issue?.message}.`);
    }
    yield data;
  }
}
