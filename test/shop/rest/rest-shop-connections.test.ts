import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aClient, aRawServer, aShop, failureOf, fetchOne, httpReply, neverAborted } from './shops.ts';

const ORDER = anOrderDocument({ orderNumber: 'SO-1' });
const REPLY = httpReply(JSON.stringify(ORDER));

describe('the deadline of a request', () => {
  it('covers the whole reply: a byte now and then does not extend it', async () => {
    const { shop } = await aShop({ orders: [ORDER], faults: () => ({ kind: 'slow-body', everyMs: 20, bytes: 1 }) });
    const error = await failureOf(aClient(shop.url, { timeoutMs: 300 }).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_timeout', kind: 'transient', dependency: 'shop' });
    expect(error.message).toContain('within 300 ms');
  });

  it('ends a request that is never answered, and closes its connection', async () => {
    const server = await aRawServer(() => undefined);
    const error = await failureOf(aClient(server.url, { timeoutMs: 100 }).fetchOrders(['SO-1'], neverAborted));
    expect(error.reason).toBe('shop_timeout');
    await expect.poll(() => server.sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });

  it('does not run while a request waits for a slot', async () => {
    const { shop } = await aShop({ orders: [ORDER], latencyMs: 250 });
    const client = aClient(shop.url, { concurrency: 1, timeoutMs: 1500 });
    const references = Array.from({ length: 8 }, (_, index) => `SO-NONE-${index}`);
    const results = await client.fetchOrders(references, neverAborted);
    expect([...results.values()]).toEqual(references.map(() => ({ kind: 'not-found' })));
  });

  it('keeps a status that arrived in time when only the error page is late', async () => {
    const server = await aRawServer((socket) => socket.write('HTTP/1.1 401 No\r\ncontent-length: 9\r\n\r\n'));
    const error = await failureOf(aClient(server.url, { timeoutMs: 200 }).fetchOrders(['SO-1'], neverAborted));
    expect(error.reason).toBe('shop_refused_credentials');
  });
});

describe('a caller that gives up', () => {
  it("gets its own reason, not the shop's failure, and the connection is closed", async () => {
    const server = await aRawServer(() => undefined);
    const controller = new AbortController();
    const references = ['SO-1', 'SO-2', 'SO-3'];
    const fetching = aClient(server.url, { concurrency: 1 }).fetchOrders(references, controller.signal);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort(new Error('stopping'));
    await expect(fetching).rejects.toThrow('stopping');
    await expect.poll(() => server.sockets.every((socket) => socket.destroyed)).toBe(true);
    expect(server.requests, 'those that waited were never sent').toHaveLength(1);
  });

  it('gets its own reason from a check and from a scan, too', async () => {
    const server = await aRawServer(() => undefined);
    const client = aClient(server.url);
    const controller = new AbortController();
    const checking = client.check?.(controller.signal);
    const scanning = client.listUpdatedSince?.(new Date(), controller.signal)[Symbol.asyncIterator]().next();
    await expect.poll(() => server.requests.length).toBe(2);
    controller.abort(new Error('stopping'));
    await expect(checking).rejects.toThrow('stopping');
    await expect(scanning).rejects.toThrow('stopping');
  });

  it('before the start sends no request', async () => {
    const server = await aRawServer(() => undefined);
    for (const batchSize of [1, 50]) {
      const client = aClient(server.url, { batchSize });
      const fetching = client.fetchOrders(['SO-1', 'SO-2'], AbortSignal.abort(new Error('stopped')));
      await expect(fetching).rejects.toThrow('stopped');
    }
    expect(server.sockets).toHaveLength(0);
  });
});

describe('connections', () => {
  it('are kept alive: consecutive requests share one', async () => {
    const server = await aRawServer((socket) => socket.write(REPLY));
    const client = aClient(server.url, { concurrency: 1 });
    for (let request = 0; request < 5; request++) await fetchOne(client, 'SO-1');
    expect(server.sockets).toHaveLength(1);
  });

  it('are no more than the requests allowed at a time', async () => {
    let open = 0;
    let most = 0;
    const server = createHttpServer((_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(404).end();
      }, 20);
    });
    let connections = 0;
    server.on('connection', () => connections++);
    const client = aClient(`http://127.0.0.1:${await listen(server)}`, { concurrency: 3 });
    await client.fetchOrders(
      Array.from({ length: 20 }, (_, index) => `SO-${index}`),
      neverAborted,
    );
    expect(most).toBe(3);
    expect(connections).toBe(3);
  });

  it('that the server closed while idle are replaced', async () => {
    const server = await aRawServer((socket) => socket.end(REPLY));
    const client = aClient(server.url);
    await fetchOne(client, 'SO-1');
    await expect.poll(() => server.sockets.every((socket) => socket.destroyed)).toBe(true);
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
    expect(server.sockets).toHaveLength(2);
  });

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'that the server closes just as a request goes out fail nothing: it is sent again (%s)',
    async (close) => {
      const server = await aRawServer((socket, nth) => {
        if (nth === 1) socket.write(REPLY);
        else socket[close]();
      });
      const client = aClient(server.url, { concurrency: 1 });
      await fetchOne(client, 'SO-1');
      expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
      expect(server.requests).toHaveLength(3);
      expect(server.sockets).toHaveLength(2);
    },
  );

  it('that are reset twice in a row end the attempt', async () => {
    const server = await aRawServer((socket) => socket.resetAndDestroy());
    const error = await failureOf(aClient(server.url).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', kind: 'transient' });
    expect(server.requests).toHaveLength(2);
  });

  it('that are reset in the middle of a reply are not tried again', async () => {
    const server = await aRawServer((socket) => {
      socket.write(REPLY.slice(0, -10), () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
    const error = await failureOf(aClient(server.url).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('before the reply was') });
    expect(server.requests).toHaveLength(1);
  });

  it('leave no timer behind', async () => {
    const { client } = await aShop({ orders: [ORDER] });
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    await fetchOne(client, 'SO-1');
    const before = timers();
    for (let request = 0; request < 20; request++) await fetchOne(client, 'SO-1');
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('are closed with the client', async () => {
    const server = await aRawServer((socket) => socket.write(REPLY));
    const client = aClient(server.url);
    await fetchOne(client, 'SO-1');
    await client.close?.();
    await expect.poll(() => server.sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });
});

describe('an unreachable shop is an outage', () => {
  it('when nothing listens there', async () => {
    const { shop, client } = await aShop();
    await shop.close();
    const error = await failureOf(client.fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_unreachable', kind: 'outage', dependency: 'shop' });
    expect(error.message).toBe(`No connection to ${shop.url}: ECONNREFUSED.`);
  });

  it('when its name does not exist', async () => {
    const error = await failureOf(aClient('http://shop.invalid').fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_unreachable', message: expect.stringContaining("can't be resolved") });
  });

  it('when it accepts connections but never answers the TLS handshake: the connection is missing, not the reply', async () => {
    const server = await aRawServer(() => undefined);
    const client = aClient(server.url.replace('http:', 'https:'), { timeoutMs: 800 });
    const error = await failureOf(client.fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({
      reason: 'shop_unreachable',
      message: expect.stringContaining('no connection within 400 ms'),
    });
  });

  it('when it hangs up during the TLS handshake', async () => {
    const server = await aRawServer((socket) => socket.destroy());
    const error = await failureOf(aClient(server.url.replace('http:', 'https:')).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_unreachable', message: expect.stringContaining('ECONNRESET') });
  });

  it('when its certificate is not trusted, and it is not sent the token', async () => {
    const server = await aTlsShop();
    const error = await failureOf(aClient(server.url).fetchOrders(['SO-1'], neverAborted));
    expect(error.reason).toBe('shop_unreachable');
    expect(error.message).toContain('its certificate is self-signed, and not trusted here');
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
    expect(server.requests).toHaveLength(0);
  });

  it('when its certificate is for another name, but not when it fits', async () => {
    const server = await aTlsShop();
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, CERTIFICATE]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    expect(await fetchOne(aClient(server.url), 'SO-1')).toMatchObject({ kind: 'order' });
    const error = await failureOf(
      aClient(server.url.replace('127.0.0.1', '127.0.0.2')).fetchOrders(['SO-1'], neverAborted),
    );
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(server.requests).toHaveLength(1);
  });
});

const CERTIFICATE = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8');

async function aTlsShop(): Promise<{ url: string; requests: readonly string[] }> {
  const requests: string[] = [];
  const server = createTlsServer({ key: CERTIFICATE, cert: CERTIFICATE }, (request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ORDER));
  });
  return { url: `https://127.0.0.1:${await listen(server, '0.0.0.0')}`, requests };
}

async function listen(server: Server & { closeAllConnections(): void }, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

describe('a shop that has moved', () => {
  const FAILURE = 'HTTP/1.1 503 Maintenance\r\ncontent-length: 0\r\n\r\n';

  it('is found again: connections that keep failing are left', async () => {
    const server = await aRawServer((socket) => socket.write(socket === server.sockets[0] ? FAILURE : REPLY));
    const client = aClient(server.url, { concurrency: 1 });
    for (const _ of ['left', 'left'])
      expect((await failureOf(client.fetchOrders(['SO-1'], neverAborted))).reason).toBe('shop_error');
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  it('is found again although the old one answers: busy connections are replaced every minute', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await aRawServer((socket) => socket.write(REPLY));
    const client = aClient(server.url, { concurrency: 1 });
    await fetchOne(client, 'SO-1');
    await fetchOne(client, 'SO-1');
    expect(server.sockets).toHaveLength(1);
    vi.advanceTimersByTime(60_001);
    await fetchOne(client, 'SO-1');
    expect(server.sockets).toHaveLength(2);
  });

  it('is not looked for because of single failures', async () => {
    const server = await aRawServer((socket, nth) => socket.write(nth % 2 === 0 ? FAILURE : REPLY));
    const client = aClient(server.url, { concurrency: 1 });
    for (const _ of ['first', 'second', 'third']) {
      await fetchOne(client, 'SO-1');
      await failureOf(client.fetchOrders(['SO-1'], neverAborted));
    }
    expect(server.sockets).toHaveLength(1);
  });
});
