import { describe, expect, it } from 'vitest';
import createShopify from '../../../src/shop/presets/shopify.ts';
import { aClient, failureOf, fetchOrder, neverAborted } from './clients.ts';
import { all } from './stand-in.ts';
import { aShopify, type ShopifyOptions } from './stand-ins/shopify.ts';
import { aShopifyOrder, type OrderSpec } from './stand-ins/shopify-orders.ts';

async function aShop(options: ShopifyOptions = {}, env: Readonly<Record<string, string>> = {}) {
  const shop = await aShopify(options);
  const client = await aClient(createShopify, { SHOP_BASE_URL: shop.url, SHOP_TOKEN: shop.token, ...env });
  return { shop, client };
}

/** Orders with ids of as many digits as real ones. */
function someOrders(count: number, spec: (nth: number) => Partial<OrderSpec> = () => ({})) {
  return Array.from({ length: count }, (_, nth) => aShopifyOrder({ id: idOf(nth), ...spec(nth) }));
}

function idOf(nth: number): string {
  return String(6_200_407_290_000 + nth);
}

function linesOf(count: number) {
  return Array.from({ length: count }, (_, nth) => ({ sku: `SKU-${nth}`, quantity: 1, unitPrice: '1.00' }));
}

describe('fetching orders from Shopify', () => {
  it('asks for many at once, at a cost that Shopify allows', async () => {
    const { shop, client } = await aShop({ orders: someOrders(20) });
    const references = Array.from({ length: 20 }, (_, nth) => idOf(nth));
    const results = await client.fetchOrders(references, neverAborted);

    expect([...results.values()].map(({ kind }) => kind)).toEqual(references.map(() => 'order'));
    expect(shop.requests).toHaveLength(Math.ceil(20 / (client.maxBatch ?? 1)));
    expect(Math.max(...shop.requests.map(({ cost }) => cost))).toBeLessThanOrEqual(1_000);
  });

  it('keeps to the points of a standard shop, however many are asked for at once', async () => {
    const points = { available: 2_000, restoreRate: 2_000 };
    const { shop, client } = await aShop({ orders: someOrders(30), points });
    const calls = Array.from({ length: 5 }, (_, nth) => {
      const references = Array.from({ length: 6 }, (__, index) => idOf(nth * 6 + index));
      return client.fetchOrders(references, neverAborted);
    });

    expect((await Promise.all(calls)).flatMap((results) => [...results.values()]).map(({ kind }) => kind)).toEqual(
      Array.from({ length: 30 }, () => 'order'),
    );
    expect(shop.requests).toHaveLength(5);
  });

  it('knows what is not there', async () => {
    const { client } = await aShop({ orders: someOrders(1) });
    const results = await client.fetchOrders([idOf(0), '#1001', '4711', 'gid://shopify/Order/1'], neverAborted);

    const kinds = [idOf(0), '#1001', '4711', 'gid://shopify/Order/1'].map((reference) => results.get(reference)?.kind);
    expect(kinds).toEqual(['order', 'not-found', 'not-found', 'not-found']);
  });

  it('finds an order by the name that people know it by, and by no other', async () => {
    const names = ['#1001', '#10010', 'EN1001-A', '1001', '#2', '#2'];
    const { client } = await aShop({ orders: someOrders(6, (nth) => ({ name: names[nth] ?? '' })) });
    const results = await client.fetchOrders([...new Set(names)], neverAborted);

    const ids = [...new Set(names)].map((name) => {
      const result = results.get(name);
      return result?.kind === 'order' ? result.order.shopOrderId : result?.kind;
    });
    expect(ids).toEqual([idOf(0), idOf(1), idOf(2), idOf(3), 'not-found']);
  });

  it('reads all lines of an order, however many', async () => {
    const { shop, client } = await aShop({ orders: [aShopifyOrder({ id: idOf(0), lines: linesOf(280) })] });
    const order = await fetchOrder(client, idOf(0));

    expect(order.lines).toHaveLength(280);
    expect(order.lines.at(-1)).toMatchObject({ sku: 'SKU-279' });
    expect(Math.max(...shop.requests.map(({ cost }) => cost))).toBeLessThanOrEqual(1_000);
  });

  it('ships no part of an order that changed while its lines were read', async () => {
    let isEdited = false;
    const { shop, client } = await aShop({
      orders: [aShopifyOrder({ id: idOf(0), lines: linesOf(30) }), aShopifyOrder({ id: idOf(1) })],
      beforeReply: ({ after }) => {
        if (after === undefined || isEdited) return;
        isEdited = true;
        shop.put(aShopifyOrder({ id: idOf(0), lines: linesOf(29), updatedAt: '2026-11-22T08:00:09Z' }));
      },
    });

    const error = await failureOf(fetchOrder(client, idOf(0)));
    expect(error).toMatchObject({ reason: 'shop_error', kind: 'transient' });
    expect((await fetchOrder(client, idOf(0))).lines).toHaveLength(29);
  });

  it('waits until the points that were used up are back', async () => {
    const points = { available: 10, restoreRate: 200 };
    const { shop, client } = await aShop({ orders: someOrders(4), points });
    const error = await failureOf(fetchOrder(client, idOf(0)));

    expect(error).toMatchObject({ reason: 'shop_rate_limited' });
    for (const nth of [0, 1, 2]) expect((await fetchOrder(client, idOf(nth))).shopOrderId).toBe(idOf(nth));
    expect(shop.requests).toHaveLength(4);
  });

  it('says that the token was refused', async () => {
    const { client } = await aShop({ orders: someOrders(1) }, { SHOP_TOKEN: 'another' });
    const error = await failureOf(fetchOrder(client, idOf(0)));
    expect(error).toMatchObject({ reason: 'shop_refused_credentials', kind: 'outage' });
    expect(error.message).toContain('SHOP_TOKEN');
  });

  it.each([
    ['orders', { scopes: ['read_products'] }],
    ['protected customer data', { denied: ['email'] }],
  ])('takes no half order when it may not read %s', async (_, options) => {
    const { client } = await aShop({ orders: someOrders(1), ...options });
    const error = await failureOf(fetchOrder(client, idOf(0)));
    expect(error).toMatchObject({ reason: 'shop_refused_credentials', kind: 'outage' });
  });

  it('takes a wrong address for an outage, never for an order that does not exist', async () => {
    const { shop } = await aShop({ orders: someOrders(1) });
    const client = await aClient(createShopify, { SHOP_BASE_URL: `${shop.url}/shop`, SHOP_TOKEN: shop.token });
    const error = await failureOf(fetchOrder(client, idOf(0)));
    expect(error).toMatchObject({ reason: 'shop_error', kind: 'outage' });
  });

  it('refuses to send the token in the clear', async () => {
    const env = { SHOP_BASE_URL: 'http://tea.myshopify.com', SHOP_TOKEN: 'shpat_token' };
    await expect(aClient(createShopify, env)).rejects.toThrow('SHOP_BASE_URL');
  });
});

describe('the credentials of Shopify', () => {
  const app = { id: 'client-id', secret: 'client-secret/&=' };
  const login = { SHOP_TOKEN: '', SHOP_KEY: app.id, SHOP_SECRET: app.secret };

  it("may be an app's id and secret, which bring a token for a day", async () => {
    const { shop, client } = await aShop({ orders: someOrders(2), app }, login);
    const orders = await Promise.all([fetchOrder(client, idOf(0)), fetchOrder(client, idOf(1))]);
    orders.push(await fetchOrder(client, idOf(0)));

    expect(orders.map(({ shopOrderId }) => shopOrderId)).toEqual([idOf(0), idOf(1), idOf(0)]);
    expect(shop.logins).toBe(1);
  });

  it('are renewed when the token has ended', async () => {
    const { shop, client } = await aShop({ orders: someOrders(1), app }, login);
    await fetchOrder(client, idOf(0));
    shop.endTokens();

    expect((await fetchOrder(client, idOf(0))).shopOrderId).toBe(idOf(0));
    expect(shop.logins).toBe(2);
  });

  it.each([
    ['the secret is wrong', { SHOP_SECRET: 'wrong' }, app],
    ['the app is not installed', {}, { ...app, isInstalled: false }],
  ])('say what to do when %s', async (_, env, theApp) => {
    const { client } = await aShop({ orders: someOrders(1), app: theApp }, { ...login, ...env });
    const error = await failureOf(fetchOrder(client, idOf(0)));

    expect(error).toMatchObject({ reason: 'shop_refused_credentials', kind: 'outage' });
    expect(error.message).toMatch(/SHOP_KEY.*SHOP_SECRET.*installed/);
    expect(error.message).not.toContain(app.secret);
  });

  it('are asked for, all at once', async () => {
    await expect(aClient(createShopify, {})).rejects.toThrow(/SHOP_BASE_URL[\s\S]*SHOP_TOKEN/);
    const half = { SHOP_BASE_URL: 'https://tea.myshopify.com', SHOP_KEY: 'client-id' };
    await expect(aClient(createShopify, half)).rejects.toThrow('SHOP_SECRET');
  });
});

describe("Shopify's lists", () => {
  it('have every order that changed since then, oldest change first', async () => {
    const orders = someOrders(600, (nth) => ({ updatedAt: at(600 - nth) }));
    const { client } = await aShop({ orders });
    const stubs = await all(client.listUpdatedSince?.(new Date(at(100)), neverAborted));

    expect(stubs).toHaveLength(501);
    expect(stubs[0]).toEqual({
      orderNumber: '#0500',
      shopOrderId: idOf(500),
      status: 'paid',
      updatedAt: at(100, '.000Z'),
    });
    expect(stubs.map(({ updatedAt }) => updatedAt)).toEqual(stubs.map(({ updatedAt }) => updatedAt).toSorted());
  });

  it('miss none of those that do not change while the list is read', async () => {
    const orders = someOrders(400, (nth) => ({ updatedAt: at(nth) }));
    let isMoved = false;
    const { shop, client } = await aShop({
      orders,
      beforeReply: () => {
        if (isMoved || shop.requests.length < 2) return;
        isMoved = true;
        for (let nth = 0; nth < 100; nth++) shop.put(aShopifyOrder({ id: idOf(nth), updatedAt: at(1_000 + nth) }));
      },
    });
    const stubs = await all(client.listUpdatedSince?.(new Date(at(0)), neverAborted));

    const ids = new Set(stubs.map(({ shopOrderId }) => shopOrderId));
    expect(orders.filter(({ legacyResourceId }) => !ids.has(legacyResourceId))).toEqual([]);
  });

  it('go on beyond the number of orders that Shopify pages to', async () => {
    const orders = someOrders(900, (nth) => ({ createdAt: at(nth), updatedAt: at(nth) }));
    const { client } = await aShop({ orders, maxPaged: 500 });

    for (const list of [client.listPlacedSince, client.listUpdatedSince]) {
      const stubs = await all(list?.(new Date(at(0)), neverAborted));
      expect(new Set(stubs.map(({ shopOrderId }) => shopOrderId)).size).toBe(900);
    }
  });

  it('hold more orders of one second than fit on a page', async () => {
    const orders = someOrders(700, () => ({ createdAt: at(5), updatedAt: at(5) }));
    const { client } = await aShop({ orders });

    for (const list of [client.listPlacedSince, client.listUpdatedSince]) {
      const stubs = await all(list?.(new Date(at(0)), neverAborted));
      expect(new Set(stubs.map(({ shopOrderId }) => shopOrderId)).size).toBe(700);
    }
  });

  it('tell the same state as the order itself', async () => {
    const specs = [
      { cancelledAt: at(9) },
      { test: true },
      { displayFinancialStatus: 'REFUNDED' },
      { displayFulfillmentStatus: 'FULFILLED' },
      { displayFinancialStatus: 'PENDING', paymentGatewayNames: ['Cash on Delivery (COD)'] },
    ];
    const { client } = await aShop({ orders: specs.map((fields, nth) => aShopifyOrder({ id: idOf(nth), fields })) });

    const stubs = await all(client.listPlacedSince?.(new Date(at(0)), neverAborted));
    const orders = await Promise.all(specs.map((_, nth) => fetchOrder(client, idOf(nth))));
    expect(stubs.map(({ status }) => status)).toEqual(['cancelled', 'on_hold', 'refunded', 'completed', 'paid']);
    expect(orders.map(({ status }) => status)).toEqual(stubs.map(({ status }) => status));
  });
});

describe('the check of Shopify', () => {
  it('finds nothing to say where all is well', async () => {
    const { client } = await aShop();
    await client.check?.(neverAborted);
    expect(await client.warnings?.(neverAborted)).toEqual([]);
    expect(await client.now?.(neverAborted)).toEqual(new Date('2026-11-23T00:00:00Z'));
  });

  it('says that orders older than sixty days are out of reach, which nothing else would say', async () => {
    const orders = [aShopifyOrder({ id: idOf(0), createdAt: '2026-08-01T08:00:00Z' }), aShopifyOrder({ id: idOf(1) })];
    const { client } = await aShop({ orders, scopes: ['read_orders'] });

    expect(await client.warnings?.(neverAborted)).toEqual([expect.stringMatching(/60 days.*read_all_orders/)]);
    const results = await client.fetchOrders([idOf(0), idOf(1)], neverAborted);
    expect([idOf(0), idOf(1)].map((id) => results.get(id)?.kind)).toEqual(['not-found', 'order']);
  });

  it('says that the version is not served any more', async () => {
    const { shop, client } = await aShop({ orders: someOrders(1) }, { SHOP_API_VERSION: '2025-01' });

    expect(await client.warnings?.(neverAborted)).toEqual([
      expect.stringMatching(/2025-01 .*2026-01 .*SHOP_API_VERSION/),
    ]);
    expect((await fetchOrder(client, idOf(0))).status).toBe('paid');
    expect(shop.requests.map(({ version }) => version)).not.toContain('2025-01');
  });

  it('says that none of the webhooks that it can see is for orders', async () => {
    const { client } = await aShop({ webhooks: ['PRODUCTS_UPDATE'] });
    expect(await client.warnings?.(neverAborted)).toEqual([expect.stringContaining('webhook')]);
  });

  it('fails without the right to read orders', async () => {
    const { client } = await aShop({ scopes: ['read_products'] });
    expect(await failureOf(client.check?.(neverAborted) ?? Promise.resolve())).toMatchObject({
      reason: 'shop_refused_credentials',
    });
  });

  it('fails where there is no such API', async () => {
    const { client } = await aShop({}, { SHOP_API_VERSION: '2099-01' });
    expect(await failureOf(client.check?.(neverAborted) ?? Promise.resolve())).toMatchObject({ kind: 'outage' });
  });
});

function at(second: number, zone = 'Z'): string {
  return new Date(Date.parse('2026-11-22T08:00:00Z') + second * 1000).toISOString().slice(0, 19) + zone;
}
