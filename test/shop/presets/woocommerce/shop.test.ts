import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createShop } from '../../../../src/shop/create-shop.ts';
import type { OrderStub, ShopClient } from '../../../../src/shop/shop-client.ts';
import { neverAborted } from '../../rest/shops.ts';
import { aWooCommerce, sample, type WooOrder } from './stand-in.ts';

const KEYS = { SHOP_KEY: 'ck_right', SHOP_SECRET: 'cs_right' };

async function clientOf({ url }: { url: string }, env: Record<string, string> = KEYS): Promise<ShopClient> {
  const client = await createShop({ preset: 'woocommerce', baseUrl: url }, { SHOP_BASE_URL: url, ...env });
  onTestFinished(() => client.close?.());
  return client;
}

async function aShop(env?: Record<string, string>) {
  const shop = await aWooCommerce();
  return { shop, client: await clientOf(shop, env) };
}

async function listed(list: AsyncIterable<OrderStub> | undefined): Promise<OrderStub[]> {
  const stubs: OrderStub[] = [];
  for await (const stub of list ?? []) stubs.push(stub);
  return stubs;
}

function anOrder(id: number, changes: Partial<WooOrder> = {}): WooOrder {
  return { ...sample('order-processing'), id, number: String(id), ...changes };
}

const seconds = (count: number) =>
  new Date(Date.parse('2026-11-26T00:00:00Z') + count * 1000).toISOString().slice(0, 19);

describe('fetching', () => {
  it('finds an order by its id, not by a number that happens to be the id of another', async () => {
    const { shop, client } = await aShop();
    shop.orders = [anOrder(1001, { number: '1002' }), anOrder(1002, { number: '1001' })];
    for (const references of [['1001'], ['1001', '1002']]) {
      const result = (await client.fetchOrders(references, neverAborted)).get('1001');
      expect(result).toMatchObject({ kind: 'order', order: { shopOrderId: '1001', orderNumber: '1002' } });
    }
    expect(client.fetchesBy).toBe('shopOrderId');
  });

  it('gets a hundred at once, those in the trash and in the states of plug-ins as well', async () => {
    const { shop, client } = await aShop();
    shop.orders = Array.from({ length: 100 }, (_, index) => anOrder(1000 + index));
    shop.orders.push(anOrder(1, { status: 'trash' }), anOrder(2, { status: 'packed' }));
    const references = ['1', '2', ...shop.orders.slice(0, 98).map(({ id }) => String(id))];
    const results = await client.fetchOrders(references, neverAborted);
    expect([...results.values()].map(({ kind }) => kind)).toEqual(Array.from({ length: 100 }, () => 'order'));
    expect(shop.requests.filter(({ pathname }) => pathname.includes('/orders/1'))).toEqual([]);
  });

  it('does not ask for what cannot be an id: a wrong address would look the same', async () => {
    const { shop, client } = await aShop();
    for (const references of [['WEB-2026-00042'], ['WEB-2026-00042', 'RE/2026#17']]) {
      const results = await client.fetchOrders(references, neverAborted);
      expect([...results.values()]).toEqual(references.map(() => ({ kind: 'not-found' })));
    }
    expect(shop.requests).toEqual([]);
  });

  it('tells an order that does not exist from a wrong address', async () => {
    const { shop, client } = await aShop();
    expect((await client.fetchOrders(['999'], neverAborted)).get('999')).toEqual({ kind: 'not-found' });
    const lost = await clientOf({ url: `${shop.url}/blog` });
    await expect(lost.fetchOrders(['999'], neverAborted)).rejects.toMatchObject({
      reason: 'shop_error',
      kind: 'outage',
      message: expect.stringContaining('/blog/wp-json/wc/v3/orders/999'),
    });
  });

  it('lets an order that the shop fails on, or that cannot be read, spoil only itself', async () => {
    const { shop, client } = await aShop();
    shop.broken.add(31);
    shop.orders = shop.orders.map((order) => (order.id === 26 ? { ...order, line_items: null } : order));
    const results = await client.fetchOrders(['26', '27', '28', '31', '999'], neverAborted);
    expect([...results.entries()].toSorted()).toMatchObject([
      ['26', { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('line_items') } }],
      ['27', { kind: 'order' }],
      ['28', { kind: 'order' }],
      ['31', { kind: 'failed', error: { reason: 'shop_error' } }],
      ['999', { kind: 'not-found' }],
    ]);
  });

  it('waits as the shop asks during maintenance', async () => {
    const { shop, client } = await aShop();
    shop.isInMaintenance = true;
    await expect(client.fetchOrders(['26'], neverAborted)).rejects.toMatchObject({ reason: 'shop_rate_limited' });
  });

  it('takes the secret from its file again when the shop refuses it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-woocommerce-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'secret');
    writeFileSync(file, 'cs_right\n');
    const { shop, client } = await aShop({ SHOP_KEY: 'ck_right', SHOP_SECRET_FILE: file });
    expect((await client.fetchOrders(['26'], neverAborted)).get('26')?.kind).toBe('order');
    shop.secret = 'cs_rotated';
    await expect(client.fetchOrders(['26'], neverAborted)).rejects.toMatchObject({
      reason: 'shop_refused_credentials',
      message: expect.stringContaining('SHOP_KEY, SHOP_SECRET'),
    });
    writeFileSync(file, 'cs_rotated\n');
    expect((await client.fetchOrders(['26'], neverAborted)).get('26')?.kind).toBe('order');
  });
});

describe('the list of changes', () => {
  it('begins with a change of that very second, whatever the zone of the shop', async () => {
    const { shop, client } = await aShop();
    shop.orders = [1, 2, 3].map((id) => anOrder(id, { date_modified_gmt: seconds(id) }));
    const stubs = await listed(client.listUpdatedSince?.(new Date(`${seconds(2)}Z`), neverAborted));
    expect(stubs.map(({ shopOrderId, updatedAt }) => [shopOrderId, updatedAt])).toEqual([
      ['2', `${seconds(2)}.000Z`],
      ['3', `${seconds(3)}.000Z`],
    ]);
  });

  it('is complete over many pages, with hundreds of changes in one second, trash and drafts included', async () => {
    const { shop, client } = await aShop();
    shop.orders = Array.from({ length: 420 }, (_, index) =>
      anOrder(index + 1, {
        date_modified_gmt: seconds(index < 250 ? 10 : index),
        status: ['processing', 'trash', 'packed', 'checkout-draft'][index % 4] ?? '',
      }),
    );
    const stubs = await listed(client.listUpdatedSince?.(new Date(`${seconds(0)}Z`), neverAborted));
    expect(new Set(stubs.map(({ shopOrderId }) => shopOrderId)).size).toBe(420);
    expect(stubs.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it('goes on behind an order whose number is odd or which cannot be read, and names it by its id', async () => {
    const { shop, client } = await aShop();
    shop.orders = [
      anOrder(1, { date_modified_gmt: seconds(1), number: 'A & B' }),
      anOrder(2, { date_modified_gmt: seconds(2), line_items: null }),
      anOrder(3, { date_modified_gmt: seconds(3) }),
    ];
    expect(await listed(client.listUpdatedSince?.(new Date(`${seconds(0)}Z`), neverAborted))).toMatchObject([
      { shopOrderId: '1', problem: expect.stringContaining('orderNumber') },
      { shopOrderId: '2', problem: expect.stringContaining('line_items') },
      { shopOrderId: '3', orderNumber: '3', status: 'paid' },
    ]);
  });
});

it('lists the placed orders, oldest first', async () => {
  const { shop, client } = await aShop();
  shop.orders = Array.from({ length: 230 }, (_, index) => anOrder(index + 1, { date_created_gmt: seconds(index) }));
  const stubs = await listed(client.listPlacedSince?.(new Date(`${seconds(20)}Z`), neverAborted));
  expect(stubs.map(({ shopOrderId }) => Number(shopOrderId))).toEqual(Array.from({ length: 210 }, (_, i) => i + 21));
});

it("tells the shop's time", async () => {
  const { client } = await aShop();
  expect(Math.abs(Number(await client.now?.(neverAborted)) - Date.now())).toBeLessThan(60_000);
});

describe('the check', () => {
  it('passes with the right address and key', async () => {
    const { client } = await aShop();
    await client.check?.(neverAborted);
    expect(await client.warnings?.(neverAborted)).toEqual([]);
  });

  it.each([
    ['the wrong secret', { SHOP_SECRET: 'cs_wrong' }],
    ['an unknown key', { SHOP_KEY: 'ck_unknown' }],
  ])('fails with %s', async (_, env) => {
    const { client } = await aShop({ ...KEYS, ...env });
    await expect(client.check?.(neverAborted)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  });

  it('fails where the shop refuses the key over plain http', async () => {
    const { shop, client } = await aShop();
    shop.isPlainHttpRefused = true;
    await expect(client.check?.(neverAborted)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  });

  it('fails at an address without the API', async () => {
    const { shop } = await aShop();
    const client = await clientOf({ url: `${shop.url}/blog` });
    await expect(client.check?.(neverAborted)).rejects.toMatchObject({ reason: 'shop_error', kind: 'outage' });
  });

  it('fails with a key that may read orders, but not the states that lists are asked for by', async () => {
    const { shop, client } = await aShop();
    shop.mayReadReports = false;
    await expect(client.check?.(neverAborted)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  });

  it('names the webhooks for orders that are switched off', async () => {
    const { shop, client } = await aShop();
    shop.webhooks = [
      { topic: 'order.created', status: 'active' },
      { topic: 'order.updated', status: 'disabled' },
      { topic: 'order.deleted', status: 'paused' },
      { topic: 'product.updated', status: 'disabled' },
    ];
    expect(await client.webhooksOff?.(neverAborted)).toEqual(['order.updated', 'order.deleted']);
  });
});

describe('the settings', () => {
  it('are complained about all at once', async () => {
    const settings = { SHOP_BASE_URL: 'http://shop.example' };
    await expect(createShop({ preset: 'woocommerce', baseUrl: '' }, settings)).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [
        expect.stringMatching(/^SHOP_BASE_URL: .*https:/),
        expect.stringMatching(/^SHOP_KEY: not set/),
        expect.stringMatching(/^SHOP_SECRET: not set/),
      ],
    });
  });

  it('may have the path of the API in the address', async () => {
    const shop = await aWooCommerce();
    const client = await clientOf({ url: `${shop.url}/wp-json/wc/v3/` });
    await client.check?.(neverAborted);
  });
});
