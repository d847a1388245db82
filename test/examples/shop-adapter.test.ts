import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createShop } from '../../src/shop/create-shop.ts';
import { listening } from '../helpers/network/listening.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';

const signal = new AbortController().signal;
const PAID = Date.parse('2026-11-22T08:00:04Z') / 1000;

/** An order as the RPC shop sends it: as text, because its number is a JSON number of 20 digits. */
function rpcOrder(overrides: object = {}): string {
  const { buyer, shippingAddress } = anOrderDocument();
  return JSON.stringify({
    no: 'THE-NUMBER',
    id: 98231,
    state: 'PAID',
    currency: 'CNY',
    times: { created: PAID - 4, changed: PAID + 1, paid: PAID, canceled: null },
    money: { goods: 11940, freight: 1000, coupon: 40, refunded: 0, total: 12900 },
    items: [
      { sku: 'TEA', title: '龙井茶', qty: 2, price: 5490, total: 10980 },
      { sku: 'CUP', title: 'Cup', qty: 1, price: 960, total: 960 },
    ],
    buyer,
    shippingAddress,
    ...overrides,
  }).replace('"THE-NUMBER"', '20261122000123456789');
}

/** A shop that has these orders, by number or id; `null` stands for the others. */
async function aShop(
  orders: Readonly<Record<string, string>>,
  reply?: { readonly status: number; readonly body: string },
) {
  const requests: unknown[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const answer = async () => {
      const { method, params } = JSON.parse(await text(request));
      requests.push([request.headers.authorization, method, params.refs]);
      const found = params.refs.map((reference: string) => orders[reference] ?? 'null');
      response.writeHead(reply?.status ?? 200, { 'content-type': 'application/json' });
      response.end(reply?.body ?? `{"result":[${found.join()}]}`);
    };
    answer().catch((error) => response.destroy(error));
  });
  const url = await listening(server);
  const env = { SHOP_RPC_URL: `${url}/rpc`, SHOP_RPC_TOKEN: 'token' };
  const shop = await createShop({ adapter: './examples/shop-adapter.ts' }, env);
  onTestFinished(() => shop.close?.());
  return { requests, shop };
}

describe('examples/shop-adapter.ts', () => {
  it('converts orders to the canonical form, money and digits exact', async () => {
    const { shop, requests } = await aShop({ '20261122000123456789': rpcOrder() });
    const results = await shop.fetchOrders(['20261122000123456789', 'SO-NONE'], signal);
    expect(results.get('SO-NONE')).toEqual({ kind: 'not-found' });
    expect(results.get('20261122000123456789')).toMatchObject({
      kind: 'order',
      order: {
        orderNumber: '20261122000123456789',
        shopOrderId: '98231',
        status: 'paid',
        placedAt: '2026-11-22T08:00:00.000Z',
        paidAt: '2026-11-22T08:00:04.000Z',
        cancelledAt: null,
        lines: [{ quantity: 2, unitPrice: '54.90', lineTotal: '109.80' }, { lineTotal: '9.60' }],
        totals: { items: '119.40', shipping: '10.00', discount: '0.40', grand: '129.00' },
      },
    });
    // What is missing from a batch is asked for alone before it counts as not found.
    expect(requests).toEqual([
      ['Bearer token', 'orders.get', ['20261122000123456789', 'SO-NONE']],
      ['Bearer token', 'orders.get', ['SO-NONE']],
    ]);
  });

  it('fails a bad order alone', async () => {
    const { shop } = await aShop({
      '98231': rpcOrder(),
      '2': rpcOrder({ currency: 'RMB!', id: 2 }),
      '3': rpcOrder({ state: 'UNHEARD OF', id: 3 }),
      '4': '{"id":4,"no":4}',
    });
    const results = await shop.fetchOrders(['98231', '2', '3', '4'], signal);
    expect([...results.values()]).toMatchObject([
      { kind: 'order' },
      { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('currency') } },
      { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('status') } },
      { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('items') } },
    ]);
  });

  it.each([
    ['an error with HTTP 200', 200, '{"error":{"code":-32000,"message":"busy"}}', 'shop_error'],
    ['HTTP 500', 500, '', 'shop_error'],
    ['HTTP 401', 401, '', 'shop_refused_credentials'],
    ['broken JSON', 200, '{"result":[', 'shop_bad_reply'],
    ['something else', 200, '[]', 'shop_bad_reply'],
  ])('maps %s to a reason', async (_, status, body, reason) => {
    const { shop } = await aShop({}, { status, body });
    await expect(shop.fetchOrders(['1'], signal)).rejects.toMatchObject({ reason });
    await expect(shop.check?.(signal)).rejects.toMatchObject({ reason });
  });

  it('reports when the shop is down, and what is not configured', async () => {
    const adapter = './examples/shop-adapter.ts';
    const shop = await createShop({ adapter }, { SHOP_RPC_URL: 'http://shop.invalid', SHOP_RPC_TOKEN: 't' });
    await expect(shop.fetchOrders(['1'], signal)).rejects.toMatchObject({ reason: 'shop_unreachable' });
    await expect(createShop({ adapter }, {})).rejects.toThrow(/SHOP_RPC_URL.*\n.*SHOP_RPC_TOKEN/);
  });
});
