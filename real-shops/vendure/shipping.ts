import { z } from 'zod';
import { PEOPLE } from '../people.ts';
import { EVERYTHING, type RealParcel, type ShippingShop } from '../shipping/shipping-shop.ts';
import type { VendureApi } from './graphql.ts';
import type { VendureOrders } from './orders.ts';
import { WRITER } from './settings.ts';

const QUERY = `query($id: ID!) { order(id: $id) { lines { id productVariant { sku }
  fulfillmentLines { quantity fulfillment { id state trackingCode } } } } }`;

const orderSchema = z.object({
  lines: z.array(
    z.object({
      productVariant: z.object({ sku: z.string() }),
      fulfillmentLines: z.array(
        z.object({
          quantity: z.number(),
          fulfillment: z.object({ id: z.string(), state: z.string(), trackingCode: z.string() }),
        }),
      ),
    }),
  ),
});

/** Read line by line, where the preset reads fulfilment by fulfilment. */
export function vendureShipping(url: string, admin: VendureApi, orders: VendureOrders): ShippingShop {
  return {
    env: {
      SHOP_PRESET: 'vendure',
      SHOP_BASE_URL: url,
      SHOP_USERNAME: WRITER.username,
      SHOP_PASSWORD: WRITER.password,
      REPORT_SHIPMENTS: 'true',
    },
    keepsNumbers: false,
    place: () => orders.place({ person: PEOPLE.anna, items: Object.entries(EVERYTHING) }),
    cancel: (id) => orders.cancel(id),
    parcels: async (id) => parcelsOf(await admin.ask(orderSchema, QUERY, { id })),
    corrected: async (id) => JSON.stringify(await admin.ask(orderSchema, QUERY, { id })),
  };
}

function parcelsOf({ lines }: z.output<typeof orderSchema>): RealParcel[] {
  const parts = lines.flatMap(({ productVariant: { sku }, fulfillmentLines }) =>
    fulfillmentLines.map(({ quantity, fulfillment }) => ({ sku, quantity, ...fulfillment })),
  );
  const shipped = parts.filter(({ state }) => state === 'Shipped');
  return Array.from(Map.groupBy(shipped, ({ id }) => id).values(), (parcel) => ({
    trackingNumber: parcel[0]?.trackingCode ?? null,
    pieces: Object.fromEntries(parcel.map(({ sku, quantity }) => [sku, quantity])),
  }));
}
