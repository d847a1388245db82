import { z } from 'zod';
import createMedusa from '../../../../src/shop/presets/medusa.ts';
import type { Answer, Received } from '../../toolkit/a-server.ts';
import { ORDERED, type ShippingShop, type Started, started } from './shipping-shop.ts';

const packed = z.object({
  items: z.array(z.object({ id: z.string(), quantity: z.number() })),
  metadata: z.object({ order_sync_shipment: z.string() }),
});
const shipped = z.object({ labels: z.array(z.object({ tracking_number: z.string(), tracking_url: z.string() })) });
const updated = z.object({ metadata: z.record(z.string(), z.string()) });

/** Answers as Medusa 2.21 was seen to: what is shipped can neither be cancelled nor changed. */
export function aMedusaThatShips(): Promise<Started> {
  const metadata: Record<string, string> = {};
  return started(createMedusa, { SHOP_TOKEN: 'sk_key' }, 'order_7', (shop, request) => answer(shop, request, metadata));
}

function answer(shop: ShippingShop, { method, url, body }: Received, metadata: Record<string, string>): Answer {
  const [, id, part, fulfilment] =
    /^\/admin\/orders\/(\w+)(?:\/(fulfillments)(?:\/(\w+)\/shipments)?)?$/.exec(url.pathname) ?? [];
  if (id !== 'order_7') return { status: 404, body: { type: 'not_found', message: 'Order was not found' } };
  if (method === 'GET') return { body: { order: orderOf(shop, metadata) } };
  if (!shop.mayWrite) return { status: 401, body: { message: 'Unauthorized' } };
  const json: unknown = JSON.parse(body);
  return shop.change(json, () => {
    if (shop.isCancelled) return refused('Order is cancelled');
    if (part === undefined) Object.assign(metadata, updated.parse(json).metadata);
    else if (fulfilment === undefined) return pack(shop, packed.parse(json), metadata);
    else return ship(shop, fulfilment, shipped.parse(json), metadata);
    return { body: { order: orderOf(shop, metadata) } };
  });
}

function pack(
  shop: ShippingShop,
  { items, metadata: { order_sync_shipment: ours } }: z.output<typeof packed>,
  metadata: Record<string, string>,
): Answer {
  if (items.some((item) => shop.left(item.id) < item.quantity)) return refused('Quantity exceeds what is left');
  const kept = { id: `ful_${shop.kept.length}`, ours, carrier: null, number: null, url: null };
  shop.kept.push({ ...kept, lines: items, isShipped: false });
  return { body: { order: orderOf(shop, metadata) } };
}

function ship(
  shop: ShippingShop,
  id: string,
  { labels }: z.output<typeof shipped>,
  metadata: Record<string, string>,
): Answer {
  const kept = shop.kept.find((it) => it.id === id);
  if (kept === undefined || kept.isShipped) return refused('Shipment has already been created');
  kept.isShipped = true;
  kept.number = labels[0]?.tracking_number ?? null;
  return { body: { order: orderOf(shop, metadata) } };
}

function orderOf(shop: ShippingShop, metadata: Record<string, string>) {
  const items = ORDERED.map(({ id, sku, quantity }) => ({
    ...{ id, quantity, variant_sku: sku, requires_shipping: true },
    detail: { fulfilled_quantity: quantity - shop.left(id) },
  }));
  const fulfillments = shop.kept.map(({ id, ours, number, lines, isShipped }) => ({
    id,
    metadata: ours === '' ? null : { order_sync_shipment: ours },
    shipped_at: isShipped ? '2026-11-29T06:00:00.000Z' : null,
    canceled_at: null,
    labels: number === null ? [] : [{ tracking_number: number, tracking_url: '#', label_url: '#' }],
    items: lines.map((line) => ({ line_item_id: line.id, quantity: line.quantity, inventory_item_id: null })),
  }));
  return {
    id: 'order_7',
    canceled_at: shop.isCancelled ? '2026-11-29T06:00:00.000Z' : null,
    metadata,
    items,
    fulfillments,
  };
}

function refused(message: string): Answer {
  return { status: 400, body: { type: 'not_allowed', message } };
}
