import { z } from 'zod';
import { PEOPLE } from '../people.ts';
import { EVERYTHING, type ShippingShop } from '../shipping/shipping-shop.ts';
import type { MedusaApi } from './api.ts';
import type { MedusaOrders } from './orders.ts';

const orderSchema = z.object({
  order: z.object({
    metadata: z.record(z.string(), z.unknown()).nullable(),
    fulfillments: z.array(
      z.object({
        shipped_at: z.string().nullable(),
        items: z.array(z.object({ sku: z.string(), quantity: z.number() })),
        labels: z.array(z.object({ tracking_number: z.string() })),
      }),
    ),
  }),
});

/** A fulfilment's items have the SKU by themselves: the preset goes by the ids of the order's lines. */
export function medusaShipping(
  env: Readonly<Record<string, string>>,
  admin: MedusaApi,
  orders: MedusaOrders,
): ShippingShop {
  const read = async (id: string) => {
    const fields = 'metadata,*fulfillments,*fulfillments.items,*fulfillments.labels';
    return (await admin.get(orderSchema, `/admin/orders/${id}?fields=${fields}`)).order;
  };
  return {
    env: { ...env, REPORT_SHIPMENTS: 'true' },
    keepsNumbers: true,
    place: async () => {
      const id = await orders.place({ person: PEOPLE.anna, items: Object.entries(EVERYTHING) });
      await orders.capture(id);
      return id;
    },
    cancel: (id) => orders.cancel(id),
    parcels: async (id) =>
      (await read(id)).fulfillments
        .filter((it) => it.shipped_at !== null)
        .map(({ items, labels }) => ({
          trackingNumber: labels[0]?.tracking_number ?? null,
          pieces: Object.fromEntries(items.map(({ sku, quantity }) => [sku, quantity])),
        })),
    corrected: async (id) => JSON.stringify((await read(id)).metadata),
  };
}
