import { describe, expect, it } from 'vitest';
import { redirectFault, statusFault } from '../../../demo/shop/faults.ts';
import type { FailureReason } from '../../../src/errors.ts';
import { anOrder, anOrderDocument } from '../../helpers/order-builder.ts';
import { aClient, aRawServer, aShop, failureOf, fetchOne, neverAborted, TOKEN } from './shops.ts';

const ORDER = anOrderDocument({ orderNumber: '20261122000123456789', shopOrderId: '98231' });

describe('a REST shop, asked for one order', () => {
  it.each(['20261122000123456789', '98231'])('finds it by number and by shop id: %s', async (reference) => {
    const { client } = await aShop({ orders: [ORDER] });
    expect(await fetchOne(client, reference)).toEqual({ kind: 'order', order: anOrder(ORDER) });
  });

  it('keeps the digits of numbers, ids and money that are JSON numbers', async () => {
    const body = JSON.stringify(ORDER)
      .replace('"20261122000123456789"', '20261122000123456789')
      .replace('"98231"', '9223372036854775807')
      .replace('"grand":"129.40"', '"grand":12345678901234567.89');
    const { client } = await aShop({ faults: () => ({ kind: 'reply', status: 200, body }) });
    const totals = { ...ORDER.totals, grand: '12345678901234567.89' };
    const order = anOrder({ ...ORDER, shopOrderId: '9223372036854775807', totals });
    expect(await fetchOne(client, '20261122000123456789')).toEqual({ kind: 'order', order });
    expect(await fetchOne(client, '9223372036854775807')).toEqual({ kind: 'order', order });
  });

  it.each([404, 410])('treats HTTP %i as "no such order"', async (status) => {
    const { client } = await aShop({ orders: [ORDER], faults: () => statusFault(status) });
    expect(await fetchOne(client, '98231')).toEqual({ kind: 'not-found' });
  });

  const STATUSES: readonly [status: number, reason: FailureReason, kind: string][] = [
    [201, 'shop_error', 'transient'],
    [204, 'shop_error', 'transient'],
    [206, 'shop_error', 'transient'],
    [304, 'shop_error', 'transient'],
    [400, 'shop_error', 'transient'],
    [401, 'shop_refused_credentials', 'outage'],
    [403, 'shop_refused_credentials', 'outage'],
    [409, 'shop_error', 'transient'],
    [429, 'shop_rate_limited', 'outage'],
    [500, 'shop_error', 'transient'],
    [502, 'shop_error', 'transient'],
    [503, 'shop_error', 'transient'],
    [504, 'shop_error', 'transient'],
  ];
  it.each(STATUSES)('treats HTTP %i as %s, a failure of the kind %s', async (status, reason, kind) => {
    const { client, shop } = await aShop({ orders: [ORDER], faults: () => statusFault(status) });
    const error = await failureOf(client.fetchOrders(['98231'], neverAborted));
    expect(error).toMatchObject({ reason, kind, dependency: 'shop', retryAfterMs: undefined });
    expect(error.message).toContain(`HTTP ${status}`);
    expect(shop.requests, 'sends no second request').toHaveLength(1);
  });

  it.each([429, 503])('reports how long HTTP %i asks us to wait, in seconds or as a date', async (status) => {
    const { client, shop } = await aShop({ faults: () => statusFault(status, { 'retry-after': '7' }) });
    const asked = () => failureOf(client.fetchOrders(['1'], neverAborted));
    const mayEndSooner = status === 503;
    expect(await asked()).toMatchObject({ reason: 'shop_rate_limited', retryAfterMs: 7_000, mayEndSooner });
    const date = { 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' };
    shop.setFaults(() => statusFault(status, date));
    expect(await asked()).toMatchObject({ reason: 'shop_rate_limited', retryAfterMs: 9_000 });
    shop.setFaults(() => statusFault(status, { 'retry-after': 'tomorrow' }));
    expect(await asked()).toMatchObject({
      reason: status === 429 ? 'shop_rate_limited' : 'shop_error',
      retryAfterMs: undefined,
    });
  });

  it('rejects an order other than the requested one', async () => {
    const other = anOrderDocument({ orderNumber: 'SO-2' });
    const { client } = await aShop({ orders: [ORDER, other], faults: () => ({ kind: 'wrong-order' }) });
    const result = await fetchOne(client, '98231');
    expect(result).toMatchObject({ kind: 'failed', error: { reason: 'wrong_order', kind: 'permanent' } });
  });

  it('names the invalid fields of an order, never their values', async () => {
    const { client } = await aShop();
    const invalid = { ...ORDER, currency: '王小明', buyer: { id: { 王: '小明' } } };
    const faulty = await aShop({ faults: () => ({ kind: 'reply', status: 200, body: JSON.stringify(invalid) }) });
    expect(await fetchOne(client, '98231')).toEqual({ kind: 'not-found' });
    const result = await fetchOne(faulty.client, '98231');
    expect(result).toMatchObject({ kind: 'failed', error: { reason: 'invalid_order', kind: 'permanent' } });
    const message = result.kind === 'failed' ? result.error.message : '';
    expect(message).toContain('currency: expected an ISO 4217 code');
    expect(message).toContain('buyer.id: expected null or text such as "u-5512", found an object');
    expect(message).not.toContain('王');
  });

  it.each(['null', '[]', '7', '"text"', '{}', '{"code":500,"message":"system busy"}'])(
    'treats %s with HTTP 200 as a failed attempt: it condemns no order',
    async (body) => {
      const { client } = await aShop({ faults: () => ({ kind: 'reply', status: 200, body }) });
      expect(await failureOf(client.fetchOrders(['1'], neverAborted))).toMatchObject({ reason: 'shop_bad_reply' });
    },
  );

  it('follows no redirect: no other host sees the token, and no loop begins', async () => {
    const elsewhere = await aRawServer((socket) => socket.end());
    const { client, shop } = await aShop();
    shop.setFaults(() => redirectFault(`${elsewhere.url}/new/98231?key=secret`));
    const error = await failureOf(client.fetchOrders(['98231'], neverAborted));
    expect(error.reason).toBe('shop_error');
    expect(error.message).toContain(`to ${elsewhere.url}, and redirects are not followed`);
    expect(error.message).not.toContain('secret');
    shop.setFaults(() => redirectFault('/orders/98231', 308));
    expect((await failureOf(client.fetchOrders(['98231'], neverAborted))).message).toContain(
      `to ${shop.url}/orders/98231`,
    );
    expect(elsewhere.sockets).toHaveLength(0);
    expect(shop.requests).toHaveLength(2);
  });

  it('sends no request for a reference that cannot be an order number', async () => {
    const { client, shop } = await aShop();
    for (const reference of ['..', '../admin', '1/../2', '']) {
      const result = await fetchOne(client, reference);
      expect(result).toMatchObject({ kind: 'failed', error: { reason: 'malformed_event', kind: 'permanent' } });
    }
    expect(shop.requests).toHaveLength(0);
  });

  it('sends requests below the path prefix of its base', async () => {
    const server = await aRawServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    const client = aClient(`${server.url}/api/v1/`, { orderPath: '/o/{reference}.json?full=1' });
    expect(await fetchOne(client, '1')).toEqual({ kind: 'not-found' });
    expect(server.requests).toEqual([expect.stringMatching(/^GET \/api\/v1\/o\/1\.json\?full=1 HTTP/)]);
  });

  it('fails one order without failing the others', async () => {
    const { client } = await aShop({
      orders: [ORDER],
      faults: ({ references }) => (references[0] === 'SO-BAD' ? statusFault(500) : undefined),
    });
    const results = await client.fetchOrders(['98231', 'SO-BAD', 'SO-NONE', '..'], neverAborted);
    expect(results.get('98231')).toMatchObject({ kind: 'order' });
    expect(results.get('SO-BAD')).toMatchObject({ kind: 'failed', error: { reason: 'shop_error' } });
    expect(results.get('SO-NONE')).toEqual({ kind: 'not-found' });
    expect(results.get('..')).toMatchObject({ kind: 'failed', error: { reason: 'malformed_event' } });
  });
});

describe("a REST shop's credentials", () => {
  it.each([
    [{}, `Authorization: Bearer ${TOKEN}`],
    [{ authScheme: '' }, `Authorization: ${TOKEN}`],
    [{ authHeader: 'X-Api-Key', authScheme: '' }, `X-Api-Key: ${TOKEN}`],
  ])('are sent as configured: %j', async (options, expected) => {
    const server = await aRawServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    const client = aClient(server.url, options);
    await fetchOne(client, '1');
    expect(server.requests.join().split('\r\n')).toContain(expected);
  });

  it('are not sent when there is no token', async () => {
    const { shop } = await aShop();
    const client = aClient(shop.url, { token: undefined });
    expect((await failureOf(client.fetchOrders(['1'], neverAborted))).reason).toBe('shop_refused_credentials');
  });

  it('are read again when the shop refuses them, and sent once more if they were rotated', async () => {
    const { shop } = await aShop({ orders: [anOrderDocument({ orderNumber: 'SO-1' })] });
    let current = 'the-old-one';
    const client = aClient(shop.url, { token: current, currentToken: () => current });
    expect((await failureOf(client.fetchOrders(['SO-1'], neverAborted))).reason).toBe('shop_refused_credentials');
    expect(shop.requests, 'the same credentials are not tried twice').toHaveLength(1);
    current = TOKEN;
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
    expect(shop.requests).toHaveLength(4);
  });

  it.each([{ token: 'top\r\nsecret' }, { token: 'top secret' }, { authHeader: 'No Header' }, { authScheme: 'a b' }])(
    'that no header can carry are refused at once: %j',
    (options) => {
      expect(() => aClient('http://shop.example', options)).toThrow(/^SHOP_(?:TOKEN|AUTH_HEADER)(?!.*secret)/s);
    },
  );
});

describe('check', () => {
  it('passes when the shop answers and accepts the token', async () => {
    const { client, shop } = await aShop({}, { batchSize: 50 });
    await client.check?.(neverAborted);
    expect(shop.requests.map(({ path }) => path)).toEqual([
      '/orders/order-sync-check',
      '/orders?numbers=order-sync-check',
    ]);
  });

  it('fails with a wrong token, and when nothing listens', async () => {
    const { shop } = await aShop();
    const check = (options = {}) => failureOf(Promise.resolve(aClient(shop.url, options).check?.(neverAborted)));
    expect((await check({ token: 'wrong' })).reason).toBe('shop_refused_credentials');
    await shop.close();
    expect((await check()).reason).toBe('shop_unreachable');
  });

  it('fails when the shop has no path for many orders', async () => {
    const { client } = await aShop({}, { batchSize: 50, ordersPath: '/many/{references}' });
    expect((await failureOf(Promise.resolve(client.check?.(neverAborted)))).reason).toBe('shop_error');
  });
});

describe('the next call', () => {
  it.each([
    ['one order', ['1']],
    ['several', ['1', '2']],
  ])('may be made once %s have arrived, before they are read', async (_, references) => {
    const orders = references.map((orderNumber) => anOrderDocument({ orderNumber }));
    const { client } = await aShop({ orders }, { batchSize: 5 });
    const told: string[] = [];
    const results = await client.fetchOrders(references, neverAborted, () => told.push('arrived'));
    told.push('read');
    expect([told, results.size]).toEqual([['arrived', 'read'], references.length]);
  });

  it.each([404, 429, 503])('waits for what HTTP %i means', async (status) => {
    const { client } = await aShop({ orders: [ORDER], faults: () => statusFault(status) });
    const told: string[] = [];
    await client.fetchOrders(['98231'], neverAborted, () => told.push('arrived')).catch(() => undefined);
    expect(told).toEqual([]);
  });
});
