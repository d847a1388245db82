import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import { aModule } from '../adapters/helpers/a-module.ts';
import { aSnapshot } from '../helpers/order-builder.ts';
import { aCall } from '../helpers/write-call.ts';

const SECRET = 'hunter2';

function create(overrides: Partial<Parameters<typeof createInternalSystem>[0]>) {
  return createInternalSystem({ url: 'sqlite::memory:', shop: 'demo', env: {}, ...overrides });
}

/** The message of the ConfigError that this rejects with. */
async function refusal(creation: Promise<unknown>): Promise<string> {
  const error = await creation.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof ConfigError ? error.message : '';
}

describe('an INTERNAL_SYSTEM_URL', () => {
  it.each([
    'sqlite:data/internal.db',
    'postgres://user:secret@db.example/orders',
    'postgresql://db.example/orders?sslmode=require',
    'mysql://user@db.example:3307/orders',
    'mariadb://db.example/orders',
    'MySQL://db.example/orders',
  ])('like %s creates an internal system that is not open yet', async (url) => {
    const system = await create({ url });
    await system.close?.();
  });

  it('of SQLite in memory works', async () => {
    const system = await create({});
    await system.open();
    expect(await system.writeOrders([aSnapshot()], aCall())).toEqual([{ outcome: 'synced', conflict: false }]);
    await system.close?.();
  });

  it.each([
    [`mssql://sa:${SECRET}@db/orders`, /unknown scheme mssql:.*expected sqlite:, postgres: or mysql:/],
    [`${SECRET}`, /no scheme.*sqlite:data\/internal\.db/],
    ['sqlite:', /names no file/],
    [`postgres://user:${SECRET}@db.example`, /names no database/],
    [`mysql://user:${SECRET}@db.example/`, /names no database/],
    [`postgres://user:${SECRET}#[@db.example:x/orders`, /not a URL.*password/],
    [`mysql://user:${SECRET}%@db.example/orders`, /%25/],
    [
      `postgres://user:${SECRET}@db.example/orders?ssl=true`,
      /unknown parameter ssl: known are options, target_session_attrs, sslmode/,
    ],
    [`mysql://user:${SECRET}@db.example/orders?options=x`, /unknown parameter options/],
    [`mysql://db.example/orders?sslmode=perhaps`, /unknown sslmode.*disable, require, verify-ca, verify-full/],
    [`postgres://db.example/orders?sslrootcert=/no/such.pem`, /sslrootcert=\/no\/such\.pem, which can't be read/],
  ])('like %s is refused with what to do, but no secret', async (url, expected) => {
    const message = await refusal(create({ url }));
    expect(message).toMatch(expected);
    expect(message).toContain('INTERNAL_SYSTEM_URL');
    expect(message).not.toContain(SECRET);
  });

  it.each(['', 'x'.repeat(101)])('of a shop whose name does not fit is refused', async (shop) => {
    expect(await refusal(create({ shop }))).toMatch(/SHOP_NAME has \d+ characters, expected 1 to 100/);
  });
});

it('loads a module, whatever the URL', async () => {
  const module = await aModule(`export default async ({ shop, env }) => (
    { shop, region: env.ERP_REGION, open: async () => {}, writeOrders: async () => [] })`);
  const system = await create({ module, url: 'nonsense', shop: 'tea', env: { ERP_REGION: 'east' } });
  expect(system).toMatchObject({ shop: 'tea', region: 'east' });
  expect(await system.writeOrders([], aCall())).toEqual([]);
});

it.each([
  ['maxBatch', '"50"'],
  ['maxWrites', '0'],
  ['writeTimeoutMs', '1.5'],
])('refuses a module whose %s is %s', async (name, value) => {
  const module = await aModule(
    `export default () => ({ ${name}: ${value}, open: async () => {}, writeOrders: async () => [] })`,
  );
  expect(await refusal(create({ module }))).toContain(`${name} is ${value}, expected a whole number of 1 or more.`);
});
