import { z } from 'zod';
import createWooCommerce from '../../../../src/shop/presets/woocommerce.ts';
import type { Answer, Received } from '../../toolkit/a-server.ts';
import { ORDERED, type ShippingShop, type Started, started } from './shipping-shop.ts';

const ours = z.array(
  z.object({
    ...{ id: z.string(), carrier: z.string().nullable(), number: z.string().nullable(), url: z.string().nullable() },
    lines: z.array(z.object({ lineId: z.string(), quantity: z.number() })),
  }),
);
const meta = z.array(z.object({ key: z.string(), value: z.unknown() }));
const update = z.object({ meta_data: meta, status: z.string().optional() });

export interface WooThatShips extends Started {
  readonly order: { status: string; meta: z.output<typeof meta> };
  readonly notes: unknown[];
}

/** Answers as WooCommerce's documentation says: it keeps what is in an order's fields, and makes nothing of it. */
export async function aWooCommerceThatShips(): Promise<WooThatShips> {
  const order: WooThatShips['order'] = { status: 'processing', meta: [{ key: '_other', value: 1 }] };
  const notes: unknown[] = [];
  const env = { SHOP_KEY: 'ck', SHOP_SECRET: 'cs' };
  const base = await started(createWooCommerce, env, '7', (shop, request) => answer(shop, request, order, notes));
  return { ...base, order, notes };
}

function answer(
  shop: ShippingShop,
  { method, url, body }: Received,
  order: WooThatShips['order'],
  notes: unknown[],
): Answer {
  const path = url.pathname.replace('/wp-json/wc/v3', '');
  if (method === 'GET') return { body: orderOf(shop, order) };
  if (!shop.mayWrite) return { status: 401, body: { code: 'woocommerce_rest_cannot_edit' } };
  if (path === '/orders/7/notes') {
    notes.push(JSON.parse(body));
    return { status: 201, body: { id: notes.length } };
  }
  return shop.change(JSON.parse(body), () => {
    const { meta_data, status = order.status } = update.parse(JSON.parse(body));
    order.status = status;
    order.meta = [...order.meta.filter(({ key }) => !meta_data.some((it) => it.key === key)), ...meta_data];
    const kept = ours.parse(order.meta.find(({ key }) => key === '_order_sync_shipments')?.value);
    const mapped = kept.map(({ id, carrier, number, url: link, lines }) => ({
      ...{ id, ours: id, carrier, number, url: link, isShipped: true },
      lines: lines.map((line) => ({ id: line.lineId, quantity: line.quantity })),
    }));
    shop.kept.splice(0, shop.kept.length, ...mapped);
    return { body: orderOf(shop, order) };
  });
}

function orderOf(shop: ShippingShop, { status, meta: meta_data }: WooThatShips['order']) {
  const line_items = ORDERED.map(({ id, sku, quantity }) => ({ id: Number(id), sku, quantity }));
  return { id: 7, status: shop.isCancelled ? 'cancelled' : status, meta_data, line_items, refunds: [] };
}
