import type { Order } from './order.ts';

/** An address in one line, from the country down. Null if the order has none. */
export function addressText(address: Order['shippingAddress']): string | null {
  if (address === null) return null;
  const { country, province, city, district, lines, postcode } = address;
  return [country, province, city, district, ...lines, postcode].filter(Boolean).join(' ');
}
