import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aBystander, BROKER_URL } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon } from '../helpers/daemon-process.ts';
import { type Certificate, makeCertificates } from '../helpers/network/certificates.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startMariadb } from '../helpers/servers/mariadb.ts';
import { alterSystem, startPostgres } from '../helpers/servers/postgres.ts';
import type { PrivateServer } from '../helpers/servers/private-server.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { opensslIsMissing } from './helpers/openssl.ts';
import { aTlsFront } from './helpers/tls-front.ts';

/** A server that cannot prove to be the broker, the shop or the database gets no password and no order. */

const WRONG = ['expired', 'other-name', 'foreign-ca', 'self-signed'] as const;
const DISTRUST = /certificate|CERT|SELF_SIGNED|altnames|expired|issuer/i;
const folder = mkdtempSync(join(tmpdir(), 'order-sync-tls-'));
let certificates: Awaited<ReturnType<typeof makeCertificates>>;

describe.skipIf(opensslIsMissing())('TLS', () => {
  beforeAll(async () => {
    certificates = await makeCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.for(WRONG)('to the broker: a certificate that is %s is refused until it is right', async (kind) => {
    const front = await aTlsFront(Number(new URL(BROKER_URL).port || 5672), wrong(kind));
    const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
    const workplace = aWorkplace(shopEnv(shop));
    const url = new URL(BROKER_URL);
    url.protocol = 'amqps:';
    const address = `amqps://${url.username}:${url.password}@localhost:${front.port}${url.pathname}`;
    const daemon = startDaemon(workplace, { RABBITMQ_URL: address, RABBITMQ_CA_FILE: certificates.caFile });
    await distrusted(daemon);
    expect(front.received).toBe(0);
    front.show(certificates.good);
    await synced(daemon);
    expect(front.received).toBeGreaterThan(0);
  });

  test('to the broker: a valid certificate from a CA that is not configured is refused', async () => {
    const front = await aTlsFront(Number(new URL(BROKER_URL).port || 5672), certificates.good);
    const workplace = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:1' });
    const daemon = startDaemon(workplace, { RABBITMQ_URL: `amqps://guest:guest@localhost:${front.port}` });
    await distrusted(daemon);
    expect(front.received).toBe(0);
  });

  test.for(WRONG)('to the shop: a certificate that is %s is an outage until it is right', async (kind) => {
    const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
    const front = await aTlsFront(Number(new URL(shop.url).port), wrong(kind));
    const workplace = aWorkplace({
      ...shopEnv(shop),
      SHOP_BASE_URL: `https://localhost:${front.port}`,
      NODE_EXTRA_CA_CERTS: certificates.caFile,
    });
    const daemon = startDaemon(workplace);
    await daemon.ready();
    await (await aBystander()).publish(workplace.queue, '10086');
    const outage = await daemon.line((line) => line.msg.startsWith('paused'));
    expect(String(outage['error'])).toMatch(/its certificate/);
    expect(front.received).toBe(0);
    front.show(certificates.good);
    await daemon.line((line) => line['outcome'] === 'synced');
  });

  databaseSuite('postgres', startPostgres, {
    show: async (server, kind) => {
      const { cert, key } = installed(server, kind);
      const files = [`SET ssl_cert_file = '${cert}'`, `SET ssl_key_file = '${key}'`];
      await alterSystem(server.port, ...files, 'SET ssl = on');
    },
  });

  databaseSuite(
    'mariadb',
    () => {
      copyFileSync(join(folder, 'good.crt'), join(folder, 'mariadb.crt'));
      copyFileSync(join(folder, 'good.key'), join(folder, 'mariadb.key'));
      return startMariadb({ 'ssl-cert': join(folder, 'mariadb.crt'), 'ssl-key': join(folder, 'mariadb.key') });
    },
    {
      show: async (server, kind) => {
        writeFileSync(join(folder, 'mariadb.crt'), certificate(kind).cert);
        writeFileSync(join(folder, 'mariadb.key'), certificate(kind).key);
        const connection = await mysql.createConnection({ uri: server.url });
        await connection.query('FLUSH SSL');
        await connection.end();
      },
    },
  );
});

type Kind = (typeof WRONG)[number] | 'good';

function databaseSuite(
  name: 'postgres' | 'mariadb',
  start: () => Promise<PrivateServer>,
  { show }: { show: (server: PrivateServer, kind: Kind) => Promise<void> },
): void {
  describe.skipIf(notInstalled(name))(`to ${name}`, () => {
    let server: PrivateServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.[Symbol.asyncDispose]());

    test.for(WRONG)('a certificate that is %s is refused until it is right', async (kind) => {
      await show(server, kind);
      const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
      const url = new URL(server.url);
      url.hostname = 'localhost';
      url.search = `?sslmode=verify-full&sslrootcert=${certificates.caFile}`;
      const daemon = startDaemon(aWorkplace(shopEnv(shop)), { INTERNAL_SYSTEM_URL: url.href, SHOP_NAME: kind });
      await distrusted(daemon);
      await show(server, 'good');
      await synced(daemon);
    });
  });
}

/** The daemon reports that it does not trust the certificate, and is not ready. */
async function distrusted(daemon: DaemonProcess): Promise<void> {
  const line = await daemon.line((entry) => DISTRUST.test(String(entry['error'])));
  expect(['warn', 'error', 'fatal']).toContain(line['level']);
  expect(daemon.lines.filter((entry) => entry.msg.startsWith('ready'))).toEqual([]);
}

async function synced(daemon: DaemonProcess): Promise<void> {
  await daemon.ready();
  await (await aBystander()).publish(daemon.queue, '10086');
  await daemon.line((line) => line['outcome'] === 'synced');
}

function certificate(kind: Kind): Certificate {
  return kind === 'good' ? certificates.good : wrong(kind);
}

function wrong(kind: (typeof WRONG)[number]): Certificate {
  const found = certificates.wrong[WRONG.indexOf(kind)];
  if (found === undefined) throw new Error(`no certificate that is ${kind}`);
  return found;
}

/** Puts them where this server can read them: the files must belong to the user it runs as. */
function installed(server: PrivateServer, kind: Kind): { cert: string; key: string } {
  const { uid, gid } = statSync(server.folder);
  const { cert, key } = certificate(kind);
  const file = (ending: string, content: Buffer) => {
    const path = join(server.folder, `${kind}.${ending}`);
    writeFileSync(path, content, { mode: 0o600 });
    chownSync(path, uid, gid);
    return path;
  };
  return { cert: file('crt', cert), key: file('key', key) };
}
