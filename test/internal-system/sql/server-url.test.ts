import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { parseServerUrl } from '../../../src/internal-system/sql/server-url.ts';

const MYSQL = { port: 3306 };

describe('a server URL', () => {
  it('may hold any character, escaped', () => {
    expect(
      parseServerUrl('postgres://ann%40shop:p%3Aw%2F%23@[::1]:5433/my%20orders?options=-c%20x%3Dy', {
        port: 5432,
        parameters: ['options'],
      }),
    ).toEqual({
      addresses: [{ host: '::1', port: 5433 }],
      user: 'ann@shop',
      password: 'p:w/#',
      database: 'my orders',
      tls: undefined,
      parameters: new Map([['options', '-c x=y']]),
    });
  });

  it('leaves the rest undefined', () => {
    const parsed = parseServerUrl('mysql:///orders', MYSQL);
    expect(parsed).toEqual({
      addresses: [{ host: 'localhost', port: 3306 }],
      database: 'orders',
      parameters: new Map(),
    });
  });

  it('may have the path of a socket as its host', () => {
    const url = 'postgres://%2Frun%2Fpostgresql/orders';
    expect(parseServerUrl(url, { port: 5432 }).addresses).toEqual([{ host: '/run/postgresql', port: 5432 }]);
  });

  it('may name several hosts, each with a port of its own, and the password may hold any character', () => {
    const url = 'mysql://ann:p,w%2C@a,[::1]:3307,c.example:3308/orders';
    expect(parseServerUrl(url, MYSQL)).toMatchObject({
      addresses: [
        { host: 'a', port: 3306 },
        { host: '::1', port: 3307 },
        { host: 'c.example', port: 3308 },
      ],
      user: 'ann',
      password: 'p,w,',
    });
  });

  it.each(['mysql://ann:secret@a,,b/orders', 'mysql://ann:secret@a,b:x/orders', 'mysql://,b/orders'])(
    'that is %s is a mistake, which is told without the password',
    (url) => {
      const attempt = () => parseServerUrl(url, MYSQL);
      expect(attempt).toThrow(ConfigError);
      expect(attempt).not.toThrow(/secret/);
    },
  );
});

describe('TLS', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'order-sync-'));
    for (const name of ['ca', 'cert', 'key']) await writeFile(join(directory, `${name}.pem`), `the ${name}`);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([
    ['', undefined],
    ['?sslmode=disable', undefined],
    ['?sslmode=require', { verify: 'none' }],
    ['?sslmode=verify-ca', { verify: 'ca' }],
    ['?sslmode=verify-full', { verify: 'full' }],
  ])('of "%s" is %o', (parameters, tls) => {
    expect(parseServerUrl(`mysql://db.example/orders${parameters}`, MYSQL).tls).toEqual(tls);
  });

  it('reads its certificates, and checks the server with them by default', () => {
    const file = (name: string) => encodeURIComponent(join(directory, `${name}.pem`));
    const url = `mysql://db.example/orders?sslrootcert=${file('ca')}&sslcert=${file('cert')}&sslkey=${file('key')}`;
    expect(parseServerUrl(url, MYSQL).tls).toEqual({ verify: 'full', ca: 'the ca', cert: 'the cert', key: 'the key' });
    expect(parseServerUrl(`${url}&sslmode=verify-ca`, MYSQL).tls?.verify).toBe('ca');
  });
});
