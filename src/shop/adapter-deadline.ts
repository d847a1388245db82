import { SyncError } from '../errors.ts';
import type { ShopClient } from './shop-client.ts';

/** Far beyond the REST shop's own limits: a shop adapter that hangs must not hold deliveries for ever. */
const FETCH_TIMEOUT_MS = 120_000;

/** The same adapter, whose fetches end in time and when they are cancelled, even if it ignores its signal. */
export function withDeadline(shop: ShopClient): ShopClient {
  return {
    ...(shop.maxBatch === undefined ? {} : { maxBatch: shop.maxBatch }),
    ...(shop.maxCalls === undefined ? {} : { maxCalls: shop.maxCalls }),
    fetchOrders: (references, signal) => inTime(shop.fetchOrders(references, signal), signal),
    ...(shop.listUpdatedSince && { listUpdatedSince: shop.listUpdatedSince.bind(shop) }),
    ...(shop.listPlacedSince && { listPlacedSince: shop.listPlacedSince.bind(shop) }),
    ...(shop.now && { now: shop.now.bind(shop) }),
    ...(shop.check && { check: shop.check.bind(shop) }),
    ...(shop.close && { close: shop.close.bind(shop) }),
  };
}

async function inTime<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  const interrupted = Promise.withResolvers<never>();
  const onCancel = () => interrupted.reject(signal.reason);
  const onTimeout = () =>
    interrupted.reject(
      new SyncError('shop_timeout', `The shop adapter returned nothing within ${FETCH_TIMEOUT_MS} ms.`),
    );
  const timer = setTimeout(onTimeout, FETCH_TIMEOUT_MS);
  signal.addEventListener('abort', onCancel, { once: true });
  try {
    return await Promise.race([request, interrupted.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onCancel);
  }
}
