import { SyncError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ShipmentName, ShipmentRecord, ShipmentStore } from '../internal-system/shipment-store.ts';
import type { ShopClient } from '../shop/shop-client.ts';

/** Longer ago, staff would have heard of it from customers. */
export const COMPARED_MS = 7 * 24 * 3_600_000;
const LIST_TIMEOUT_MS = 30_000;

export interface Comparison {
  /** Shipments compared. */
  readonly compared: number;
  /** Reported, and not in the shop: they are reported again. */
  readonly missing: readonly ShipmentName[];
}

/**
 * Looks in the shop for what was reported to it in the last days. A shop that shows as many shipments as were reported has them all,
 * whatever it made of their tracking numbers.
 *
 * @param isDryRun only looks
 * @throws SyncError when shop or internal system fails: what was found so far is reported again
 */
export async function compareShipments(
  shop: Pick<ShopClient, 'listShipments'>,
  system: Pick<InternalSystem, 'findOrders'>,
  shipments: ShipmentStore,
  signal: AbortSignal,
  isDryRun = false,
): Promise<Comparison> {
  const reported = await shipments.reportedWithin(COMPARED_MS);
  const missing: ShipmentName[] = [];
  for (const [orderNumber, ofOrder] of Map.groupBy(reported, (record) => record.orderNumber)) {
    signal.throwIfAborted();
    for (const record of await missingOf(orderNumber, ofOrder, shop, system, signal)) {
      missing.push({ orderNumber, shipmentId: record.shipmentId });
      if (!isDryRun) await shipments.reportAgain(record);
    }
  }
  return { compared: reported.length, missing };
}

async function missingOf(
  orderNumber: string,
  reported: readonly ShipmentRecord[],
  shop: Pick<ShopClient, 'listShipments'>,
  system: Pick<InternalSystem, 'findOrders'>,
  signal: AbortSignal,
): Promise<readonly ShipmentRecord[]> {
  const records = (await system.findOrders?.(orderNumber)) ?? [];
  const order = records.find((record) => record.orderNumber === orderNumber && record.stored !== null);
  const status = order?.stored?.status;
  if (shop.listShipments === undefined || order?.shopOrderId == null) return [];
  if (status === 'cancelled' || status === 'refunded') return [];
  const asked = { orderNumber, shopOrderId: order.shopOrderId };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
  try {
    const known = await shop.listShipments(asked, limit);
    if (known.length >= reported.length) return [];
    const ids = new Set(known.map(({ shipmentId }) => shipmentId));
    const numbers = new Set(known.map(({ trackingNumber }) => trackingNumber));
    return reported.filter(
      ({ shipmentId, trackingNumber }) =>
        !ids.has(shipmentId) && (trackingNumber === null || !numbers.has(trackingNumber)),
    );
  } catch (error) {
    // The order is gone from the shop, which the scan of orders says.
    if (error instanceof SyncError && error.reason === 'order_not_found') return [];
    throw error;
  }
}
