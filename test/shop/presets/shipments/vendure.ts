import { z } from 'zod';
import createVendure from '../../../../src/shop/presets/vendure.ts';
import type { Answer, Received } from '../../toolkit/a-server.ts';
import { ORDERED, type ShippingShop, type Started, started } from './shipping-shop.ts';

const asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
const input = z.object({
  lines: z.array(z.object({ orderLineId: z.string(), quantity: z.number() })),
  handler: z.object({ arguments: z.array(z.object({ name: z.string(), value: z.string() })) }),
});

/** Answers as Vendure 3.7 was seen to. */
export function aVendureThatShips(): Promise<Started> {
  return started(createVendure, { SHOP_TOKEN: '1:key' }, '7', answer);
}

function answer(shop: ShippingShop, { body }: Received): Answer {
  const { query, variables } = asked.parse(JSON.parse(body));
  if (query.startsWith('query')) return data({ order: orderOf(shop) });
  if (!shop.mayWrite) return { body: { errors: [{ extensions: { code: 'FORBIDDEN' } }], data: null } };
  return shop.change(variables, () =>
    query.includes('addFulfillment') ? add(shop, variables) : move(shop, variables),
  );
}

function orderOf(shop: ShippingShop) {
  const fulfillments = shop.kept.map(({ id, ours, carrier, number, lines, isShipped }) => ({
    id,
    state: isShipped ? 'Shipped' : 'Pending',
    method: ours === '' ? carrier : `${carrier ?? ''} [${ours}]`.trim(),
    trackingCode: number ?? '',
    lines: lines.map((line) => ({ orderLineId: line.id, quantity: line.quantity })),
  }));
  const lines = ORDERED.map(({ id, sku, quantity }) => ({ id, quantity, productVariant: { sku } }));
  return { id: '7', state: shop.isCancelled ? 'Cancelled' : 'PaymentSettled', lines, fulfillments };
}

function add(shop: ShippingShop, variables: Record<string, unknown>): Answer {
  const { lines, handler } = input.parse(variables['input']);
  if (lines.some((line) => shop.left(line.orderLineId) < line.quantity)) {
    return data({ done: { errorCode: 'ITEMS_ALREADY_FULFILLED_ERROR' } });
  }
  const value = (name: string) => handler.arguments.find((it) => it.name === name)?.value ?? '';
  const [, carrier = '', ours = ''] = /^(.*?) ?\[(.*)\]$/.exec(value('method')) ?? [];
  const id = String(shop.kept.length + 100 + shop.writes.length);
  const kept = { id, ours, carrier: carrier || null, number: value('trackingCode') || null, url: null };
  const inside = lines.map((line) => ({ id: line.orderLineId, quantity: line.quantity }));
  shop.kept.push({ ...kept, lines: inside, isShipped: false });
  return data({ done: { id } });
}

function move(shop: ShippingShop, { id, state }: Record<string, unknown>): Answer {
  const index = shop.kept.findIndex((kept) => kept.id === id);
  const kept = shop.kept[index];
  if (kept === undefined) return data({ done: { errorCode: 'NOT_FOUND' } });
  if (state === 'Cancelled') shop.kept.splice(index, 1);
  else kept.isShipped = true;
  return data({ done: { id } });
}

function data(json: unknown): Answer {
  return { body: { data: json } };
}
