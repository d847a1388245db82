import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificates } from '../../helpers/network/certificates.ts';
import { listening } from '../../helpers/network/listening.ts';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert } from '../helpers/an-alert.ts';

const USER = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;

/** A proxy that tunnels for those who say who they are. */
async function aProxy() {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    if (request.headers['proxy-authorization'] !== USER) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const far = connect(Number(port), host === 'localhost' ? '127.0.0.1' : host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.destroy());
    socket.on('error', () => far.destroy());
  });
  return { host: new URL(await listening(server)).host, tunnels };
}

/** An endpoint with TLS, at https://localhost. The process trusts its certificate until the test is over. */
async function anHttpsEndpoint() {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { good, caFile } = await makeCertificates(folder);
  const trusted = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(trusted));
  setDefaultCACertificates([...trusted, readFileSync(caFile, 'utf8')]);
  const bodies: string[] = [];
  const server = createSecureServer(good, (request, response) => {
    text(request).then((body) => {
      bodies.push(body);
      response.writeHead(204).end();
    }, response.destroy);
  });
  return { host: new URL(await listening(server)).host.replace('127.0.0.1', 'localhost'), bodies };
}

test('a target is reached through the proxy, unless NO_PROXY names it', async () => {
  const [proxy, endpoint] = [await aProxy(), await anHttpsEndpoint()];
  const through = { https: `http://user:p%40ss@${proxy.host}`, http: '', none: 'other.example' };
  await aTarget(`https://${endpoint.host}/alerts`, { proxies: through }).send(anAlert(), 0, aSignal());
  expect(proxy.tunnels).toEqual([endpoint.host]);
  expect(endpoint.bodies).toHaveLength(1);
  const around = { ...through, none: 'other.example,localhost' };
  await aTarget(`https://${endpoint.host}/alerts`, { proxies: around }).send(anAlert(), 0, aSignal());
  expect(proxy.tunnels).toHaveLength(1);
  expect(endpoint.bodies).toHaveLength(2);
});

test('a proxy that refuses, or is away, is told without its password', async () => {
  const proxy = await aProxy();
  const through = (url: string) => ({ https: url, http: '', none: '' });
  const refused = aTarget('https://alerts.example', { proxies: through(`http://user:wr0ng@${proxy.host}`) });
  const failure = await failureOf(refused.send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({
    mayPass: true,
    message: expect.stringMatching(/^No reply: the proxy opens no tunnel/),
  });
  expect(failure?.message).not.toContain('wr0ng');
  const away = aTarget('https://alerts.example', { proxies: through('http://user:wr0ng@127.0.0.1:1') });
  const noProxy = await failureOf(away.send(anAlert(), 0, aSignal()));
  expect(noProxy).toEqual({ mayPass: true, message: 'No reply: ECONNREFUSED.' });
});
