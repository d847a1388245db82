import type { Tables } from '../tables.ts';
import type { SearchCondition } from './access.ts';

/**
 * Carriers write them in capitals; who enters one by hand may not.
 *
 * @param shopColumn of `order_shipments s`, as the database is to compare it
 * @param hint behind `order_shipments s`: the index, where the database has to be told
 */
export function trackingCondition(
  { orders, order_shipments: shipments }: Tables,
  shopColumn: string,
  shop: string,
  number: string,
  hint = '',
): SearchCondition {
  return {
    kind: 'tracking-number',
    from: `${shipments} s ${hint} JOIN ${orders} o ON o.shop = s.shop AND o.order_number = s.order_number`,
    where: `s.tracking_number IN (?, ?) AND ${shopColumn} = ?`,
    values: [number, number.toLowerCase(), shop],
  };
}
