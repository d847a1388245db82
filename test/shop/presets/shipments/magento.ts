import { z } from 'zod';
import createMagento from '../../../../src/shop/presets/magento.ts';
import type { Answer, Received } from '../../toolkit/a-server.ts';
import { ORDERED, type ShippingShop, type Started, started } from './shipping-shop.ts';

const track = z.object({ track_number: z.string(), title: z.string(), carrier_code: z.string() });
const ship = z.object({
  items: z.array(z.object({ order_item_id: z.number(), qty: z.number() })),
  comment: z.object({ comment: z.string(), is_visible_on_front: z.literal(0) }),
  tracks: z.array(track),
});
const added = z.object({ entity: track.extend({ order_id: z.literal(7), parent_id: z.number() }) });

/** Answers as Magento's documentation says. Our id is in `ours`; a corrected track is a new one, the old one is removed. */
export function aMagentoThatShips(): Promise<Started> {
  return started(createMagento, { SHOP_TOKEN: 'token' }, '7', answer);
}

function answer(shop: ShippingShop, { method, url, body }: Received): Answer {
  const path = url.pathname.replace('/rest/all/V1', '');
  if (method === 'GET') return { body: path === '/orders/7' ? orderOf(shop) : shipmentsOf(shop) };
  if (!shop.mayWrite) return { status: 401, body: { message: "The consumer isn't authorized to access %resources." } };
  return shop.change(`${method} ${path} ${body}`, () => {
    if (path === '/order/7/ship') return create(shop, ship.parse(JSON.parse(body)));
    if (path === '/shipment/track') {
      const { entity } = added.parse(JSON.parse(body));
      const kept = shop.kept.find((it) => it.id === String(entity.parent_id));
      if (kept !== undefined) kept.number = [kept.number, entity.track_number].filter(Boolean).join('|');
      return { body: { entity_id: 1, ...entity } };
    }
    const removed = /^\/shipment\/track\/(\d+)(\d)$/.exec(path);
    const kept = shop.kept.find((it) => it.id === removed?.[1]);
    if (kept === undefined) return { status: 404, body: { message: 'No such entity' } };
    kept.number = (kept.number ?? '')
      .split('|')
      .filter((_, index) => index !== Number(removed?.[2]))
      .join('|');
    return { body: 'true' };
  });
}

function create(shop: ShippingShop, { items, comment, tracks }: z.output<typeof ship>): Answer {
  if (shop.isCancelled || items.some((item) => shop.left(String(item.order_item_id)) < item.qty)) {
    return { status: 400, body: { message: 'Shipment Document Validation Error(s)' } };
  }
  const id = String(50 + shop.kept.length);
  const [first] = tracks;
  const named = { ours: comment.comment.replace('order-sync: ', ''), carrier: first?.title ?? null, url: null };
  const lines = items.map((item) => ({ id: String(item.order_item_id), quantity: item.qty }));
  shop.kept.push({ id, ...named, number: first?.track_number ?? null, lines, isShipped: true });
  return { body: JSON.stringify(id) };
}

function orderOf(shop: ShippingShop) {
  const items = ORDERED.map(({ id, sku, quantity }) => ({
    ...{
      item_id: Number(id),
      sku,
      name: sku,
      product_type: 'simple',
      qty_ordered: quantity,
      qty_canceled: 0,
      qty_refunded: 0,
    },
    ...{ base_row_total: 10, base_discount_amount: 0, base_tax_amount: 0, base_discount_tax_compensation_amount: 0 },
  }));
  return { entity_id: 7, increment_id: '000000007', state: shop.isCancelled ? 'canceled' : 'processing', items };
}

function shipmentsOf(shop: ShippingShop) {
  const items = shop.kept.map(({ id, ours, carrier, number, lines }) => ({
    entity_id: Number(id),
    order_id: 7,
    items: lines.map((line) => ({ order_item_id: Number(line.id), qty: line.quantity })),
    tracks: (number ?? '')
      .split('|')
      .filter(Boolean)
      .map((each, index) => ({
        entity_id: `${id}${index}`,
        track_number: each,
        title: carrier,
        carrier_code: 'custom',
      })),
    comments: ours === '' ? [] : [{ comment: `order-sync: ${ours}`, is_visible_on_front: 0 }],
  }));
  return { items, total_count: items.length };
}
