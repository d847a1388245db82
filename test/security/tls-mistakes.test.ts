import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { tlsProblem } from '../../src/tls-problem.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { BROKER_URL } from '../helpers/broker.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { type Certificate, makeCertificates } from '../helpers/network/certificates.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startMariadb } from '../helpers/servers/mariadb.ts';
import { startPostgres } from '../helpers/servers/postgres.ts';
import { startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { opensslIsMissing } from './helpers/openssl.ts';
import { aTlsFront } from './helpers/tls-front.ts';

/** A mistake in the set-up of TLS is told in words: what is wrong, and what to change. */

const OPENSSL = /SSL routines|\.\.\/deps|[0-9A-F]{12}:error/;
const folder = mkdtempSync(join(tmpdir(), 'order-sync-tls-mistakes-'));
let certificates: Awaited<ReturnType<typeof makeCertificates>>;

/** What `check` says of one part. */
async function said(part: string, env: Readonly<Record<string, string>>): Promise<string> {
  const workplace = aWorkplace({ ...shopEnv(await aShop()), ...env });
  const { stdout } = await orderSync(workplace, ['check', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; message: string }[] };
  const found = checks.find(({ name }) => name === part);
  expect(found?.state).toBe('failed');
  expect(found?.message).not.toMatch(OPENSSL);
  return found?.message ?? '';
}

const isWithout = opensslIsMissing();
beforeAll(async () => {
  if (!isWithout) certificates = await makeCertificates(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(isWithout)('to the broker', () => {
  const port = Number(new URL(BROKER_URL).port || 5672);
  const address = (protocol: string, at: number) => `${protocol}://guest:guest@localhost:${at}`;

  test('amqps to a port without TLS', async () => {
    expect(await said('RabbitMQ', { RABBITMQ_URL: address('amqps', port) })).toMatch(
      /: it speaks no TLS on this port: name its port for TLS, or use amqp:\/\/ \(ERR_SSL_WRONG_VERSION_NUMBER\)$/,
    );
  });

  test('amqp to a port with TLS, RabbitMQ’s own or that of a balancer', async () => {
    const front = await aTlsFront(port, certificates.good);
    const hint = /: it hung up during the handshake: if this port is one for TLS, the address begins with amqps:/;
    expect(await said('RabbitMQ', { RABBITMQ_URL: address('amqp', front.port) })).toMatch(hint);
  });

  test.skipIf(notInstalled('rabbitmq'))('amqp to RabbitMQ’s own port with TLS', async () => {
    const tlsPort = 35_671;
    const files = [`ssl_options.certfile = ${folder}/good.crt`, `ssl_options.keyfile = ${folder}/good.key`];
    await using _ = await startRabbitMQ([`listeners.ssl.default = ${tlsPort}`, ...files]);
    expect(await said('RabbitMQ', { RABBITMQ_URL: address('amqp', tlsPort) })).toMatch(
      /the address begins with amqps:/,
    );
  });

  test('amqp to a web server', async () => {
    const { port: web } = new URL((await aShop()).url);
    expect(await said('RabbitMQ', { RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${web}` })).toMatch(
      /it does not speak AMQP/,
    );
  });

  test.each([
    ['expired', 'its certificate has expired: have it renewed there'],
    ['other-name', 'its certificate is for another name (DNS:shop.example): connect by a name that is in it'],
    [
      'self-signed',
      'its certificate is self-signed, and not trusted here; if it is your own, name it in RABBITMQ_CA_FILE',
    ],
  ])('a certificate that is %s', async (kind, words) => {
    const front = await aTlsFront(port, certificateOf(kind));
    const env = { RABBITMQ_URL: address('amqps', front.port), RABBITMQ_CA_FILE: certificates.caFile };
    expect(await said('RabbitMQ', env)).toContain(words);
  });

  test('a certificate of a CA that is not known', async () => {
    const front = await aTlsFront(port, certificates.good);
    const words = await said('RabbitMQ', { RABBITMQ_URL: address('amqps', front.port) });
    expect(words).toMatch(/comes from a CA that is not trusted here.* name it in RABBITMQ_CA_FILE/);
  });
});

describe('to the shop', () => {
  test('https to a port without TLS', async () => {
    const { url } = await aShop();
    expect(await said('shop', { SHOP_BASE_URL: url.replace('http:', 'https:') })).toMatch(
      /it speaks no TLS on this port: name its port for TLS, or use an address that begins with http:/,
    );
  });

  test.skipIf(isWithout)('http to a port with TLS', async () => {
    const server = createServer(certificates.good, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    expect(await said('shop', { SHOP_BASE_URL: `http://127.0.0.1:${port}` })).toMatch(
      /if this port is one for TLS, its address begins with https:/,
    );
  });
});

describe('to a database', () => {
  test.skipIf(notInstalled('postgres'))('PostgreSQL without TLS', async () => {
    await using server = await startPostgres();
    const words = await said('internal system', { INTERNAL_SYSTEM_URL: `${server.url}?sslmode=require` });
    expect(words).toMatch(/^No connection to PostgreSQL at .*: it speaks no TLS on this port.* or use sslmode=disable/);
  });

  test.skipIf(notInstalled('mariadb') || isWithout)('MariaDB with a certificate that has expired', async () => {
    await using server = await startMariadb({
      'ssl-cert': join(folder, 'expired.crt'),
      'ssl-key': join(folder, 'expired.key'),
    });
    const url = `${server.url}?sslmode=verify-full&sslrootcert=${certificates.caFile}`;
    const words = await said('internal system', { INTERNAL_SYSTEM_URL: url });
    expect(words).toMatch(/^No connection to the MySQL server at .*: its certificate has expired/);
  });
});

test.each([
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS in common/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /asks for a certificate of ours/],
  ['ERR_SSL_EE_KEY_TOO_SMALL', /too weak/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /comes from a CA that is not trusted here.* name it in X/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /comes from a CA that is not trusted here/],
  ['CERT_NOT_YET_VALID', /not valid yet/],
  ['CERT_REVOKED', /is not accepted \(CERT_REVOKED\)/],
  ['ERR_SSL_SOMETHING_NEW', /the TLS handshake with it failed \(ERR_SSL_SOMETHING_NEW\)/],
])('%s has words of its own, or those of its kind', (code, words) => {
  expect(tlsProblem(Object.assign(new Error('x'), { code }), { ca: 'X', withoutTls: 'Y' })).toMatch(words);
});

test.each(['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'UND_ERR_SOCKET'])('%s is not about TLS', (code) => {
  expect(tlsProblem(Object.assign(new Error('x'), { code }), { ca: 'X', withoutTls: 'Y' })).toBeUndefined();
});

function certificateOf(kind: string): Certificate {
  const kinds = ['expired', 'other-name', 'foreign-ca', 'self-signed'];
  const found = certificates.wrong[kinds.indexOf(kind)];
  if (found === undefined) throw new Error(`expected one of ${kinds.join(', ')}`);
  return found;
}
