import { describe, expect, it, onTestFinished, test } from 'vitest';
import type { OrderStub, ShopClient } from '../../../src/shop/shop-client.ts';
import { auth, defineShop, type Fields, lists, path, type ShopDefinition, z } from '../../../src/shop/toolkit/index.ts';
import { neverAborted } from '../rest/shops.ts';
import { type Answer, aServer, type Received } from './a-server.ts';

function anOrder(id: string, more: object = {}): object {
  const times = { placed: '2026-11-25T09:00:00Z', changed: `2026-11-25T10:00:${id.slice(-2).padStart(2, '0')}Z` };
  return { id, no: `SO-${id}`, currency: 'CNY', total: '10.00', lines: [{ qty: 1 }, { qty: 0 }], ...times, ...more };
}

function toOrder(order: Fields): object {
  if (order.flag('explode')) throw new TypeError('Cannot read properties of Erika');
  return {
    ...order.texts({
      orderNumber: 'no',
      shopOrderId: 'id',
      currency: 'currency',
      placedAt: 'placed',
      updatedAt: 'changed',
    }),
    status: 'paid',
    lines: order.list('lines').map((line) => ({ quantity: line.number('qty'), name: order.text('note') })),
    totals: { grand: order.money('total') },
  };
}

const DEFINITION = {
  one: (api, id) => api.get(path`/orders/${id}`),
  many: async (api, ids) => lists.of(await api.get('/orders', { ids: ids.join() })),
  maxBatch: 3,
  toOrder,
  changed: async (api, since, cursor) => {
    const items = lists.of(await api.get('/orders', { since: since.toISOString(), page: cursor }));
    return lists.byNumber(items, { cursor, size: 2 });
  },
  placed: async (api, since, cursor) => {
    const items = lists.of(await api.get('/placed', { since: since.toISOString(), page: cursor }));
    return lists.byNumber(items, { cursor, size: 2 });
  },
  ping: (api) => api.get('/ping'),
} satisfies Omit<ShopDefinition, 'api'>;

async function aShop(
  orders: readonly object[],
  more: Partial<ShopDefinition> = {},
  answer?: (request: Received) => Answer | undefined,
  base: Omit<ShopDefinition, 'api'> = DEFINITION,
) {
  const server = await aServer((request) => {
    const { pathname, searchParams: query } = request.url;
    const own = answer?.(request);
    if (own !== undefined) return own;
    const ids = query.get('ids')?.split(',');
    const idOf = (order: object) => String(Reflect.get(order, 'id'));
    if (ids !== undefined) return { body: orders.filter((order) => ids.includes(idOf(order))) };
    const page = Number(query.get('page') ?? 1);
    if (pathname === '/ping' || query.has('since')) return { body: orders.slice((page - 1) * 2, page * 2) };
    const found = orders.find((order) => pathname === `/orders/${idOf(order)}`);
    return found === undefined ? { status: 404 } : { body: found };
  });
  const create = defineShop((settings) => ({
    ...base,
    api: { baseUrl: settings.url('SHOP_URL'), auth: auth.bearer(settings.secret('SHOP_TOKEN')) },
    ...more,
  }));
  const shop = await create({ env: { SHOP_URL: server.url, SHOP_TOKEN: 't' } });
  onTestFinished(() => shop.close?.());
  return { shop, requests: server.requests };
}

async function results(shop: ShopClient, ...references: string[]) {
  return Object.fromEntries(await shop.fetchOrders(references, neverAborted));
}

async function listed(list: AsyncIterable<OrderStub> | undefined): Promise<OrderStub[]> {
  const stubs: OrderStub[] = [];
  for await (const stub of list ?? []) stubs.push(stub);
  return stubs;
}

describe('orders', () => {
  it('come in batches, each under the name it was asked by, absent ones and all', async () => {
    const { shop } = await aShop([anOrder('1'), anOrder('2'), anOrder('3'), anOrder('4')]);
    expect(await results(shop, '4', '2', '9', '1')).toMatchObject({
      ...{ 1: { kind: 'order', order: { shopOrderId: '1' } }, 2: { kind: 'order' }, 4: { kind: 'order' } },
      9: { kind: 'not-found' },
    });
    expect([shop.maxBatch, shop.fetchesBy]).toEqual([3, 'shopOrderId']);
  });

  it('that the shop left out of a batch are asked for alone', async () => {
    const { shop } = await aShop([anOrder('1'), anOrder('2'), anOrder('3')], {
      many: async (api) => lists.of(await api.get('/orders', { ids: '1' })),
    });
    expect(await results(shop, '1', '2', '3')).toMatchObject({ 2: { kind: 'order' }, 3: { kind: 'order' } });
  });

  it('are not taken for another that came along, or twice', async () => {
    const orders = [anOrder('1'), anOrder('2'), anOrder('3')];
    const { shop } = await aShop(orders, {
      many: async () => [...orders, anOrder('2', { total: '99.00' }), null, 'text'],
    });
    expect(await results(shop, '1', '2')).toMatchObject({
      ...{ 1: { kind: 'order' }, 2: { kind: 'order', order: { totals: { grand: '10.00' } } } },
    });
    const { shop: other } = await aShop([], { one: async () => anOrder('7') });
    expect(await results(other, '1')).toMatchObject({ 1: { kind: 'failed', error: { reason: 'wrong_order' } } });
  });

  it('are known by several names, if the shop can be asked by them', async () => {
    const orders = [anOrder('1'), anOrder('2')];
    const { shop } = await aShop(orders, { names: ['id', 'no'], many: async () => orders });
    expect(await results(shop, '1', 'SO-2')).toMatchObject({ 1: { kind: 'order' }, 'SO-2': { kind: 'order' } });
  });

  it('that are bad spoil only themselves, in sentences that name fields and no values', async () => {
    const schema = z.object({ strict: z.string() });
    const { shop } = await aShop(
      [
        anOrder('1'),
        anOrder('2', { currency: 'yuan' }),
        anOrder('3', { lines: null }),
        anOrder('4', { explode: true }),
        anOrder('5', { zod: true }),
      ],
      { maxBatch: 10, toOrder: (order) => (order.flag('zod') ? schema.parse(order.json) : toOrder(order)) },
    );
    const found = await results(shop, '1', '2', '3', '4', '5');
    expect(found).toMatchObject({
      1: { kind: 'order' },
      2: { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('currency') } },
      3: { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('lines') } },
      4: { kind: 'failed', error: { reason: 'invalid_order', message: expect.not.stringContaining('Erika') } },
      5: { kind: 'failed', error: { reason: 'invalid_order', message: expect.stringContaining('strict') } },
    });
  });

  it('take what completes them in a request of its own, whose failure is theirs alone', async () => {
    const isCompletion = ({ url }: Received) => url.pathname.endsWith('/note');
    const { shop } = await aShop(
      [anOrder('1'), anOrder('2')],
      { complete: async (api, order) => ({ note: (await api.get(path`/orders/${order.id('id')}/note`)) ?? null }) },
      (request) =>
        isCompletion(request)
          ? request.url.pathname.includes('/2/')
            ? { status: 500 }
            : { body: '"gift"' }
          : undefined,
    );
    expect(await results(shop, '1', '2')).toMatchObject({
      1: { kind: 'order', order: { lines: [{ name: 'gift' }] } },
      2: { kind: 'failed', error: { reason: 'shop_error' } },
    });
    await expect(results(shop, '2')).rejects.toMatchObject({ reason: 'shop_error' });
  });

  it('have no lines of which nothing is left to ship', async () => {
    const { shop } = await aShop([anOrder('1')]);
    expect(await results(shop, '1')).toMatchObject({ 1: { order: { lines: [{ quantity: 1 }] } } });
  });

  it('are asked for one by one where the shop can do no more', async () => {
    const { many: _, ...alone } = DEFINITION;
    const { shop, requests } = await aShop([anOrder('1'), anOrder('2')], {}, undefined, alone);
    expect(shop.maxBatch).toBe(1);
    expect(await results(shop, '1', '2')).toMatchObject({ 1: { kind: 'order' }, 2: { kind: 'order' } });
    expect(requests.map(({ url }) => url.pathname).toSorted()).toEqual(['/orders/1', '/orders/2']);
  });

  it('that have no names are a reply that makes no sense', async () => {
    const { shop } = await aShop([], { one: async () => ({ error: 'busy' }) });
    await expect(results(shop, '1')).rejects.toMatchObject({ reason: 'shop_bad_reply' });
  });

  it.each(['../1', 'a&b'])('by the name %j are not asked for', async (name) => {
    const { shop, requests } = await aShop([]);
    expect(await results(shop, name)).toMatchObject({
      [name]: { kind: 'failed', error: { reason: 'malformed_event' } },
    });
    expect(await results(shop, name, `${name}2`)).toMatchObject({ [name]: { kind: 'failed' } });
    expect(requests).toEqual([]);
  });
});

describe('lists', () => {
  const five = ['1', '2', '3', '4', '5'].map((id) => anOrder(id));

  it('are walked page by page, each failed request again', async () => {
    let failures = 0;
    const { shop } = await aShop(five, {}, ({ url }) => {
      const fails = url.searchParams.get('page') === '2' && failures++ === 0;
      return fails ? { status: 500 } : undefined;
    });
    const stubs = await listed(shop.listPlacedSince?.(new Date('2026-11-25T00:00:00Z'), neverAborted));
    expect(stubs.map(({ shopOrderId }) => shopOrderId)).toEqual(['1', '2', '3', '4', '5']);
    expect(failures).toBe(2);
  });

  it('begin a second before, as some shops read "since" as "after", and leave out what is earlier', async () => {
    const { shop, requests } = await aShop(five, {
      changed: async (api, since) => ({
        items: lists.of(await api.get('/ping', { since: since.toISOString() })),
        next: null,
      }),
    });
    const stubs = await listed(shop.listUpdatedSince?.(new Date('2026-11-25T10:00:02Z'), neverAborted));
    expect(stubs.map(({ shopOrderId }) => shopOrderId)).toEqual(['2']);
    expect(requests[0]?.url.searchParams.get('since')).toBe('2026-11-25T10:00:01.000Z');
  });

  it('break off with the failure of a page that does not pass', async () => {
    const { shop } = await aShop(five, {}, ({ url }) =>
      url.searchParams.get('page') === '2' ? { status: 401 } : undefined,
    );
    const list = shop.listPlacedSince?.(new Date('2026-11-25T00:00:00Z'), neverAborted);
    await expect(listed(list)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
  });
});

test('the check asks for what only works with the right address and key, and warns of the rest', async () => {
  const { shop } = await aShop([anOrder('1')], { warnings: async () => ['A webhook is off.'] });
  await shop.check?.(neverAborted);
  expect(await shop.warnings?.(neverAborted)).toEqual(['A webhook is off.']);
  expect(await shop.now?.(neverAborted)).toBeInstanceOf(Date);
  const { shop: closed } = await aShop([], {}, () => ({ status: 401 }));
  await expect(closed.check?.(neverAborted)).rejects.toMatchObject({ reason: 'shop_refused_credentials' });
});

test('a rate in requests per second limits the calls as well', async () => {
  const { shop } = await aShop([], {
    api: {
      baseUrl: 'http://127.0.0.1:9',
      limits: { timeoutMs: 1, maxResponseBytes: 1024, concurrency: 9, requestsPerSecond: 1.5 },
    },
  });
  expect(shop.maxCalls).toBe(2);
});
