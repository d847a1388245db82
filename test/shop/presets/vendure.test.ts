import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { FetchResult, Order, OrderStub, ShopClient } from '../../../src/index.ts';
import { totalsAddUp } from '../../../src/orders/totals.ts';
import createVendure from '../../../src/shop/presets/vendure.ts';
import { type Answer, type Asked, all, aStandIn } from './stand-in.ts';

type Raw = Record<string, unknown>;
const graphql = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
const page = z.object({
  take: z.number(),
  skip: z.number(),
  sort: z.record(z.string(), z.string()),
  filter: z.record(z.string(), z.unknown()),
});
const names = z.object({ in: z.array(z.string()) }).optional();
const wanted = z.object({
  options: z.looseObject({ filter: z.looseObject({ _or: z.array(z.object({ id: names, code: names })) }) }),
});
const signal = new AbortController().signal;

/** The orders in one of the real replies of Vendure 3.7.3 that are kept in `recorded/`. */
function recorded(name: string): Raw[] {
  const reply: unknown = JSON.parse(readFileSync(new URL(`recorded/vendure-${name}.json`, import.meta.url), 'utf8'));
  const one = z.object({ data: z.object({ order: z.looseObject({}) }) }).safeParse(reply);
  if (one.success) return [one.data.data.order];
  return z.object({ data: z.object({ orders: z.object({ items: z.array(z.looseObject({})) }) }) }).parse(reply).data
    .orders.items;
}

function list(orders: readonly Raw[], pricesIncludeTax = true): Answer {
  const found = { totalItems: orders.length, items: orders };
  return { json: { data: { activeChannel: { pricesIncludeTax }, orders: found } } };
}

const FORBIDDEN: Answer = { json: { errors: [{ extensions: { code: 'FORBIDDEN' } }], data: null } };

async function aVendure(answer: (asked: Asked) => Answer, env: Record<string, string> = { SHOP_TOKEN: '1:key' }) {
  const standIn = await aStandIn(answer);
  const shop: ShopClient = await createVendure({ env: { SHOP_BASE_URL: standIn.url, ...env } });
  return { shop, ...standIn };
}

/** What the preset makes of one order. */
async function read(raw: Raw, pricesIncludeTax = true): Promise<Order> {
  const { shop } = await aVendure(() => list([raw], pricesIncludeTax));
  const result = (await shop.fetchOrders([String(raw['id'])], signal)).get(String(raw['id']));
  return orderIn(result);
}

function orderIn(result: FetchResult | undefined): Order {
  if (result?.kind !== 'order') throw new Error(`expected an order, found ${JSON.stringify(result)}`);
  return result.order;
}

const paid = () => recorded('paid-by-id')[0] ?? {};

test('a paid order has its money in units, with tax, and it adds up', async () => {
  const order = await read(paid());
  expect(order).toMatchObject({
    orderNumber: 'BQJW3K45GYGHBKN5',
    shopOrderId: '34',
    status: 'paid',
    currency: 'EUR',
    placedAt: '2026-11-22T13:30:18.751Z',
    paidAt: '2026-11-22T13:30:18.707Z',
    updatedAt: '2026-11-22T13:30:18.541Z',
    buyer: { id: '32', name: '王小明', email: 'kunde33@example.test', phone: '+86 138 0013 8000' },
    shippingAddress: { recipient: '小明 王', country: 'CN', province: '北京', city: '北京市', postcode: '100022' },
    totals: { items: '143.85', shipping: '4.99', tax: '14.96', discount: '0.00', grand: '148.84', taxIncluded: true },
    payments: [{ method: 'card', transactionId: '6fnv01arc', amount: '148.84' }],
  });
  expect(order.lines[1]).toMatchObject({
    sku: 'BOOK-001',
    quantity: 2,
    unitPrice: '24.00',
    tax: '3.14',
    lineTotal: '48.00',
  });
  expect(totalsAddUp(order)).toBe(true);
});

test('where the prices of the channel are without tax, so are the amounts, and they add up to the same total', async () => {
  const order = await read(paid(), false);
  expect(order.totals).toMatchObject({
    items: '129.69',
    shipping: '4.19',
    tax: '14.96',
    grand: '148.84',
    taxIncluded: false,
  });
  expect(order.lines[1]).toMatchObject({ unitPrice: '22.43', tax: '3.14', lineTotal: '48.00' });
  expect(totalsAddUp(order)).toBe(true);
});

test('yen are in hundredths like every other currency', async () => {
  const [raw = {}] = recorded('jpy');
  const order = await read(raw);
  expect(order).toMatchObject({ currency: 'JPY', status: 'completed', totals: { grand: '1994.12', shipping: '0.00' } });
  expect(totalsAddUp(order)).toBe(true);
});

test('a unit price whose cents do not make up the line is taken from the line', async () => {
  const [line] = z.array(z.looseObject({})).parse(paid()['lines']);
  const screws = { ...line, quantity: 137, unitPrice: 6, unitPriceWithTax: 7, linePrice: 822, linePriceWithTax: 895 };
  const prorated = { proratedLinePrice: 733, proratedLinePriceWithTax: 798 };
  const order = await read({ ...paid(), lines: [{ ...screws, ...prorated }], totalWithTax: 1297, total: 1152 });
  expect(order.lines).toMatchObject([
    { quantity: 137, unitPrice: '0.0653', unitPriceDerived: true, discount: '0.97', lineTotal: '7.98' },
  ]);
});

test('a cancelled order has no lines and costs nothing, and its payments keep the money', async () => {
  const [raw = {}] = recorded('cancelled-money-kept');
  const history = { items: [{ createdAt: '2026-11-22T13:30:33.957Z', data: { reason: 'storniert' } }] };
  expect(await read({ ...raw, history })).toMatchObject({
    status: 'cancelled',
    cancelledAt: '2026-11-22T13:30:33.957Z',
    cancelReason: 'storniert',
    lines: [],
    totals: { grand: '0.00', refunded: '0' },
    payments: [{ amount: '17.94' }],
  });
});

test('only refunds that were paid out count, and an order refunded in part stays paid', async () => {
  const [raw = {}] = recorded('two-partial-refunds');
  const order = await read(raw);
  expect(order).toMatchObject({ status: 'paid', totals: { refunded: '1.00', discount: '17.49', grand: '162.37' } });
  expect(totalsAddUp(order)).toBe(true);
});

test('an order is refunded when all of its money was paid back, although its state and time stay as they were', async () => {
  const [payment] = z.array(z.looseObject({})).parse(paid()['payments']);
  const payments = [{ ...payment, refunds: [{ state: 'Settled', total: 14884 }] }];
  const order = await read({ ...paid(), payments });
  expect(order).toMatchObject({ status: 'refunded', updatedAt: paid()['updatedAt'], totals: { refunded: '148.84' } });
});

test('an authorised invoice is not paid', async () => {
  const [payment] = z.array(z.looseObject({})).parse(paid()['payments']);
  const payments = [{ ...payment, state: 'Authorized' }];
  expect(await read({ ...paid(), state: 'PaymentAuthorized', payments })).toMatchObject({
    status: 'pending',
    paidAt: null,
    payments: [],
  });
});

test('an order that was modified and costs more than was paid is pending, with its new total and its surcharge', async () => {
  const surcharges = [{ id: '1', description: 'Geschenkverpackung', price: 294, priceWithTax: 350 }];
  const totals = { total: 13388 + 294, totalWithTax: 14884 + 350 };
  const order = await read({ ...paid(), ...totals, state: 'ArrangingAdditionalPayment', surcharges });
  expect(order).toMatchObject({
    status: 'pending',
    totals: { grand: '152.34', adjustments: [{ kind: 'surcharge', label: 'Geschenkverpackung', amount: '3.50' }] },
  });
  expect(totalsAddUp(order)).toBe(true);
});

test('an order over 0 is paid without a payment', async () => {
  const free = { total: 0, totalWithTax: 0, shipping: 0, shippingWithTax: 0, payments: null, lines: [] };
  expect(await read({ ...paid(), ...free })).toMatchObject({ status: 'paid', totals: { grand: '0.00' }, payments: [] });
});

test('lines stand in the order of their ids, in whatever order Vendure returns them', async () => {
  const lines = z.array(z.looseObject({ id: z.string() })).parse(paid()['lines']);
  const order = await read({ ...paid(), lines: lines.toReversed() });
  expect(order.lines.map(({ lineId }) => lineId)).toEqual(lines.map(({ id }) => id));
});

test('many are asked for by id or by code, as many as were wanted, and never carts and drafts', async () => {
  const { shop, asked } = await aVendure(({ body }) => {
    const { options } = wanted.parse(graphql.parse(body).variables);
    const names = options.filter._or.flatMap(({ id, code }) => [...(id?.in ?? []), ...(code?.in ?? [])]);
    const all = recorded('batch-three-ids-one-absent');
    return list(all.filter(({ id, code }) => names.includes(String(id)) || names.includes(String(code))));
  });
  const results = await shop.fetchOrders(['2', 'NB51Z5CMGCS9CE44', '12345678901'], signal);
  expect([...results].map(([reference, { kind }]) => [reference, kind])).toEqual([
    ['2', 'order'],
    ['NB51Z5CMGCS9CE44', 'order'],
    ['12345678901', 'not-found'],
  ]);
  const { options } = wanted.parse(graphql.parse(asked[0]?.body).variables);
  expect(options).toMatchObject({
    take: 50,
    filter: { orderPlacedAt: { isNull: false }, _or: [{ id: { in: ['2'] } }, { code: {} }] },
  });
});

test('a cart is no order', async () => {
  const { shop } = await aVendure(() => list([]));
  expect((await shop.fetchOrders(['55'], signal)).get('55')).toEqual({ kind: 'not-found' });
});

test('FORBIDDEN with HTTP 200 is a refusal of the credentials, not an order that is missing', async () => {
  const { shop, asked } = await aVendure(() => FORBIDDEN);
  await expect(shop.fetchOrders(['34'], signal)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  await expect(shop.check?.(signal)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  expect(asked[0]?.headers['vendure-api-key']).toBe('1:key');
  expect(asked[0]?.url.pathname).toBe('/admin-api');
});

test('without an API key it logs in, and logs in again when the session has ended', async () => {
  let sessions = 0;
  let isOver = false;
  const { shop } = await aVendure(
    ({ body, headers }) => {
      if (graphql.parse(body).query.includes('login(')) {
        sessions += 1;
        isOver = false;
        const token = { 'vendure-auth-token': `session-${sessions}` };
        return { headers: token, json: { data: { login: { id: '2' } } } };
      }
      return isOver || headers.authorization !== `Bearer session-${sessions}` ? FORBIDDEN : list([paid()]);
    },
    { SHOP_USERNAME: 'order-sync@shop.test', SHOP_PASSWORD: 'secret' },
  );
  expect((await shop.fetchOrders(['34'], signal)).get('34')?.kind).toBe('order');
  isOver = true;
  expect((await shop.fetchOrders(['34'], signal)).get('34')?.kind).toBe('order');
  expect(sessions).toBe(2);
});

test('a refused login says which settings are wrong', async () => {
  const { shop } = await aVendure(
    () => ({ headers: { 'vendure-auth-token': 'anonymous' }, json: { data: { login: {} } } }),
    { SHOP_USERNAME: 'order-sync@shop.test', SHOP_PASSWORD: 'wrong' },
  );
  await expect(shop.fetchOrders(['34'], signal)).rejects.toMatchObject({
    reason: 'shop_refused_credentials',
    message: expect.stringContaining('SHOP_PASSWORD'),
  });
});

test('a shop that is down is down, not one that refuses the login', async () => {
  const { shop } = await aVendure(() => ({ status: 503, json: {} }), {
    SHOP_USERNAME: 'reader',
    SHOP_PASSWORD: 'right',
  });
  await expect(shop.fetchOrders(['34'], signal)).rejects.not.toMatchObject({ reason: 'shop_refused_credentials' });
});

test('the list of changes misses none of those that changed at the same time, and says what became of each', async () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ ...paid(), id: String(index), code: `C${1000 + index}` }));
  const { shop, asked } = await aVendure(({ body }) => {
    const { skip, take, sort } = page.parse(graphql.parse(body).variables['options']);
    // Vendure sorts by the fields in its schema's order: `id` would come first.
    expect(Object.keys(sort)).toEqual(['updatedAt', 'code']);
    return {
      json: {
        data: {
          activeChannel: { pricesIncludeTax: true },
          orders: { totalItems: 250, items: many.slice(skip, skip + take) },
        },
      },
    };
  });
  const stubs = await all(shop.listUpdatedSince?.(new Date(0), signal));
  expect(new Set(stubs.map(({ shopOrderId }: OrderStub) => shopOrderId)).size).toBe(250);
  expect(stubs[0]).toEqual({ orderNumber: 'C1000', shopOrderId: '0', status: 'paid', updatedAt: paid()['updatedAt'] });
  const { filter } = page.parse(graphql.parse(asked[0]?.body).variables['options']);
  expect(filter).toEqual({ orderPlacedAt: { isNull: false }, updatedAt: { after: '1969-12-31T23:59:59.000Z' } });
});

test('the list of placed orders goes by the time of placing', async () => {
  const { shop, asked } = await aVendure(() => list([paid()]));
  const stubs = await all(shop.listPlacedSince?.(new Date('2026-11-01T00:00:00Z'), signal));
  expect(stubs).toHaveLength(1);
  expect(page.parse(graphql.parse(asked[0]?.body).variables['options'])).toMatchObject({
    filter: { orderPlacedAt: { after: '2026-10-31T23:59:59.000Z' } },
    sort: { orderPlacedAt: 'ASC', code: 'ASC' },
  });
});

test('its clock is the one of its replies', async () => {
  const { shop } = await aVendure(() => ({ ...list([]), headers: { date: 'Sun, 22 Nov 2026 13:30:18 GMT' } }));
  expect(await shop.now?.(signal)).toEqual(new Date('2026-11-22T13:30:18Z'));
});
