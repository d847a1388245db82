import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Order, ShopClient } from '../../../src/index.ts';
import { totalsAddUp } from '../../../src/orders/totals.ts';
import createMedusa from '../../../src/shop/presets/medusa.ts';
import { type Answer, type Asked, all, aStandIn } from './stand-in.ts';

type Raw = Record<string, unknown>;
const signal = new AbortController().signal;
const parts = z.array(z.looseObject({ id: z.string() }));

/** The orders in one of the real replies of Medusa 2.21.2 that are kept in `recorded/`. */
function recorded(name: string): Raw[] {
  const reply: unknown = JSON.parse(readFileSync(new URL(`recorded/medusa-${name}.json`, import.meta.url), 'utf8'));
  const { order, orders } = z
    .object({ order: z.looseObject({}).optional(), orders: z.array(z.looseObject({})).optional() })
    .parse(reply);
  return orders ?? (order === undefined ? [] : [order]);
}

function list(orders: readonly Raw[], count = orders.length): Answer {
  return { json: { orders, count } };
}

async function aMedusa(answer: (asked: Asked) => Answer) {
  const standIn = await aStandIn(answer);
  const shop: ShopClient = await createMedusa({ env: { SHOP_BASE_URL: standIn.url, SHOP_TOKEN: 'sk_key' } });
  return { shop, ...standIn };
}

async function fetchOne(raw: Raw) {
  const { shop } = await aMedusa(() => list([raw]));
  return (await shop.fetchOrders([String(raw['id'])], signal)).get(String(raw['id']));
}

/** What the preset makes of one order. */
async function read(raw: Raw): Promise<Order> {
  const result = await fetchOne(raw);
  if (result?.kind !== 'order') throw new Error(`expected an order, found ${JSON.stringify(result)}`);
  return result.order;
}

const refundedInPart = () => recorded('two-partial-refunds')[0] ?? {};
const euros = () => recorded('cancelled-after-capture')[0] ?? {};

/** The recorded euro order before it was cancelled: paid, and nothing else. */
function paid(): Raw {
  const [collection] = parts.parse(euros()['payment_collections']);
  const [payment] = parts.parse(collection?.['payments']);
  const payment_collections = [{ ...collection, payments: [{ ...payment, refunds: [] }] }];
  return { ...euros(), status: 'pending', canceled_at: null, credit_lines: [], payment_collections };
}

test('amounts that were never rounded get the decimals of the currency, and a refund takes nothing off the total', async () => {
  const order = await read(refundedInPart());
  expect(order).toMatchObject({
    orderNumber: '6',
    shopOrderId: 'order_01M81R58HENQ882KCQ0DZYDNQY',
    status: 'paid',
    currency: 'USD',
    placedAt: '2026-11-22T13:47:02.577Z',
    paidAt: '2026-11-22T13:49:32.607Z',
    buyer: { name: 'Anna Schäfer-Müller', email: 'kunde5@example.test' },
    shippingAddress: { recipient: 'Zoë 🎁 Washington', country: 'US', province: 'us-dc', postcode: '20500' },
    totals: { items: '380.05', shipping: '5.99', tax: '34.26', refunded: '3.50', grand: '420.30', taxIncluded: false },
    payments: [{ method: 'pp_system_default', amount: '420.30' }],
  });
  expect(order.lines[0]).toMatchObject({
    sku: 'PEN-EF',
    quantity: 5,
    unitPrice: '54.89',
    tax: '24.36',
    lineTotal: '298.81',
  });
  expect(totalsAddUp(order)).toBe(true);
});

test('where prices contain the tax, so do the amounts', async () => {
  const order = await read(paid());
  expect(order).toMatchObject({
    status: 'paid',
    totals: { items: '24.00', shipping: '4.99', tax: '4.63', grand: '28.99', refunded: '0.00', taxIncluded: true },
  });
  expect(order.lines).toMatchObject([{ unitPrice: '24.00', tax: '3.83', lineTotal: '24.00', requiresShipping: true }]);
  expect(totalsAddUp(order)).toBe(true);
});

test('yen have no decimals', async () => {
  const [raw = {}] = recorded('jpy');
  const order = await read(raw);
  expect(order).toMatchObject({
    currency: 'JPY',
    totals: { items: '54000', shipping: '798', tax: '5480', grand: '60278' },
  });
  expect(totalsAddUp(order)).toBe(true);
});

test('what rounding leaves over is an adjustment of its own', async () => {
  const [item] = parts.parse(paid()['items']);
  const exact = (value: string) => ({ value, precision: 20 });
  const thirds = {
    ...item,
    is_tax_inclusive: false,
    raw_original_subtotal: exact('10.004'),
    raw_tax_total: exact('0.004'),
    raw_total: exact('10.008'),
    total: 10.008,
  };
  const shipping_methods = [{ id: 'm', total: 0.004, raw_total: exact('0.004'), raw_tax_total: exact('0') }];
  const order = await read({
    ...paid(),
    items: [thirds],
    shipping_methods,
    item_total: 10.008,
    shipping_total: 0.004,
    tax_total: 0.004,
  });
  expect(order.totals).toMatchObject({ items: '10.00', shipping: '0.00', tax: '0.00', grand: '10.01' });
  expect(order.totals['adjustments']).toEqual([{ kind: 'rounding', label: null, amount: '0.01' }]);
});

test('it is cancelled by its time, while its total was lowered to nothing', async () => {
  expect(await read(euros())).toMatchObject({
    status: 'cancelled',
    cancelledAt: '2026-11-22T13:49:42.715Z',
    totals: { grand: '28.99', refunded: '28.99' },
  });
});

test('it is refunded when all of its money was paid back', async () => {
  expect(await read({ ...euros(), canceled_at: null, status: 'pending' })).toMatchObject({ status: 'refunded' });
});

test('captures in parts are rounded as a whole: three thirds are all of it', async () => {
  const [collection] = parts.parse(paid()['payment_collections']);
  const [payment] = parts.parse(collection?.['payments']);
  const capture = (id: string, value: string) => ({
    id,
    created_at: '2026-11-22T13:47:00.000Z',
    raw_amount: { value },
  });
  const captures = [capture('a', '9.664'), capture('b', '9.663'), capture('c', '9.663')];
  const payment_collections = [{ ...collection, payments: [{ ...payment, captures, refunds: [] }] }];
  expect(await read({ ...paid(), payment_collections })).toMatchObject({
    status: 'paid',
    payments: [{ amount: '28.99' }],
  });
});

test('an order that is authorised is pending, whatever its status says', async () => {
  const [collection] = parts.parse(paid()['payment_collections']);
  const [payment] = parts.parse(collection?.['payments']);
  const payment_collections = [{ ...collection, payments: [{ ...payment, captures: [] }] }];
  expect(await read({ ...paid(), payment_collections })).toMatchObject({
    status: 'pending',
    paidAt: null,
    payments: [],
  });
});

test('a capture counts although neither updated_at nor version has moved', async () => {
  expect(await read(paid())).toMatchObject({ status: 'paid', updatedAt: paid()['updated_at'] });
});

test.each([
  ['shipped', 'completed'],
  ['delivered', 'completed'],
  ['partially_shipped', 'paid'],
  ['fulfilled', 'paid'],
])('%s is %s', async (fulfillment_status, status) => {
  expect(await read({ ...paid(), fulfillment_status })).toMatchObject({ status });
});

test('an order over 0 is paid without a payment', async () => {
  const [, raw = {}] = recorded('batch-two-ids-one-absent');
  expect(await read(raw)).toMatchObject({ status: 'paid', totals: { grand: '0' }, payments: [] });
});

test('an edit that has to be paid makes it pending, with the total of now and the one that it was placed for', async () => {
  const [item] = parts.parse(paid()['items']);
  const double = { value: '48', precision: 20 };
  const items = [{ ...item, quantity: 2, total: 48, raw_total: double, raw_original_total: double }];
  const order = await read({ ...paid(), items, item_total: 48, tax_total: 8.46 });
  expect(order).toMatchObject({
    status: 'pending',
    totals: { items: '48.00', grand: '52.99', original: { grand: '28.99' } },
  });
  expect(totalsAddUp(order)).toBe(true);
});

test('a gift card is an adjustment, and no refund', async () => {
  const credit_lines = [{ id: 'c', reference: 'gift_card', amount: 10 }];
  const [collection] = parts.parse(paid()['payment_collections']);
  const captures = [{ id: 'c', created_at: '2026-11-22T13:47:00.000Z', raw_amount: { value: '18.99' } }];
  const payments = [{ id: 'p', provider_id: 'pp_stripe', captures, refunds: [] }];
  const payment_collections = [{ ...collection, amount: 18.99, raw_amount: null, payments }];
  expect(await read({ ...paid(), credit_lines, payment_collections })).toMatchObject({
    status: 'paid',
    totals: { grand: '18.99', adjustments: [{ kind: 'gift_card', amount: '-10.00' }] },
  });
});

test('a line without a SKU and an order without an address are fine', async () => {
  const [item] = parts.parse(paid()['items']);
  const items = [{ ...item, variant_sku: null, requires_shipping: false }];
  const order = await read({ ...paid(), items, shipping_address: null, billing_address: null, customer: null });
  expect(order).toMatchObject({ shippingAddress: null, lines: [{ sku: null, requiresShipping: false }] });
});

test.each([
  ['no items', { items: [] }],
  ['fewer items than its total is for', { item_total: 48 }],
  ['no shipping method yet', { shipping_methods: [] }],
])('an order that shows %s is looked at again, and never stored', async (_, torn) => {
  await expect(fetchOne({ ...paid(), ...torn })).rejects.toMatchObject({ reason: 'shop_bad_reply', kind: 'transient' });
});

test('lines stand in the order of their ids, in whatever order Medusa returns them', async () => {
  const items = parts.parse(refundedInPart()['items']);
  const order = await read({ ...refundedInPart(), items: items.toReversed() });
  expect(order.lines.map(({ lineId }) => lineId)).toEqual(items.map(({ id }) => id).toSorted());
});

test('many are asked for by id, with a limit and with the fields that are wanted, and an absent one is not found', async () => {
  const { shop, asked } = await aMedusa(({ url }) => {
    const ids = url.searchParams.getAll('id[]');
    return list(recorded('batch-two-ids-one-absent').filter(({ id }) => ids.includes(String(id))));
  });
  const wanted = ['order_01M81R54ACBA7B8WFEDJ87849Y', 'order_01M81R5FKVKK5PC9S3FN71F8DH', 'order_absent'];
  const results = await shop.fetchOrders(wanted, signal);
  expect(wanted.map((reference) => results.get(reference)?.kind)).toEqual(['order', 'order', 'not-found']);
  const { url, headers } = asked[0] ?? {};
  expect(url?.pathname).toBe('/admin/orders');
  expect(url?.searchParams.get('limit')).toBe('50');
  expect(url?.searchParams.get('fields')?.split(',')).toContain('currency_code');
  expect(headers?.authorization).toBe(`Basic ${Buffer.from('sk_key:').toString('base64')}`);
});

test('the number that people see is no name to ask by: Medusa would ignore it', async () => {
  const { shop, asked } = await aMedusa(() => list(recorded('batch-two-ids-one-absent')));
  expect((await shop.fetchOrders(['9'], signal)).get('9')).toEqual({ kind: 'not-found' });
  expect(asked).toEqual([]);
});

test('a wrong key is a refusal of the credentials', async () => {
  const { shop } = await aMedusa(() => ({ status: 401, json: { message: 'Unauthorized' } }));
  await expect(shop.check?.(signal)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
});

test.each([
  ['listUpdatedSince', 'updated_at'],
  ['listPlacedSince', 'created_at'],
] as const)('%s pages by %s, oldest first, and misses none', async (method, time) => {
  const many = Array.from({ length: 120 }, (_, index) => ({ ...paid(), id: `order_${index}`, display_id: index }));
  const { shop, asked } = await aMedusa(({ url }) => {
    const [offset, limit] = [Number(url.searchParams.get('offset')), Number(url.searchParams.get('limit'))];
    return list(many.slice(offset, offset + limit), 120);
  });
  const stubs = await all(shop[method]?.(new Date('2026-11-01T00:00:00Z'), signal));
  expect(new Set(stubs.map(({ shopOrderId }) => shopOrderId)).size).toBe(120);
  expect(stubs[0]).toEqual({
    orderNumber: '0',
    shopOrderId: 'order_0',
    status: 'paid',
    updatedAt: paid()['updated_at'],
  });
  expect(asked[0]?.url.searchParams.get(`${time}[$gte]`)).toBe('2026-10-31T23:59:59.000Z');
  expect(asked[0]?.url.searchParams.get('order')).toBe(time);
});
