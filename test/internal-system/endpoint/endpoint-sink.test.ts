import { describe, expect, onTestFinished, test } from 'vitest';
import createEndpointSink from '../../../src/internal-system/endpoint/endpoint-sink.ts';
import { anOrder } from '../../helpers/order-builder.ts';
import { aDelivery, anEndpoint, aSignal, aSink, SECRET } from './an-endpoint.ts';
import { isGenuine } from './is-genuine.ts';

describe('what the endpoint gets', () => {
  test('one PUT of the order in its canonical form, with its revision and what was delivered before', async () => {
    const { url, requests } = await anEndpoint();
    const sink = await aSink(`${url}/erp.php`);
    const previous = { order: anOrder({ status: 'pending' }), revision: 2, erpId: 'SO-7' };
    const delivery = aDelivery({}, { revision: 3, previous, uncertain: true });
    expect(await sink.upsert(delivery, aSignal())).toEqual({});
    expect(requests).toMatchObject([
      { method: 'PUT', url: '/erp.php', headers: { 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      key: delivery.key,
      shop: 'shop',
      revision: 3,
      uncertain: true,
      previous: { revision: 2, erpId: 'SO-7' },
      order: delivery.order,
    });
  });

  test('says null for what was never delivered', async () => {
    const { url, requests } = await anEndpoint();
    await (await aSink(url)).upsert(aDelivery(), aSignal());
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ previous: null, uncertain: false });
  });

  test('is signed as Standard Webhooks signs, at the time it is sent', async () => {
    const { url, requests } = await anEndpoint();
    const before = Math.floor(Date.now() / 1000);
    await (await aSink(url)).upsert(aDelivery({ buyerNote: '请周末送货 🍵' }), aSignal());
    const [request] = requests;
    if (request === undefined) throw new Error('nothing was sent');
    expect(isGenuine(request, SECRET)).toBe(true);
    expect(isGenuine({ ...request, body: `${request.body} ` }, SECRET)).toBe(false);
    expect(Number(request.headers['webhook-timestamp'])).toBeGreaterThanOrEqual(before);
    expect(Number(request.headers['webhook-timestamp'])).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test('has one idempotency key for each revision, however often it is sent', async () => {
    const { url, requests } = await anEndpoint();
    const sink = await aSink(url);
    for (const revision of [1, 1, 2]) await sink.upsert(aDelivery({}, { revision }), aSignal());
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(requests.map(({ headers }) => headers['webhook-id']));
    expect(keys).toEqual([expect.stringMatching(/\/1$/), keys[0], expect.stringMatching(/\/2$/)]);
  });

  test('names orders in ASCII and without a full stop, which separates what is signed', async () => {
    const { url, requests } = await anEndpoint();
    await (await aSink(url)).upsert(aDelivery({ shopOrderId: '订单.7' }), aSignal());
    expect(requests[0]?.headers['webhook-id']).toBe('shop/%E8%AE%A2%E5%8D%95%2E7/1');
  });

  test('goes to an address of its own where the URL has a placeholder', async () => {
    const { url, requests } = await anEndpoint();
    const sink = await aSink(`${url}/orders/{shopOrderId}?number={orderNumber}`);
    await sink.upsert(aDelivery({ orderNumber: 'W/1', shopOrderId: '98231' }), aSignal());
    expect(requests[0]?.url).toBe('/orders/98231?number=W%2F1');
  });

  test('carries the bearer token, and no signature without a secret', async () => {
    const { url, requests } = await anEndpoint();
    const env = { INTERNAL_SYSTEM_HTTP_SECRET: '', INTERNAL_SYSTEM_HTTP_TOKEN: 'a-token' };
    await (await aSink(url, env)).upsert(aDelivery(), aSignal());
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer a-token' });
    expect(requests[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  test('stays signed while somebody is halfway through rotating the secret', async () => {
    const { url, requests } = await anEndpoint();
    const env: Record<string, string> = { INTERNAL_SYSTEM_HTTP_URL: url, INTERNAL_SYSTEM_HTTP_SECRET: SECRET };
    const sink = await createEndpointSink({ shop: 'shop', env });
    onTestFinished(() => sink.close?.());
    const next = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    for (const found of ['', 'half of i', next]) {
      env['INTERNAL_SYSTEM_HTTP_SECRET'] = found;
      await sink.upsert(aDelivery(), aSignal());
    }
    expect(requests.map((request) => [isGenuine(request, SECRET), isGenuine(request, next)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
  });

  test('is sent once when its connection is cut: the endpoint may still be at it', async () => {
    const { url, requests } = await anEndpoint(() => 'cut');
    await expect((await aSink(url)).upsert(aDelivery(), aSignal())).rejects.toMatchObject({
      reason: 'write_failed',
      isOver: false,
    });
    expect(requests).toHaveLength(1);
  });

  test('is given up after INTERNAL_SYSTEM_HTTP_TIMEOUT_MS, and nobody else begins for as long again', async () => {
    const { url } = await anEndpoint(() => new Promise(() => {}));
    const sink = await aSink(url, { INTERNAL_SYSTEM_HTTP_TIMEOUT_MS: '50' });
    expect(sink).toMatchObject({ timeoutMs: 50, settleMs: 50 });
    const upsert = sink.upsert(aDelivery(), aSignal());
    await expect(upsert).rejects.toMatchObject({ reason: 'write_failed', isOver: false });
  });

  test('is given up when the signal says so', async () => {
    const { url } = await anEndpoint(() => new Promise(() => {}));
    const controller = new AbortController();
    const upsert = (await aSink(url)).upsert(aDelivery(), controller.signal);
    controller.abort(new Error('the time is up'));
    await expect(upsert).rejects.toThrow('the time is up');
  });
});

describe('check', () => {
  test('asks with a signed GET that writes nothing', async () => {
    const { url, requests } = await anEndpoint();
    await (await aSink(`${url}/orders/{shopOrderId}`)).check?.(aSignal());
    const [request] = requests;
    expect(request).toMatchObject({ method: 'GET', url: '/orders/order-sync-check', body: '' });
    expect(request !== undefined && isGenuine(request, SECRET)).toBe(true);
  });

  test.each([
    ['takes only PUT', '', 405],
    ['has no such order at that address', '/{shopOrderId}', 404],
  ])('is content with an endpoint that %s', async (_, path, status) => {
    const { url } = await anEndpoint(() => ({ status }));
    await (await aSink(url + path)).check?.(aSignal());
  });

  test.each([
    ['wrong secret', { status: 401 }, /INTERNAL_SYSTEM_HTTP_SECRET/],
    ['nothing at the address', { status: 404 }, /no endpoint at this address.*INTERNAL_SYSTEM_HTTP_URL/],
    ['redirect', { status: 302, headers: { location: '/login' } }, /Redirects are not followed/],
    ['login page', { status: 200, body: '<!DOCTYPE html><title>Sign in</title>' }, /web page/],
    ['failing', { status: 500 }, /^The endpoint answered HTTP 500/],
  ])('says what is wrong: %s', async (_, answer, words) => {
    const { url } = await anEndpoint(() => answer);
    await expect((await aSink(url)).check?.(aSignal())).rejects.toThrow(words);
  });

  test('says that nobody listens', async () => {
    const sink = await aSink('http://127.0.0.1:1');
    await expect(sink.check?.(aSignal())).rejects.toMatchObject({
      reason: 'internal_system_unavailable',
      isOver: true,
    });
  });
});

describe('settings', () => {
  test('are reported together, without a secret', () => {
    const env = {
      INTERNAL_SYSTEM_HTTP_URL: 'erp.example',
      INTERNAL_SYSTEM_HTTP_SECRET: 'my-password',
      INTERNAL_SYSTEM_HTTP_TIMEOUT_MS: '0',
    };
    const create = () => createEndpointSink({ shop: 'shop', env });
    expect(create).toThrow(
      /INTERNAL_SYSTEM_HTTP_URL: found "erp.example".*\n.*INTERNAL_SYSTEM_HTTP_SECRET: found a value.*\n.*TIMEOUT_MS: found "0"/,
    );
    expect(create).not.toThrow('my-password');
  });

  test('need a secret or a token', () => {
    const env = { INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example' };
    expect(() => createEndpointSink({ shop: 'shop', env })).toThrow(
      /INTERNAL_SYSTEM_HTTP_SECRET: not set.*openssl rand/,
    );
  });

  test.each([
    'https://user:password@erp.example',
    'https://{shopOrderId}.example',
    'https://erp.example/{id}',
    'https://erp.example/#a',
  ])('refuse the address %s', (url) => {
    const env = { INTERNAL_SYSTEM_HTTP_URL: url, INTERNAL_SYSTEM_HTTP_SECRET: SECRET };
    expect(() => createEndpointSink({ shop: 'shop', env })).toThrow('INTERNAL_SYSTEM_HTTP_URL: found');
  });

  test('warn of http:// to another machine, and to none on this one', async () => {
    expect(await (await aSink('http://erp.example/orders')).warnings?.(aSignal())).toEqual([
      expect.stringContaining('unencrypted'),
    ]);
    expect(await (await aSink('http://127.0.0.1:8081')).warnings?.(aSignal())).toEqual([]);
  });
});
