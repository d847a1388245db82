import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rereadable } from '../../src/config/secrets.ts';
import { SECRETS } from '../../src/config/variables.ts';
import { ConfigError } from '../../src/errors.ts';
import { createShop } from '../../src/shop/create-shop.ts';
import { aModule } from '../adapters/helpers/a-module.ts';
import { anEnvironment, configOf, problemsOf, urlOf } from './environments.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a secret from a file', () => {
  test.each(['s3cret', 's3cret\n', 's3cret\r\n', 's3cret\n\n'])('%j is read without its line ends', (content) => {
    const config = configOf({ SHOP_TOKEN_FILE: aFile('token', content) });
    expect(config.shop).toMatchObject({ rest: { token: 's3cret' } });
    expect(config.env['SHOP_TOKEN']).toBe('s3cret');
  });

  test('works for every secret', () => {
    const values = {
      RABBITMQ_PASSWORD: 'p',
      SHOP_TOKEN: 't',
      SHOP_KEY: 'k',
      SHOP_SECRET: 's',
      SHOP_USERNAME: 'u',
      SHOP_PASSWORD: 'p',
      SHOP_CONSUMER_KEY: 'ck',
      SHOP_CONSUMER_SECRET: 'cs',
      SHOP_ACCESS_TOKEN: 'at',
      SHOP_ACCESS_TOKEN_SECRET: 'ats',
      INTERNAL_SYSTEM_URL: 'postgres://u:p@host/db',
      INTERNAL_SYSTEM_HTTP_SECRET: `whsec_${'k'.repeat(43)}=`,
      INTERNAL_SYSTEM_HTTP_TOKEN: 'ht',
      ERP_PASSWORD: 'ep',
      ERP_TOKEN: 'et',
      ALERT_URL: 'https://alerts.example/hook?secret-of=ours',
      OPS_TOKEN: 'o'.repeat(16),
      OPS_VIEWER_TOKEN: 'v'.repeat(16),
      OPS_SESSION_SECRET: 's'.repeat(32),
      OPS_PROXY_SECRET: 'p'.repeat(16),
      WEBHOOK_SECRET: 'secret-of-the-shop',
      WEBHOOK_OLD_SECRET: 'the-one-before-it',
      WEBHOOK_TOKEN: 't'.repeat(16),
    };
    const files = Object.entries(values).map(([name, value]) => [`${name}_FILE`, aFile(name, value)]);
    const parts = { RABBITMQ_URL: undefined, RABBITMQ_HOST: 'mq', RABBITMQ_USERNAME: 'u' };
    const { env } = configOf({ ...parts, ...Object.fromEntries(files) });
    expect(env).toMatchObject(values);
    const byUrl = configOf({ RABBITMQ_URL: undefined, RABBITMQ_URL_FILE: aFile('url', 'amqp://u:p@host\n') });
    expect(urlOf(byUrl)).toBe('amqp://u:p@host');
    expect([...Object.keys(values), 'RABBITMQ_URL'].toSorted()).toEqual([...SECRETS].toSorted());
  });

  test('is read again at each use, and what cannot be used is not', () => {
    const path = aFile('rotated', 'first\n');
    const secret = rereadable({ SHOP_TOKEN_FILE: path }, 'SHOP_TOKEN', 'first');
    expect(secret()).toBe('first');
    for (const halfway of ['', '\n', 'two\nlines', new Uint8Array([0xff])]) {
      writeFileSync(path, halfway);
      expect(secret()).toBe('first');
    }
    rmSync(path);
    expect(secret()).toBe('first');
    writeFileSync(path, 'second\n');
    expect(secret()).toBe('second');
  });

  test('set directly stays as it is', () => {
    expect(rereadable({}, 'SHOP_TOKEN', 'first')()).toBe('first');
  });

  test('set both ways is a problem', () => {
    expect(problemsOf(anEnvironment({ SHOP_TOKEN: 'a', SHOP_TOKEN_FILE: aFile('token', 'b') }))).toEqual([
      'SHOP_TOKEN_FILE: SHOP_TOKEN is set as well; expected only one of the two.',
    ]);
  });

  test('that cannot be read names the file', () => {
    const expected = 'expected a readable text file of at most 65536 bytes.';
    expect(problemsOf(anEnvironment({ SHOP_TOKEN_FILE: '/nowhere/token', OPS_TOKEN_FILE: folder }))).toEqual([
      `SHOP_TOKEN_FILE: the file "/nowhere/token" cannot be read (ENOENT); ${expected}`,
      `OPS_TOKEN_FILE: the file "${folder}" cannot be read (EISDIR); ${expected}`,
    ]);
  });

  test.each([
    ['empty', '\n'],
    ['binary', Buffer.from('Grün', 'latin1')],
    ['large', 'x'.repeat(70_000)],
    ['two lines', 'one\ntwo'],
  ])('that is %s is a problem', (name, content) => {
    const parts = { RABBITMQ_URL: undefined, RABBITMQ_HOST: 'mq', RABBITMQ_USERNAME: 'u' };
    const problems = problemsOf(anEnvironment({ ...parts, RABBITMQ_PASSWORD_FILE: aFile(name, content) }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^RABBITMQ_PASSWORD(_FILE)?: /);
  });
});

describe("a secret of a user's own module, from a file", () => {
  const envOf = (changes: Readonly<Record<string, string>>) =>
    configOf({ SHOP_BASE_URL: undefined, SHOP_ADAPTER: './my-shop.ts', ...changes }).env;
  const problemOf = (look: () => unknown) => {
    try {
      return { read: look() };
    } catch (error) {
      return error instanceof ConfigError ? error.problems : error;
    }
  };

  test.each(['SHOP_RPC_TOKEN', 'INTERNAL_SYSTEM_KEY', 'TRYTON_PASSWORD'])('is there under its own name: %s', (name) => {
    const env = envOf({ [`${name}_FILE`]: aFile('own', 's3cret\r\n') });
    expect(env[name]).toBe('s3cret');
    expect({ ...env }[`${name}_FILE`]).toBe(join(folder, 'own'));
  });

  test('reaches the factory, and what it throws ends the start like every other problem of the configuration', async () => {
    const source =
      'export default ({ env }) => ({ now: () => env.SHOP_RPC_TOKEN, key: env.SHOP_RPC_TOKEN, fetchOrders: async () => new Map() });';
    const load = async (file: string) => {
      const module = await aModule(source, 'adapter.mjs');
      return await createShop({ adapter: module }, envOf({ SHOP_RPC_TOKEN_FILE: file }));
    };
    const shop = await load(aFile('own', 'first\n'));
    expect(shop.now?.(AbortSignal.timeout(1_000))).toBe('first');
    await expect(load('/nowhere/token')).rejects.toThrow(ConfigError);
  });

  test('is read again at each look, so that a rotated one is found; what cannot be used is passed over', () => {
    const path = aFile('own', 'first\n');
    const env = envOf({ SHOP_RPC_TOKEN_FILE: path, SHOP_TOKEN_FILE: path });
    expect(env['SHOP_RPC_TOKEN']).toBe('first');
    for (const halfway of ['', '\n', new Uint8Array([0xff])]) {
      writeFileSync(path, halfway);
      expect(env['SHOP_RPC_TOKEN']).toBe('first');
    }
    writeFileSync(path, 'second\n');
    expect([env['SHOP_RPC_TOKEN'], env['SHOP_TOKEN']]).toEqual(['second', 'second']);
  });

  test('that cannot be read, is empty, or is set as well, is a problem for whoever looks at it', () => {
    const env = envOf({
      SHOP_RPC_TOKEN_FILE: '/nowhere/token',
      SHOP_SEAL_FILE: aFile('empty', '\n'),
      ERP_KEY: 'a',
      ERP_KEY_FILE: aFile('own', 'b'),
    });
    expect(problemOf(() => env['SHOP_RPC_TOKEN'])).toEqual([
      'SHOP_RPC_TOKEN_FILE: the file "/nowhere/token" cannot be read (ENOENT); expected a readable text file of at most 65536 bytes.',
    ]);
    expect(problemOf(() => env['SHOP_SEAL'])).toEqual([
      `SHOP_SEAL_FILE: the file "${folder}/empty" is empty; expected the secret.`,
    ]);
    expect(problemOf(() => env['ERP_KEY'])).toEqual([
      'ERP_KEY_FILE: ERP_KEY is set as well; expected only one of the two.',
    ]);
  });

  test('is not looked for in files that are none of its business', () => {
    const env = envOf({ SSL_CERT_FILE: '/nowhere/ca.pem', LOG_FILE: '/nowhere/log', SHOP_OTHER_FILE: '' });
    expect({ ...env }).not.toHaveProperty('SSL_CERT');
    expect(env['LOG']).toBeUndefined();
    expect(env['SHOP_OTHER']).toBeUndefined();
  });
});

describe('no secret appears in a problem', () => {
  const SECRET = 'xyzzy-plugh';

  test.each([
    { RABBITMQ_URL: `ampq://u:${SECRET}@host` },
    { RABBITMQ_URL: `amqp://u:${SECRET}#@host` },
    { RABBITMQ_URL: SECRET },
    { RABBITMQ_PASSWORD: `${SECRET}\n` },
    { RABBITMQ_HOST: `u:${SECRET}@host` },
    { RABBITMQ_HOST: `amqp://u:${SECRET}@host` },
    { SHOP_TOKEN: `${SECRET}\n` },
    { SHOP_TOKEN: `${SECRET}ß` },
    { SHOP_BASE_URL: `https://u:${SECRET}@shop.example` },
    { SHOP_BASE_URL: `https://shop.example?token=${SECRET}` },
    { SHOP_ORDER_PATH: `/orders?consumer_key=${SECRET}` },
    { SHOP_AUTH_HEADER: `Authorization: ${SECRET}` },
    { SHOP_AUTH_SCHEME: `Bearer ${SECRET}` },
    { INTERNAL_SYSTEM_URL: `postgres://u:${SECRET}#@host/db` },
    { INTERNAL_SYSTEM_URL: `postgre://u:${SECRET}@host/db` },
    { OPS_TOKEN: SECRET },
    { SHOP_TOKEN_FILE: 'other', SHOP_TOKEN: SECRET },
    { SHOP_TOKNE: SECRET },
  ])('%o', (changes) => {
    const problems = problemsOf(anEnvironment(changes));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain(SECRET);
    expect(problems.every((line) => !line.includes('\n'))).toBe(true);
  });

  test('nor does the content of a file', () => {
    const file = aFile('secret', `${SECRET}\n${SECRET}`);
    const problems = SECRETS.flatMap((name) =>
      problemsOf(anEnvironment({ RABBITMQ_URL: undefined, [`${name}_FILE`]: file })),
    );
    expect(problems.length).toBeGreaterThanOrEqual(SECRETS.length);
    expect(problems.join('\n')).not.toContain(SECRET);
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl && process.env['CI'] === undefined)('TLS files (skipped without openssl)', () => {
  let cert: string;
  let key: string;
  const amqps = { RABBITMQ_URL: 'amqps://u:p@host' };

  beforeAll(() => {
    cert = join(folder, 'client.pem');
    key = join(folder, 'client.key');
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=test',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', request, { stdio: 'ignore' });
  });

  test('are read', () => {
    const { rabbitmq } = configOf({
      ...amqps,
      RABBITMQ_CA_FILE: cert,
      RABBITMQ_CERT_FILE: cert,
      RABBITMQ_KEY_FILE: key,
    });
    expect(rabbitmq.tls?.ca).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(rabbitmq.tls?.cert).toBe(rabbitmq.tls?.ca);
    expect(rabbitmq.tls?.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test('need TLS', () => {
    expect(problemsOf(anEnvironment({ RABBITMQ_CA_FILE: cert }))).toEqual([
      'RABBITMQ_CA_FILE: set for a connection without TLS; expected TLS: RABBITMQ_TLS=true, or a RABBITMQ_URL that starts with amqps://.',
    ]);
  });

  test('a certificate needs its key, and a key its certificate', () => {
    const missing = 'not set; expected the other half of the client certificate: certificate and key.';
    expect(problemsOf(anEnvironment({ ...amqps, RABBITMQ_CERT_FILE: cert }))).toEqual([
      `RABBITMQ_KEY_FILE: ${missing}`,
    ]);
    expect(problemsOf(anEnvironment({ ...amqps, RABBITMQ_KEY_FILE: key }))).toEqual([`RABBITMQ_CERT_FILE: ${missing}`]);
  });

  test('files with other content are named', () => {
    const swapped = { RABBITMQ_CERT_FILE: key, RABBITMQ_KEY_FILE: cert };
    expect(problemsOf(anEnvironment({ ...amqps, ...swapped }))).toEqual([
      `RABBITMQ_CERT_FILE: the file "${key}" holds none; expected PEM text with "-----BEGIN CERTIFICATE-----".`,
      `RABBITMQ_KEY_FILE: the file "${cert}" holds none; expected PEM text with "-----BEGIN PRIVATE KEY-----".`,
    ]);
  });

  test('the key of another certificate is refused', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = aFile('other.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(problemsOf(anEnvironment({ ...amqps, RABBITMQ_CERT_FILE: cert, RABBITMQ_KEY_FILE: other }))).toEqual([
      'RABBITMQ_CERT_FILE, RABBITMQ_KEY_FILE: cannot be used together (ERR_OSSL_X509_KEY_VALUES_MISMATCH); expected a certificate and the key it belongs to.',
    ]);
  });
});
