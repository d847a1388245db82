import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseServerUrl } from '../../../src/internal-system/sql/server-url.ts';

describe('a server URL', () => {
  it('may hold any character, escaped', () => {
    expect(
      parseServerUrl('postgres://ann%40shop:p%3Aw%2F%23@[::1]:5433/my%20orders?options=-c%20x%3Dy', ['options']),
    ).toEqual({
      host: '::1',
      port: 5433,
      user: 'ann@shop',
      password: 'p:w/#',
      database: 'my orders',
      tls: undefined,
      options: '-c x=y',
    });
  });

  it('leaves the rest undefined', () => {
    const parsed = parseServerUrl('mysql:///orders');
    expect(parsed).toEqual({ host: 'localhost', database: 'orders' });
  });

  it('may have the path of a socket as its host', () => {
    expect(parseServerUrl('postgres://%2Frun%2Fpostgresql/orders').host).toBe('/run/postgresql');
  });
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
    expect(parseServerUrl(`mysql://db.example/orders${parameters}`).tls).toEqual(tls);
  });

  it('reads its certificates, and checks the server with them by default', () => {
    const file = (name: string) => encodeURIComponent(join(directory, `${name}.pem`));
    const url = `mysql://db.example/orders?sslrootcert=${file('ca')}&sslcert=${file('cert')}&sslkey=${file('key')}`;
    expect(parseServerUrl(url).tls).toEqual({ verify: 'full', ca: 'the ca', cert: 'the cert', key: 'the key' });
    expect(parseServerUrl(`${url}&sslmode=verify-ca`).tls?.verify).toBe('ca');
  });
});
