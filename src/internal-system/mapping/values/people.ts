import type { Order } from '../../../orders/order.ts';

type Address = Order['shippingAddress'];

/** Whom the parcel goes to, or else the buyer; "" if the shop names neither. */
export function consignee({ shippingAddress, buyer }: Order): string {
  return shippingAddress?.recipient || buyer?.name || '';
}

/** The consignee's number, or else the buyer's, as Chinese systems keep it: 13800000000 for "+86 138 0000 0000". */
export function mobile({ shippingAddress, buyer }: Order): string {
  const phone = (shippingAddress?.phone || buyer?.phone || '').replace(/[\s()-]/g, '');
  return phone.replace(/^(?:\+|00)86(?=1\d{10}$)/, '');
}

/**
 * The address on one line, largest part first: 浙江省杭州市西湖区文三路 1 号. A municipality that is named as province and as city stands
 * there once. Outside China, with spaces in between. "" for an order that is not shipped.
 */
export function fullAddress(address: Address): string {
  if (address === null) return '';
  const { province, city, district, lines } = address;
  const parts = [province, city === province ? null : city, district, ...lines].filter((part) => Boolean(part));
  return parts.join(/\p{Script=Han}/u.test(parts.join('')) ? '' : ' ');
}
