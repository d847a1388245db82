import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ReconciliationStore, ScanKind } from '../internal-system/reconciliation-store.ts';
import { readStub } from '../shop/order-stub.ts';
import type { FetchesBy, OrderStub, ShopClient } from '../shop/shop-client.ts';

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
    return { list: (since, signal) => checked(list.call(shop, since, signal), since, shop.fetchesBy), store };
  }
  return {
    missing: [
      ...(list === undefined ? [`the module in SHOP_ADAPTER has no ${method}()`] : []),
      ...(store === undefined ? ['the module in INTERNAL_SYSTEM has no "reconciliation"'] : []),
    ],
  };
}

/** An adapter may list anything. Invalid values would be compared wrongly: times are compared as text, for instance. */
async function* checked(
  entries: AsyncIterable<OrderStub>,
  since: Date,
  fetchesBy: FetchesBy | undefined,
): AsyncGenerator<OrderStub> {
  let place = since.toISOString();
  for await (const entry of entries) {
    const { problem = undefined, ...rest } = entry;
    const stub = readStub(rest, place);
    const isNameless = fetchesBy === 'shopOrderId' && stub.shopOrderId === undefined;
    const trouble = problem ?? stub.problem ?? (isNameless ? NO_ID : undefined);
    place = stub.updatedAt;
    yield trouble === undefined ? stub : { ...stub, problem: trouble };
  }
}

const NO_ID = 'shopOrderId: expected the id by which this shop is asked for an order, found nothing';
