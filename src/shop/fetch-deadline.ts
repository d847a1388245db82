import { orAborted, withTimeout } from '../async/deadline.ts';
import { SyncError } from '../errors.ts';
import type { ShopClient } from './shop-client.ts';

/** Far beyond the REST shop's own limits: a shop adapter that hangs must not hold deliveries forever. */
const FETCH_TIMEOUT_MS = 120_000;

/** The same adapter, but a fetch ends at a deadline or when cancelled, even if the adapter ignores its signal. */
export function withFetchDeadline(shop: ShopClient): ShopClient {
  return {
    ...(shop.fetchesBy === undefined ? {} : { fetchesBy: shop.fetchesBy }),
    ...(shop.maxBatch === undefined ? {} : { maxBatch: shop.maxBatch }),
    ...(shop.maxCalls === undefined ? {} : { maxCalls: shop.maxCalls }),
    fetchOrders: (references, signal) => withDeadline(shop.fetchOrders(references, signal), signal),
    ...(shop.listUpdatedSince && { listUpdatedSince: shop.listUpdatedSince.bind(shop) }),
    ...(shop.listPlacedSince && { listPlacedSince: shop.listPlacedSince.bind(shop) }),
    ...(shop.reportShipment && { reportShipment: shop.reportShipment.bind(shop) }),
    ...(shop.listShipments && { listShipments: shop.listShipments.bind(shop) }),
    ...(shop.now && { now: shop.now.bind(shop) }),
    ...(shop.check && { check: shop.check.bind(shop) }),
    ...(shop.webhooksOff && { webhooksOff: shop.webhooksOff.bind(shop) }),
    ...(shop.warnings && { warnings: shop.warnings.bind(shop) }),
    ...(shop.close && { close: shop.close.bind(shop) }),
  };
}

async function withDeadline<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  return await withTimeout(orAborted(request, signal), FETCH_TIMEOUT_MS, () => {
    throw new SyncError('shop_timeout', `The shop adapter returned nothing within ${FETCH_TIMEOUT_MS} ms.`);
  });
}
