/**
 * Orders whose number changed in the shop were once stored again, under the new number: all rows of an order but the one that was
 * fetched last, each with a place of its own. They keep what staff wrote; their id gets a mark, so that it is unique.
 */
export function storedTwice(orders: string): string {
  return `
  SELECT shop, order_number, shop_order_id, row_number() OVER (ORDER BY shop, order_number) AS place
    FROM (SELECT shop, order_number, shop_order_id,
                 row_number() OVER (PARTITION BY shop, shop_order_id ORDER BY fetched_at DESC, synced_at DESC, order_number) AS age
            FROM ${orders}) AS aged
   WHERE age > 1`;
}
