import { describe, expect, it, onTestFinished, test } from 'vitest';
import { HTTP_LIMITS } from '../../../src/client/json-http.ts';
import { SyncError } from '../../../src/errors.ts';
import { at, auth, path, type Secret } from '../../../src/shop/toolkit/index.ts';
import { type ApiOptions, ShopApi } from '../../../src/shop/toolkit/shop-api.ts';
import { neverAborted } from '../rest/shops.ts';
import { type Answer, aServer, type Received } from './a-server.ts';

async function anApi(
  answer: (request: Received, nth: number) => Answer | Promise<Answer>,
  options: Partial<ApiOptions> = {},
) {
  const server = await aServer(answer);
  const api = new ShopApi({ baseUrl: `${server.url}/api`, limits: HTTP_LIMITS, ...options });
  onTestFinished(() => api.close());
  return { ...server, api, shop: api.until(neverAborted) };
}

const aSecret = (value: string): Secret => ({ name: 'SHOP_TOKEN', value, reread: () => false });

describe('requests', () => {
  it('are GETs with parameters, lists as several of one name', async () => {
    const { shop, requests } = await anApi(() => ({ body: { ok: true } }));
    expect(await shop.get(path`/orders/${'RE/2026#17'}`, { 'id[]': ['a b', 2], page: 1, none: undefined })).toEqual({
      ok: true,
    });
    expect(requests[0]).toMatchObject({ method: 'GET', headers: { accept: 'application/json' }, body: '' });
    expect(requests[0]?.url.pathname).toBe('/api/orders/RE%2F2026%2317');
    expect(requests[0]?.url.search).toBe('?id%5B%5D=a%20b&id%5B%5D=2&page=1');
  });

  it('are POSTs with JSON or a form', async () => {
    const { shop, requests } = await anApi(() => ({}));
    await shop.post('/search', { text: '龙井' }, { page: 2 });
    await shop.form('/search', { text: '龙 井&' });
    expect(
      requests.map(({ method, url, headers, body }) => [method, url.search, headers['content-type'], body]),
    ).toEqual([
      ['POST', '?page=2', 'application/json', '{"text":"龙井"}'],
      ['POST', '', 'application/x-www-form-urlencoded', 'text=%E9%BE%99%20%E4%BA%95%26'],
    ]);
    expect(requests.map(({ url }) => url.pathname)).toEqual(['/api/search', '/api/search']);
  });

  it('do not leave the address of the API', async () => {
    const { shop, requests } = await anApi(() => ({}));
    for (const way of [path`/orders/${'..'}`, '/../admin', '//evil.example', '/orders?x=1', 'orders', '/a/./b']) {
      await expect(shop.get(way), way).rejects.toMatchObject({ reason: 'malformed_event' });
    }
    expect(requests).toEqual([]);
  });

  it('keep the digits of numbers', async () => {
    const { shop } = await anApi(() => ({ body: '{"no":20261122000123456789}' }));
    expect(await shop.get('/orders')).toEqual({ no: '20261122000123456789' });
  });

  it("tell the shop's time", async () => {
    const { shop } = await anApi(() => ({ headers: { date: 'Wed, 25 Nov 2026 09:22:30 GMT' } }));
    expect(shop.date).toBeUndefined();
    await shop.get('/orders');
    expect(shop.date).toEqual(new Date('2026-11-25T09:22:30Z'));
  });
});

describe('replies that are errors', () => {
  it.each<[string, Answer, object]>([
    ['404 in JSON', { status: 404 }, { reason: 'order_not_found', kind: 'transient' }],
    [
      '404 as a web page',
      { status: 404, headers: { 'content-type': 'text/html' } },
      { reason: 'shop_error', kind: 'outage' },
    ],
    ['401', { status: 401 }, { reason: 'shop_refused_credentials' }],
    [
      '429 that says how long',
      { status: 429, headers: { 'retry-after': '2.0' } },
      { reason: 'shop_rate_limited', retryAfterMs: 2000 },
    ],
    ['500', { status: 500 }, { reason: 'shop_error', kind: 'transient' }],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, { reason: 'shop_error' }],
    ['a web page with 200', { headers: { 'content-type': 'text/html' }, body: '<html>' }, { reason: 'shop_bad_reply' }],
    ['broken JSON', { body: '{"a":' }, { reason: 'shop_bad_reply' }],
  ])('%s', async (_, answer, expected) => {
    const { shop } = await anApi(() => answer);
    await expect(shop.get('/orders/1')).rejects.toMatchObject(expected);
  });

  it('may come with HTTP 200: the shop says what they mean', async () => {
    const codes: Record<string, SyncError | 'shop_error' | 'order_not_found'> = {
      busy: 'shop_error',
      none: 'order_not_found',
      limit: new SyncError('shop_rate_limited', 'Too many.', { retryAfterMs: 700 }),
    };
    const { shop } = await anApi(
      ({ url }) => ({ body: { code: url.searchParams.get('code'), msg: 'Erika is secret' } }),
      {
        problem: ({ json }) => codes[String(at(json, 'code'))],
      },
    );
    await expect(shop.get('/orders', { code: 'busy' })).rejects.toMatchObject({ reason: 'shop_error' });
    await expect(shop.get('/orders', { code: 'none' })).rejects.toMatchObject({ reason: 'order_not_found' });
    await expect(shop.get('/orders', { code: 'limit' })).rejects.toMatchObject({ retryAfterMs: 700 });
    await expect(shop.get('/orders', { code: 'busy' })).rejects.not.toThrow('Erika');
    expect(await shop.get('/orders', { code: 'ok' })).toMatchObject({ code: 'ok' });
  });

  it('are read where they come with another status, to tell "no such order" from a wrong address', async () => {
    const { shop } = await anApi(({ url }) => ({ status: 404, body: { code: url.searchParams.get('code') } }), {
      isNotFound: ({ json }) => at(json, 'code') === 'no_such_order',
    });
    await expect(shop.get('/orders/1', { code: 'no_such_order' })).rejects.toMatchObject({ reason: 'order_not_found' });
    await expect(shop.get('/orders/1', { code: 'no_route' })).rejects.toMatchObject({
      ...{ reason: 'shop_error', kind: 'outage', message: expect.stringContaining('/api/orders/1') },
    });
  });

  it('are JSON whatever their type, where the shop is like that', async () => {
    const { shop } = await anApi(() => ({ headers: { 'content-type': 'text/html' }, body: '{"a":1}' }), {
      acceptsAnyType: true,
    });
    expect(await shop.get('/orders')).toEqual({ a: 1 });
  });

  it('are no replies beyond the limit of size and time', async () => {
    const limits = { ...HTTP_LIMITS, maxResponseBytes: 2000, timeoutMs: 200 };
    const { shop } = await anApi(
      ({ url }) => (url.pathname.endsWith('large') ? { body: 'x'.repeat(5000) } : new Promise(() => {})),
      { limits },
    );
    await expect(shop.get('/large')).rejects.toMatchObject({ reason: 'shop_bad_reply' });
    await expect(shop.get('/slow')).rejects.toMatchObject({ reason: 'shop_timeout' });
  });
});

describe('GraphQL', () => {
  const problem = auth.graphqlProblem({ FORBIDDEN: 'shop_refused_credentials', THROTTLED: 'shop_rate_limited' });
  it('posts the query with its variables, and returns the data', async () => {
    const { shop, requests } = await anApi(() => ({ body: { data: { order: null } } }), { problem });
    expect(await shop.graphql('query($id: ID!) { order(id: $id) { id } }', { id: '1' })).toEqual({ order: null });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ variables: { id: '1' } });
    expect(requests[0]?.url.pathname).toBe('/api');
  });

  it.each([
    [{ errors: [{ message: 'Erika', extensions: { code: 'FORBIDDEN' } }], data: null }, 'shop_refused_credentials'],
    [{ errors: [{}, { extensions: { code: 'THROTTLED' } }] }, 'shop_rate_limited'],
    [{ errors: [{ message: 'Erika', extensions: { code: 'INTERNAL' } }], data: { order: null } }, 'shop_error'],
    [{ data: null }, 'shop_bad_reply'],
    [[], 'shop_bad_reply'],
  ])('throws for %j', async (body, reason) => {
    const { shop } = await anApi(() => ({ body }), { problem });
    await expect(shop.graphql('{ orders { id } }')).rejects.toMatchObject({ reason });
    await expect(shop.graphql('{ orders { id } }')).rejects.not.toThrow('Erika');
  });
});

describe('a session', () => {
  function aSession(lifetimeMs?: number) {
    const login = auth.session({
      names: ['SHOP_USERNAME', 'SHOP_PASSWORD'],
      login: async (send) => {
        const reply = await send({
          method: 'POST',
          url: new URL('http://shop/login'),
          query: [],
          headers: {},
          body: { json: { user: 'u' } },
        });
        if (reply.statusCode !== 200) throw new SyncError('shop_refused_credentials', 'The shop refused the login.');
        return { token: String(at(reply.json, 'token')), ...(lifetimeMs === undefined ? {} : { lifetimeMs }) };
      },
      sign: (request, token) => auth.withHeader(request, 'authorization', `Bearer ${token}`),
    });
    const valid = new Set<string>();
    const logins: string[] = [];
    const answer = ({ url, headers }: Received): Answer => {
      if (url.pathname === '/login') {
        const token = `token-${logins.push('login')}`;
        valid.add(token);
        return { body: { token } };
      }
      return valid.has(headers.authorization?.slice(7) ?? '') ? { body: { ok: true } } : { status: 401 };
    };
    return { login, valid, logins, answer };
  }

  it('begins with one login, which all requests share', async () => {
    const { login, logins, answer } = aSession();
    const { shop } = await anApi(answer, { auth: login });
    await Promise.all([shop.get('/1'), shop.get('/2'), shop.get('/3')]);
    expect(logins).toHaveLength(1);
  });

  it('is renewed once for all whose token was refused, and they are sent again', async () => {
    const { login, valid, logins, answer } = aSession();
    const { shop } = await anApi(answer, { auth: login });
    await shop.get('/1');
    valid.clear();
    expect(await Promise.all(['/1', '/2', '/3', '/4'].map((way) => shop.get(way)))).toHaveLength(4);
    expect(logins).toHaveLength(2);
  });

  it('is renewed before it ends', async () => {
    const { login, logins, answer } = aSession(1);
    const { shop } = await anApi(answer, { auth: login });
    await shop.get('/1');
    await shop.get('/2');
    expect(logins).toHaveLength(2);
  });

  it('that cannot be had refuses the credentials, and is tried again by the next request', async () => {
    const { login, logins, answer } = aSession();
    let isDown = true;
    const { shop } = await anApi(
      (request) => (isDown && request.url.pathname === '/login' ? { status: 401 } : answer(request)),
      { auth: login },
    );
    await expect(shop.get('/1')).rejects.toMatchObject({
      ...{ reason: 'shop_refused_credentials', message: 'The shop refused the login.' },
    });
    isDown = false;
    await shop.get('/1');
    expect(logins).toHaveLength(1);
  });

  it('is not waited for by whoever gives up, but begins for the others all the same', async () => {
    const { login, answer } = aSession();
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { api } = await anApi(
      async (request) => {
        if (request.url.pathname === '/login') {
          asked.resolve();
          await go.promise;
        }
        return answer(request);
      },
      { auth: login },
    );
    const gaveUp = new AbortController();
    const first = api.until(gaveUp.signal).get('/1');
    const second = api.until(neverAborted).get('/2');
    await asked.promise;
    gaveUp.abort(new Error('gave up'));
    await expect(first).rejects.toThrow('gave up');
    go.resolve();
    expect(await second).toEqual({ ok: true });
  });
});

test('credentials that stay refused are tried no more than twice', async () => {
  const rotated: Secret = { name: 'SHOP_TOKEN', value: 't', reread: () => true };
  const { shop, requests } = await anApi(() => ({ status: 403 }), { auth: auth.bearer(rotated) });
  await expect(shop.get('/1')).rejects.toMatchObject({
    ...{ reason: 'shop_refused_credentials', message: expect.stringContaining('Check SHOP_TOKEN') },
  });
  expect(requests).toHaveLength(2);
});

test('a secret in the address is in no message', async () => {
  const { shop } = await anApi(() => ({ status: 404, headers: { 'content-type': 'text/html' } }), {
    auth: auth.query('key', aSecret('s3cret')),
  });
  await expect(shop.get('/1')).rejects.not.toThrow('s3cret');
});

test('a budget of points is not overdrawn by requests at the same time', async () => {
  let left = 100;
  let isOverdrawn = false;
  const [cost, restoredPerSecond] = [50, 400];
  let last = performance.now();
  const { shop, requests } = await anApi(
    () => {
      const now = performance.now();
      left = Math.min(100, left + ((now - last) / 1000) * restoredPerSecond) - cost;
      last = now;
      isOverdrawn ||= left < -1;
      return { body: { available: left } };
    },
    { budget: (json) => ({ available: Number(at(json, 'available')), restoredPerSecond, cost }) },
  );
  await shop.get('/1');
  await Promise.all(['/2', '/3', '/4', '/5'].map((way) => shop.get(way)));
  expect(requests).toHaveLength(5);
  expect(isOverdrawn).toBe(false);
});
