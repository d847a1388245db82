import { describe, expect, it } from 'vitest';
import createMagento from '../../../src/shop/presets/magento.ts';
import { aClient, failureOf, fetchOrder, neverAborted } from './clients.ts';
import { all } from './stand-in.ts';
import { aMagento, type MagentoOptions } from './stand-ins/magento.ts';
import { aMagentoOrder, type MagentoOrderSpec } from './stand-ins/magento-orders.ts';

const TOKEN = 'integration-token';

async function aShop(options: MagentoOptions = {}, env: Readonly<Record<string, string>> = { SHOP_TOKEN: TOKEN }) {
  const shop = await aMagento({ integrationToken: TOKEN, ...options });
  const client = await aClient(createMagento, { SHOP_BASE_URL: shop.url, ...env });
  return { shop, client };
}

function someOrders(count: number, spec: (nth: number) => Partial<MagentoOrderSpec> = () => ({})) {
  return Array.from({ length: count }, (_, nth) => aMagentoOrder({ id: nth + 1, ...spec(nth) }));
}

describe('fetching orders from Magento', () => {
  it('asks for many at once, by number or by id', async () => {
    const { shop, client } = await aShop({ orders: someOrders(60) });
    const references = ['000000001', '2', '000000060', '59'];
    const results = await client.fetchOrders(references, neverAborted);

    const found = references.map((reference) => results.get(reference));
    expect(found.map((result) => (result?.kind === 'order' ? result.order.shopOrderId : result?.kind))).toEqual([
      '1',
      '2',
      '60',
      '59',
    ]);
    expect(shop.requests).toHaveLength(1);
  });

  it('knows what is not there, although MySQL takes "000000012" for the id 12', async () => {
    const { client } = await aShop({ orders: [aMagentoOrder({ id: 12, number: '100000007' })] });
    const results = await client.fetchOrders(['12', '000000012', '100000007', '12abc'], neverAborted);

    expect(['12', '000000012', '100000007', '12abc'].map((reference) => results.get(reference)?.kind)).toEqual([
      'order',
      'not-found',
      'order',
      'not-found',
    ]);
  });

  it("takes a number for the number, even if it is another order's id", async () => {
    const orders = [aMagentoOrder({ id: 7, number: '8' }), aMagentoOrder({ id: 8, number: '9' })];
    const { client } = await aShop({ orders });

    expect(await fetchOrder(client, '8')).toMatchObject({ orderNumber: '8', shopOrderId: '7' });
    const results = await client.fetchOrders(['8', '9'], neverAborted);
    const ids = [...results].map(([reference, result]) => [
      reference,
      result.kind === 'order' ? result.order.shopOrderId : result.kind,
    ]);
    expect(Object.fromEntries(ids)).toEqual({ 8: '7', 9: '8' });
  });

  it('spoils only the one order that cannot be read', async () => {
    const { client } = await aShop({
      orders: [aMagentoOrder({ id: 1 }), aMagentoOrder({ id: 2, fields: { base_currency_code: null } })],
    });
    const results = await client.fetchOrders(['1', '2'], neverAborted);

    expect(results.get('1')?.kind).toBe('order');
    expect(results.get('2')).toMatchObject({ kind: 'failed', error: { reason: 'invalid_order' } });
  });

  it('takes a wrong address for an outage, never for an order that does not exist', async () => {
    const { shop } = await aShop({ orders: someOrders(1) });
    for (const path of ['/shop', '/rest/default']) {
      const client = await aClient(createMagento, { SHOP_BASE_URL: shop.url + path, SHOP_TOKEN: TOKEN });
      expect(await failureOf(fetchOrder(client, '1'))).toMatchObject({ reason: 'shop_error', kind: 'outage' });
    }
  });
});

describe('the credentials of Magento', () => {
  const oauth = {
    consumerKey: 'consumer-key',
    consumerSecret: 'consumer-secret/&=',
    accessToken: 'access-token',
    accessTokenSecret: 'access-token-secret+',
  };
  const signed = {
    SHOP_CONSUMER_KEY: oauth.consumerKey,
    SHOP_CONSUMER_SECRET: oauth.consumerSecret,
    SHOP_ACCESS_TOKEN: oauth.accessToken,
    SHOP_ACCESS_TOKEN_SECRET: oauth.accessTokenSecret,
  };
  const admin = { username: 'order-sync', password: 'correct horse' };
  const login = { SHOP_USERNAME: admin.username, SHOP_PASSWORD: admin.password };

  it('may be those of an integration, which signs each request', async () => {
    const { client } = await aShop({ orders: someOrders(3), oauth }, signed);
    const results = await client.fetchOrders(['000000001', '000000002'], neverAborted);

    expect([...results.values()].map(({ kind }) => kind)).toEqual(['order', 'order']);
    expect(await all(client.listUpdatedSince?.(new Date(at(-9)), neverAborted))).toHaveLength(3);
  });

  it.each(Object.keys(signed))('are refused with a wrong %s', async (name) => {
    const { client } = await aShop({ orders: someOrders(1), oauth }, { ...signed, [name]: 'wrong' });
    expect(await failureOf(fetchOrder(client, '1'))).toMatchObject({ reason: 'shop_refused_credentials' });
  });

  it("may be an admin's, who logs in once for all requests", async () => {
    const { shop, client } = await aShop({ orders: someOrders(2), admin }, login);
    const orders = await Promise.all([fetchOrder(client, '1'), fetchOrder(client, '2')]);
    orders.push(await fetchOrder(client, '1'));

    expect(orders.map(({ shopOrderId }) => shopOrderId)).toEqual(['1', '2', '1']);
    expect(shop.logins).toBe(1);
  });

  it('are renewed when the token is over before its time', async () => {
    const { shop, client } = await aShop({ orders: someOrders(1), admin }, login);
    await fetchOrder(client, '1');
    shop.revokeTokens();

    expect((await fetchOrder(client, '1')).shopOrderId).toBe('1');
    expect(shop.logins).toBe(2);
  });

  it.each([
    ['the password is wrong', { SHOP_PASSWORD: 'wrong' }, {}, 'SHOP_PASSWORD'],
    ['admins have two factors', {}, { hasTwoFactors: true }, 'SHOP_CONSUMER_KEY'],
  ])('say what to do when %s', async (_, env, options, name) => {
    const { client } = await aShop({ orders: someOrders(1), admin, ...options }, { ...login, ...env });
    const error = await failureOf(fetchOrder(client, '1'));

    expect(error).toMatchObject({ reason: 'shop_refused_credentials', kind: 'outage' });
    expect(error.message).toContain(name);
    expect(error.message).not.toContain(admin.password);
  });

  it('are asked for, all at once', async () => {
    await expect(aClient(createMagento, {})).rejects.toThrow(/SHOP_BASE_URL[\s\S]*SHOP_TOKEN/);
    const half = { SHOP_BASE_URL: 'https://shop.example', SHOP_CONSUMER_KEY: 'key' };
    await expect(aClient(createMagento, half)).rejects.toThrow(
      /SHOP_CONSUMER_SECRET[\s\S]*SHOP_ACCESS_TOKEN[\s\S]*SHOP_ACCESS_TOKEN_SECRET/,
    );
  });
});

describe("Magento's lists", () => {
  it('have every order that changed since then, oldest change first', async () => {
    const { client } = await aShop({ orders: someOrders(350, (nth) => ({ updatedAt: wall(350 - nth) })) });
    const stubs = await all(client.listUpdatedSince?.(new Date(at(101)), neverAborted));

    expect(stubs).toHaveLength(250);
    expect(stubs[0]).toEqual({
      orderNumber: '000000250',
      shopOrderId: '250',
      status: 'paid',
      updatedAt: at(101),
    });
    expect(stubs.map(({ updatedAt }) => updatedAt)).toEqual(stubs.map(({ updatedAt }) => updatedAt).toSorted());
  });

  it('end at the last page, which Magento would repeat for ever', async () => {
    for (const count of [100, 200, 201]) {
      const { shop, client } = await aShop({ orders: someOrders(count, (nth) => ({ createdAt: wall(nth) })) });
      const stubs = await all(client.listPlacedSince?.(new Date(at(0)), neverAborted));

      expect(stubs).toHaveLength(count);
      expect(shop.requests).toHaveLength(Math.ceil(count / 100));
    }
  });

  it('miss none of those that do not change while the list is read', async () => {
    const orders = someOrders(300, (nth) => ({ updatedAt: wall(nth) }));
    let isMoved = false;
    const { shop, client } = await aShop({
      orders,
      beforeList: () => {
        if (isMoved || shop.requests.length < 2) return;
        isMoved = true;
        for (let id = 1; id <= 40; id++) shop.put(aMagentoOrder({ id, updatedAt: wall(1_000 + id) }));
      },
    });
    const stubs = await all(client.listUpdatedSince?.(new Date(at(0)), neverAborted));

    const ids = new Set(stubs.map(({ shopOrderId }) => shopOrderId));
    expect(orders.filter(({ entity_id }) => !ids.has(String(entity_id)))).toEqual([]);
  });

  it('hold more orders of one second than fit on a page', async () => {
    const { client } = await aShop({ orders: someOrders(250, () => ({ updatedAt: wall(5) })) });
    const stubs = await all(client.listUpdatedSince?.(new Date(at(0)), neverAborted));
    expect(new Set(stubs.map(({ shopOrderId }) => shopOrderId)).size).toBe(250);
  });

  it('tell the same state as the order itself', async () => {
    const specs: Partial<MagentoOrderSpec>[] = [
      { state: 'canceled', paid: 0 },
      { state: 'closed', refunded: 40 },
      { state: 'holded' },
      { state: 'new', paid: 0, method: 'cashondelivery' },
      { state: 'processing', paid: 0 },
    ];
    const { client } = await aShop({ orders: specs.map((spec, nth) => aMagentoOrder({ id: nth + 1, ...spec })) });

    const stubs = await all(client.listPlacedSince?.(new Date(at(-9)), neverAborted));
    const orders = await Promise.all(specs.map((_, nth) => fetchOrder(client, String(nth + 1))));
    expect(stubs.map(({ status }) => status)).toEqual(['cancelled', 'refunded', 'on_hold', 'paid', 'pending']);
    expect(orders.map(({ status }) => status)).toEqual(stubs.map(({ status }) => status));
  });
});

describe('the check of Magento', () => {
  it('passes where orders may be read, and tells the time by the shop', async () => {
    const { client } = await aShop();
    await client.check?.(neverAborted);
    expect(await client.warnings?.(neverAborted)).toEqual([]);
    expect(await client.now?.(neverAborted)).toEqual(new Date('2026-11-23T00:00:00Z'));
  });

  it('fails without the right to read orders', async () => {
    const { client } = await aShop({ mayReadOrders: false });
    const error = await failureOf(client.check?.(neverAborted) ?? Promise.resolve());
    expect(error).toMatchObject({ reason: 'shop_refused_credentials' });
    expect(error.message).toContain('SHOP_TOKEN');
  });
});

function at(second: number): string {
  return new Date(Date.parse('2026-11-22T08:00:00Z') + second * 1000).toISOString();
}

function wall(second: number): string {
  return at(second).slice(0, 19).replace('T', ' ');
}
