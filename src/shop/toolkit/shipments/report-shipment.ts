import { asSyncError, SyncError } from '../../../errors.ts';
import type { Shipment } from '../../../orders/shipment.ts';
import { retryTransient } from '../../retry-transient.ts';
import type { KnownShipment, ShipmentReport, ShippedOrder } from '../../shop-client.ts';
import type { ShopApi } from '../shop-api.ts';
import type { OrderInShop, ParcelInShop, ShipmentsDefinition } from './definition.ts';
import { findParcel, hasNumber, isUpToDate } from './find-parcel.ts';
import { hasLines, isRest, linesToShip } from './lines.ts';

/**
 * Brings one shipment to the shop: read → find it → record or correct it → read again. Whether a request that failed arrived, the
 * second reading shows: none is sent again before.
 *
 * @throws SyncError see `ShopClient.reportShipment`
 */
export async function reportShipment(
  definition: ShipmentsDefinition,
  api: ShopApi,
  shipment: Shipment,
  named: ShippedOrder,
  signal: AbortSignal,
): Promise<ShipmentReport> {
  const before = await readOrder(definition, api, named, signal);
  const found = findParcel(shipment, named, before, definition);
  if (found !== undefined) assertSameLines(found, shipment, before);
  if (found !== undefined && isUpToDate(found, shipment)) return { outcome: 'known' };
  if (before.isCancelled) throw cancelled(named);
  const written = await write(definition, api, shipment, before, found, signal);
  const after = await readOrder(definition, api, named, signal);
  const confirmed = findParcel(shipment, named, after, definition);
  if (confirmed !== undefined && hasNumber(confirmed, shipment)) {
    const outcome = found === undefined || found.isBegun === true ? 'reported' : 'corrected';
    return written.note === undefined ? { outcome } : { outcome, note: written.note };
  }
  if (after.isCancelled) throw cancelled(named);
  throw written.error ?? new SyncError('shop_bad_reply', 'The shop took the shipment, and does not show it.');
}

/** @throws SyncError likewise */
export async function listShipments(
  definition: ShipmentsDefinition,
  api: ShopApi,
  order: ShippedOrder,
  signal: AbortSignal,
): Promise<readonly KnownShipment[]> {
  const { parcels } = await readOrder(definition, api, order, signal);
  const shipped = parcels.filter(({ isBegun = false }) => !isBegun);
  return shipped.map(({ shipmentId, trackingNumbers }) => ({ shipmentId, trackingNumber: trackingNumbers[0] ?? null }));
}

async function readOrder(
  { read, right }: ShipmentsDefinition,
  api: ShopApi,
  { orderNumber, shopOrderId }: ShippedOrder,
  signal: AbortSignal,
): Promise<OrderInShop> {
  const order = await retryTransient(signal, () => read(api.until(signal), shopOrderId)).catch((error: unknown) => {
    throw namingRight(error, right);
  });
  if (order === undefined) throw new SyncError('order_not_found', `The shop has no order ${orderNumber}.`);
  return order;
}

async function write(
  { ship, correct, right }: ShipmentsDefinition,
  api: ShopApi,
  shipment: Shipment,
  order: OrderInShop,
  found: ParcelInShop | undefined,
  signal: AbortSignal,
): Promise<{ readonly note?: string | undefined; readonly error?: SyncError }> {
  const lines = found?.lines ?? linesToShip(shipment, order);
  const parcel = { ...shipment, lines, isLast: found !== undefined ? isRest([], order) : isRest(lines, order) };
  const requests = api.changesUntil(signal);
  try {
    const isNew = found === undefined || found.isBegun === true;
    const note = await (isNew ? ship(requests, order, parcel, found) : correct(requests, order, parcel, found));
    return { note: note ?? undefined };
  } catch (error) {
    signal.throwIfAborted();
    const failure = asSyncError(namingRight(error, right));
    // Nothing arrived, and nothing more would.
    if (failure.kind === 'outage') throw failure;
    return { error: failure };
  }
}

/** A parcel that is recorded keeps its lines, in every shop. @throws SyncError `shipment_refused` */
function assertSameLines(found: ParcelInShop, { lines }: Shipment, order: OrderInShop): void {
  if (lines === null || hasLines(found, lines, order)) return;
  const finding = 'The shop knows this shipment with other lines or quantities, and they cannot be changed there.';
  throw new SyncError('shipment_refused', finding, { remedy: 'Record what it lacks as a shipment of its own.' });
}

function cancelled({ orderNumber }: ShippedOrder): SyncError {
  const finding = `The shop's order ${orderNumber} is cancelled or refunded: the shipment was not reported.`;
  return new SyncError('order_cancelled', finding);
}

/** Credentials that may read orders need not be allowed to ship them. */
function namingRight(error: unknown, right: string): unknown {
  if (!(error instanceof SyncError) || error.reason !== 'shop_refused_credentials') return error;
  const finding = 'The shop does not let these credentials record shipments.';
  return new SyncError('shop_refused_credentials', finding, { remedy: `They need ${right}.`, cause: error });
}
