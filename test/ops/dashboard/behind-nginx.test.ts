import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../../../scripts/setup/system-packages.mjs';
import { codeBlocks } from '../../docs/documents.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { aDashboard, bearer } from './helpers/dashboard.ts';

const NGINX = findProgram('nginx', ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']);
const SECRET = 'the-secret-of-the-proxy';
const SSO = {
  OPS_TRUSTED_USER_HEADER: 'X-Forwarded-User',
  OPS_PROXY_SECRET: SECRET,
  OPS_OPERATORS: 'li.wei@example.com',
  OPS_TOKEN: 'a-token-for-programs',
};

/** What oauth2-proxy answers to nginx: a cookie says who has signed in. */
async function anOauth2Proxy(): Promise<string> {
  const server = createServer(({ headers }, response) => {
    const email = /_oauth2_proxy=([^;]+)/.exec(headers.cookie ?? '')?.[1];
    response.writeHead(email === undefined ? 401 : 202, email === undefined ? {} : { 'x-auth-request-email': email });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

/** The documented configuration, on other ports and without TLS. @returns its port */
async function anNginx(dashboardUrl: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-nginx-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [server = '', shared = ''] = codeBlocks('docs/dashboard.md', 'nginx').map(({ code }) => code);
  const port = await aFreePort();
  const oauth2Proxy = await anOauth2Proxy();
  const here = (code: string) =>
    code
      .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
      .replace(/ssl_certificate.*;/g, '')
      .replaceAll('127.0.0.1:4180', `127.0.0.1:${oauth2Proxy}`)
      .replace('127.0.0.1:9464', new URL(dashboardUrl).host)
      .replace('the value of OPS_PROXY_SECRET', SECRET);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`);
  writeFileSync(join(folder, 'order-sync-proxy.conf'), here(shared));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr notice; events {}
     http { access_log off; ${temporary.join(' ')} ${here(server)} }`,
  );
  const nginx = spawn(NGINX ?? '', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(nginx, 'close');
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await exited;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    nginx.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('start worker process')) resolve();
    });
    void exited.then(() => reject(new Error(`nginx ended: ${said}`)));
  });
  return port;
}

async function ask(port: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const all = {
    host: 'orders.example',
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    ...headers,
  };
  request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, resolve)
    .on('error', reject)
    .end(method === 'POST' ? '{}' : undefined);
  const response = await promise;
  const { statusCode: status, headers: got } = response;
  if (!got['content-type']?.startsWith('text/event-stream'))
    return { status, headers: got, body: await text(response) };
  const [first = ''] = await once(response.setEncoding('utf8'), 'data');
  response.destroy();
  return { status, headers: got, body: String(first) };
}

const as = (email: string) => ({ cookie: `_oauth2_proxy=${email}` });
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

// Not installed by set-up: Debian's package would start a server on port 80.
describe.skipIf(NGINX === undefined)(
  'behind nginx as documented, with a stand-in for oauth2-proxy (skipped where nginx is not installed)',
  () => {
    test('people are who the proxy says; nobody gets past it with headers of their own', async () => {
      const dashboard = await aDashboard({}, SSO);
      const port = await anNginx(dashboard.url);
      const signIn = await ask(port, '/');
      expect([signIn.status, signIn.headers.location]).toEqual([
        302,
        expect.stringMatching(/\/oauth2\/sign_in\?rd=http:\/\/orders\.example\/$/),
      ]);
      expect((await ask(port, '/api/session')).status).toBe(401);
      expect((await ask(port, '/', as('wang@example.com'))).body).toContain('<title>order-sync</title>');
      const session = async (headers: Record<string, string>) =>
        JSON.parse((await ask(port, '/api/session', headers)).body) as unknown;
      expect(await session(as('li.wei@example.com'))).toMatchObject({
        name: 'li.wei@example.com',
        role: 'operator',
        canSignOut: false,
      });
      expect(await session(as('wang@example.com'))).toMatchObject({ name: 'wang@example.com', role: 'viewer' });
      for (const spoofed of [
        { 'x-forwarded-user': 'li.wei@example.com' },
        { X_Forwarded_User: 'li.wei@example.com' },
        { 'x-order-sync-proxy-secret': SECRET, 'x-forwarded-user': 'li.wei@example.com' },
        { 'x-auth-request-email': 'li.wei@example.com' },
      ]) {
        expect(await session({ ...as('wang@example.com'), ...spoofed })).toMatchObject({ name: 'wang@example.com' });
        expect((await ask(port, '/api/session', spoofed)).status).toBe(401);
      }
      const resync = (headers: Record<string, string>) => ask(port, '/api/resync/10086', headers, 'POST');
      expect((await resync({ ...as('wang@example.com'), ...SAME_ORIGIN })).status).toBe(403);
      expect((await resync({ ...as('li.wei@example.com'), 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await resync(as('li.wei@example.com'))).status).toBe(403);
      const far = { 'x-forwarded-for': '203.0.113.7' };
      expect((await resync({ ...as('li.wei@example.com'), ...SAME_ORIGIN, ...far })).status).toBe(200);
      expect(await dashboard.daemon.line((line) => line['audit'] === 'resync')).toMatchObject({
        name: 'li.wei@example.com',
        role: 'operator',
        address: '127.0.0.1',
      });
      const live = await ask(port, '/api/live', as('wang@example.com'));
      expect([live.status, live.body]).toEqual([200, expect.stringMatching(/^event: snapshot\n/)]);
    });

    test('whoever reaches the port past nginx needs a token, whatever the headers say', async () => {
      const dashboard = await aDashboard({}, SSO);
      const { port } = new URL(dashboard.url);
      const localhost = { host: 'localhost' };
      const spoofed = { ...localhost, 'x-forwarded-user': 'li.wei@example.com' };
      expect((await ask(port, '/api/now', spoofed)).status).toBe(401);
      expect((await ask(port, '/api/now', { ...spoofed, 'x-order-sync-proxy-secret': 'guessed-it' })).status).toBe(401);
      expect((await ask(port, '/api/now', { ...localhost, ...bearer(SSO.OPS_TOKEN) })).status).toBe(200);
    });
  },
);
