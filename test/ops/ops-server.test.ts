import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { Health } from '../../src/health/health.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { type OpsServer, type OpsServerOptions, startOpsServer } from '../../src/ops/ops-server.ts';
import { someState } from './daemon-state.ts';

const TOKEN = 'a-token-of-more-than-16';
const READY: Health = { live: true, ready: true };

let server: OpsServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function aServer(options: Partial<OpsServerOptions> = {}): Promise<OpsServer> {
  server = await startOpsServer({
    port: 0,
    host: '127.0.0.1',
    health: () => READY,
    metrics: createMetrics(someState()),
    ...options,
  });
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ host: '127.0.0.1', port: server?.port ?? 0, path, method, headers, agent: false }, resolve)
    .on('error', reject)
    .end();
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('paths', () => {
  test('/livez', async () => {
    let live = true;
    await aServer({ health: () => ({ live, ready: false }) });
    expect(await get('/livez')).toMatchObject({ status: 200, body: 'live\n' });
    live = false;
    expect(await get('/livez')).toMatchObject({ status: 503, body: 'not live\n' });
  });

  test('/readyz', async () => {
    let health = READY;
    await aServer({ health: () => health });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"ready":true}\n' });
    health = { live: true, ready: false, reason: 'the shop is down', since: '2026-11-22T08:00:00.000Z' };
    const answer = await get('/readyz?verbose');
    expect(answer.status).toBe(503);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toEqual({
      ready: false,
      reason: 'the shop is down',
      since: '2026-11-22T08:00:00.000Z',
    });
  });

  test('/metrics', async () => {
    await aServer();
    const { status, headers, body } = await get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toContain('order_sync_in_flight 0\n');
  });

  test('no others', async () => {
    await aServer();
    for (const path of ['/', '/livez/', '//livez', '/metrics/../livez', '/constructor']) {
      expect((await get(path)).status, path).toBe(404);
    }
    const posted = await get('/livez', {}, 'POST');
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
  });

  test('an error is a 500 that does not reveal it', async () => {
    await aServer({
      health: () => {
        throw new Error('secret');
      },
    });
    expect(await get('/readyz')).toMatchObject({ status: 500, body: 'The daemon could not answer.\n' });
  });
});

describe('the Host header', () => {
  test.each(['localhost', 'localhost:9464', '127.0.0.1:1', '[::1]:9464', '[::1]', 'LOCALHOST'])(
    '%s is this machine',
    async (host) => {
      await aServer();
      expect((await get('/livez', { host })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'evil.example:9464', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'naming another machine (%j) gets nothing',
    async (host) => {
      await aServer({ token: TOKEN });
      for (const path of ['/livez', '/metrics']) {
        const answer = await get(path, { host, authorization: `Bearer ${TOKEN}` });
        expect(answer.status).toBe(421);
        expect(answer.body).not.toContain('order_sync');
      }
    },
  );

  test('may be anything if the daemon listens on every address', async () => {
    await aServer({ host: '0.0.0.0', token: TOKEN });
    expect((await get('/livez', { host: 'pod.example' })).status).toBe(200);
  });
});

describe('with a token', () => {
  test('/livez needs none', async () => {
    await aServer({ token: TOKEN });
    expect((await get('/livez')).status).toBe(200);
  });

  test('/readyz needs none for the status, but for the reason', async () => {
    let health = READY;
    await aServer({ token: TOKEN, health: () => health });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"ready":true}\n' });
    health = { live: true, ready: false, reason: 'paused: the shop is down', since: '2026-11-22T08:00:00.000Z' };
    for (const headers of [{}, { authorization: `Bearer ${TOKEN}x` }]) {
      expect(await get('/readyz', headers)).toMatchObject({ status: 503, body: '{"ready":false}\n' });
    }
    const { status, body } = await get('/readyz', { authorization: `Bearer ${TOKEN}` });
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ reason: 'paused: the shop is down' });
  });

  test.each(['/metrics', '/other'])('%s needs it', async (path) => {
    await aServer({ token: TOKEN });
    for (const authorization of [
      '',
      TOKEN,
      `Basic ${TOKEN}`,
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
    ]) {
      const answer = await get(path, { authorization });
      expect(answer.status, authorization).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).not.toContain(TOKEN);
    }
    expect((await get(path, { authorization: `Bearer ${TOKEN}` })).status).not.toBe(401);
  });
});

describe('listening', () => {
  test('on a port in use is a configuration error', async () => {
    const { port } = await aServer();
    const second = startOpsServer({
      port,
      host: '127.0.0.1',
      health: () => READY,
      metrics: createMetrics(someState()),
    });
    await expect(second).rejects.toThrow(ConfigError);
    await expect(second).rejects.toThrow(`OPS_PORT, OPS_HOST: cannot listen on 127.0.0.1 port ${port} (EADDRINUSE)`);
  });

  test('on an address of another machine is a configuration error', async () => {
    await expect(aServer({ host: '192.0.2.1' })).rejects.toThrow(ConfigError);
  });

  test('ends even while clients are connected', async () => {
    const { port, close } = await aServer();
    const ends = Promise.withResolvers<void>();
    const client = connect(port, '127.0.0.1', () => client.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n'));
    client.on('error', () => undefined).on('close', () => ends.resolve());
    await expect.poll(() => client.bytesWritten).toBeGreaterThan(0);
    await close();
    await ends.promise;
    await expect(get('/livez')).rejects.toThrow('ECONNREFUSED');
  });

  test('is limited to a small number of clients', async () => {
    const { port } = await aServer();
    let refused = 0;
    const clients = Array.from({ length: 110 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .on('close', () => {
          refused += 1;
        }),
    );
    await expect.poll(() => refused).toBe(10);
    for (const client of clients) client.destroy();
  });
});
