import type { ShopClient } from '../shop/shop-client.ts';

/** Why this shop cannot be told what was shipped, and what to do; undefined if it can. */
export function whyNotReport(shop: ShopClient): string | undefined {
  if (shop.reportShipment !== undefined) return undefined;
  return 'REPORT_SHIPMENTS is true, but this shop cannot be told what was shipped. The REST shop needs SHOP_SHIPMENT_PATH, an adapter of your own a reportShipment().';
}
