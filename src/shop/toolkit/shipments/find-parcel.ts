import type { Shipment } from '../../../orders/shipment.ts';
import type { ShippedOrder } from '../../shop-client.ts';
import type { OrderInShop, ParcelInShop, ShipmentsDefinition } from './definition.ts';
import { hasLines } from './lines.ts';

/**
 * The parcel that a shipment is in the shop, if there is one already: by our id; by its tracking number, which somebody may have
 * entered there; by the number that it had before; or the one without any number that has just these lines, if the shop cannot
 * tell it from ours, or has nothing left that another parcel could hold.
 */
export function findParcel(
  shipment: Shipment,
  { reportedTrackingNumber }: ShippedOrder,
  order: OrderInShop,
  { keepsNoId = false }: Pick<ShipmentsDefinition, 'keepsNoId'>,
): ParcelInShop | undefined {
  const ours = order.parcels.find(({ shipmentId }) => shipmentId === shipment.shipmentId);
  if (ours !== undefined) return ours;
  const { lines } = shipment;
  const strangers = order.parcels.filter(({ shipmentId }) => shipmentId === null);
  const fits = (parcel: ParcelInShop) => lines === null || hasLines(parcel, lines, order);
  const numbered = (number: string | null | undefined) =>
    number == null ? undefined : strangers.find((it) => it.trackingNumbers.includes(number) && fits(it));
  const isLeft = order.lines.some(({ left, requiresShipping }) => left > 0 && requiresShipping !== false);
  const unnumbered = strangers.filter((it) => it.trackingNumbers.length === 0 && fits(it));
  const mayBeIt = lines === null ? !isLeft && unnumbered.length === 1 : keepsNoId || !isLeft;
  return numbered(shipment.trackingNumber) ?? numbered(reportedTrackingNumber) ?? (mayBeIt ? unnumbered[0] : undefined);
}

/** Whether the shop shows of a parcel what was recorded here. What is unknown here, or kept nowhere there, does not count. */
export function isUpToDate(parcel: ParcelInShop, shipment: Shipment): boolean {
  const isSame = (here: string | null, there: string | null | undefined) =>
    here === null || there === undefined || here === there;
  return (
    hasNumber(parcel, shipment) &&
    isSame(shipment.carrier, parcel.carrier) &&
    isSame(shipment.trackingUrl, parcel.trackingUrl)
  );
}

/** Its tracking number is what matters to the buyer, and a shop may spell the rest its own way. */
export function hasNumber({ trackingNumbers, isBegun = false }: ParcelInShop, { trackingNumber }: Shipment): boolean {
  return (
    !isBegun && (trackingNumber === null || (trackingNumbers.length === 1 && trackingNumbers[0] === trackingNumber))
  );
}
