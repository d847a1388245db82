import { createServer } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import {
  auth,
  defineSink,
  type ErpRequests,
  exactNumber,
  rejected,
  rpcProblem,
  type SinkDefinition,
} from '../../../src/internal-system/erp/index.ts';
import type { OrderSink } from '../../../src/internal-system/sink/order-sink.ts';
import { listening } from '../../helpers/network/listening.ts';
import { anOrder } from '../../helpers/order-builder.ts';
import { type Answer, aServer, type Received } from '../../shop/toolkit/a-server.ts';

const ever = new AbortController().signal;

async function anErp(
  answer: (request: Received, nth: number) => Answer,
  work: (api: ErpRequests) => Promise<unknown>,
  api: Partial<SinkDefinition['api']> = {},
) {
  const { url, requests } = await aServer(answer);
  return { requests, ...(await asked(url, work, api)) };
}

/** What the work returns or throws, through a sink's `check`. */
async function asked(url: string, work: (api: ErpRequests) => Promise<unknown>, api: Partial<SinkDefinition['api']>) {
  let result: unknown;
  const factory = defineSink((settings) => ({
    api: { baseUrl: url, limits: settings.limits({ timeoutMs: 2_000 }), ...api },
    upsert: async () => ({}),
    check: async (requests) => {
      result = await work(requests);
    },
  }));
  const sink: OrderSink = await factory({ shop: 'web', env: {} });
  const error = await sink.check?.(ever).catch((reason: unknown) => reason);
  await sink.close?.();
  return { result, error };
}

test.each([
  [400, 'write_rejected'],
  [409, 'write_rejected'],
  [422, 'write_rejected'],
  [401, 'internal_system_refused_credentials'],
  [403, 'internal_system_refused_credentials'],
  [404, 'internal_system_unavailable'],
  [429, 'internal_system_unavailable'],
  [500, 'write_failed'],
  [503, 'write_failed'],
])('HTTP %i upon a write is %s', async (status, reason) => {
  const { error } = await anErp(
    () => ({ status }),
    (api) => api.put('/orders/1', {}),
  );
  expect(error).toMatchObject({ name: 'SyncError', reason });
});

test('what is not there reads as null, and a page says that the address is wrong', async () => {
  const get = (api: ErpRequests) => api.get('/orders/1');
  expect(await anErp(() => ({ status: 404 }), get)).toMatchObject({ result: null, error: undefined });
  const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not found</h1>' };
  expect(await anErp(() => page, get)).toMatchObject({ error: { reason: 'internal_system_unavailable' } });
});

test('no connection is an outage, as nothing was sent', async () => {
  const { error } = await asked('http://127.0.0.1:1', (api) => api.post('/orders', {}), {});
  expect(error).toMatchObject({ reason: 'internal_system_unavailable', kind: 'outage' });
});

describe('a request whose connection is cut before a reply', () => {
  it('is not sent again if it writes: it may have had its effect', async () => {
    let requests = 0;
    const url = await listening(
      createServer((request) => {
        requests += 1;
        request.socket.destroy();
      }),
    );
    const { error } = await asked(url, (api) => api.post('/orders', {}), {});
    expect(error).toMatchObject({ reason: 'write_failed' });
    expect(requests).toBe(1);
    await asked(url, (api) => api.get('/orders'), {});
    expect(requests).toBe(3);
  });
});

test.each([
  ['a clear answer', { status: 500 }, true],
  ['a gateway that does not know', { status: 504 }, false],
  ['a reply that cannot be read', { body: '{"broken' }, false],
])('after %s, the order may be delivered again at once: %s %s', async (_, answer: Answer, isOver) => {
  const { url } = await aServer(() => answer);
  const upsert = (api: ErpRequests) => api.post('/orders', {}).then(() => ({}));
  const sink = await defineSink((settings) => ({
    api: { baseUrl: url, limits: settings.limits() },
    upsert,
    check: async () => undefined,
  }))({ shop: 'web', env: {} });
  const delivery = { key: 'web/1', shop: 'web', order: anOrder(), revision: 1, previous: undefined, uncertain: false };
  const error = await sink.upsert(delivery, ever).catch((reason: unknown) => reason);
  await sink.close?.();
  expect(error).toMatchObject({ reason: 'write_failed', isOver });
});

describe('JSON-RPC', () => {
  const problem = rpcProblem((error) =>
    error === 'refused' ? new SyncError('write_rejected', 'No such product.') : undefined,
  );

  it('returns the result', async () => {
    const { result, requests } = await anErp(
      () => ({ body: { id: 1, result: [12] } }),
      (api) => api.call('sale.create', [{ price: exactNumber('12.950') }]),
    );
    expect(result).toEqual([12]);
    expect(requests[0]?.body).toBe('{"jsonrpc":"2.0","id":1,"method":"sale.create","params":[{"price":12.950}]}');
  });

  it.each([
    ['refused', 'write_rejected'],
    ['something else', 'write_failed'],
  ])('takes the error %s in a reply with HTTP 200 for %s', async (error, reason) => {
    const answer = () => ({ body: { id: 1, error } });
    expect(await anErp(answer, (api) => api.call('sale.create', []), { problem })).toMatchObject({
      error: { reason },
    });
  });
});

test('a session that has ended in a reply with HTTP 200 is renewed once, and the call is sent again', async () => {
  const answer = ({ body, headers }: Received): Answer => {
    if (body.includes('login')) return { body: { result: `key-${body.length}` } };
    return headers['x-session'] === undefined ? {} : { body: { error: 'expired' } };
  };
  const session = auth.session({
    names: ['ERP_USER'],
    login: async (send) => {
      const { json } = await send({
        method: 'POST',
        url: new URL(origin, 'http://erp'),
        query: [],
        headers: {},
        body: { json: 'login' },
      });
      return { token: String(Reflect.get(Object(json), 'result')) };
    },
    sign: (request, token) => auth.withHeader(request, 'x-session', token),
  });
  const { url: origin, requests } = await aServer(answer);
  const isSessionEnded = ({ json }: { json?: unknown }) => Reflect.get(Object(json), 'error') === 'expired';
  const { error } = await asked(origin, (api) => api.call('x', []), { auth: session, isSessionEnded });
  expect(error).toMatchObject({
    reason: 'internal_system_refused_credentials',
    message: expect.stringContaining('ERP_USER'),
  });
  expect(requests.map(({ body }) => body.includes('login'))).toEqual([true, false, true, false]);
});

test("the ERP's own words say why an order is refused, without anything of the buyer's", () => {
  const order = anOrder();
  const { recipient, lines } = order.shippingAddress ?? { recipient: '', lines: [] };
  const { message } = rejected(`"${recipient}, ${lines.join('\n')}" is no address of "Web customers"`, order);
  expect(message).toBe('The internal system refuses this order: "…, …" is no address of "Web customers"');
});
