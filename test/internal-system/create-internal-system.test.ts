import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, SyncError } from '../../src/errors.ts';
import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import { aSnapshot } from '../helpers/order-builder.ts';

const SECRET = 'hunter2';

function create(overrides: Partial<Parameters<typeof createInternalSystem>[0]>) {
  return createInternalSystem({ url: 'sqlite::memory:', shop: 'demo', env: {}, ...overrides });
}

/** The message of the ConfigError that this ends in. */
async function refusal(made: Promise<unknown>): Promise<string> {
  const error = await made.catch((thrown: unknown) => thrown);
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
  ])('like %s makes an internal system that is not opened yet', async (url) => {
    const system = await create({ url });
    await system.close?.();
  });

  it('of SQLite in memory works', async () => {
    const system = await create({});
    await system.open();
    expect(await system.writeOrders([aSnapshot()])).toEqual([{ outcome: 'synced', conflict: false }]);
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
    [`postgres://user:${SECRET}@db.example/orders?ssl=true`, /unknown parameter ssl: known are options, sslmode/],
    [`mysql://user:${SECRET}@db.example/orders?options=x`, /unknown parameter options/],
    [`mysql://db.example/orders?sslmode=perhaps`, /unknown sslmode.*disable, require, verify-ca, verify-full/],
    [`postgres://db.example/orders?sslrootcert=/no/such.pem`, /sslrootcert=\/no\/such\.pem, which can't be read/],
  ])('like %s is refused with what to do, and shows no secret', async (url, expected) => {
    const message = await refusal(create({ url }));
    expect(message).toMatch(expected);
    expect(message).toContain('INTERNAL_SYSTEM_URL');
    expect(message).not.toContain(SECRET);
  });

  it.each(['', 'x'.repeat(101)])('of a shop whose name does not fit is refused', async (shop) => {
    expect(await refusal(create({ shop }))).toMatch(/SHOP_NAME has \d+ characters, expected 1 to 100/);
  });
});

describe('an INTERNAL_SYSTEM module', () => {
  let directory = '';
  beforeAll(async () => {
    directory = relative(process.cwd(), await mkdtemp(join(tmpdir(), 'order-sync-')));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function moduleOf(source: string, name = `module-${crypto.randomUUID()}.mjs`): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, source);
    return path;
  }

  it.each(['erp.js', 'erp.ts'])('%s makes the internal system, whatever the URL', async (name) => {
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    const module = await moduleOf(
      `const made = [];
       export default async ({ shop, env }) => ({ shop, region: env.ERP_REGION, open: async () => {}, writeOrders: async () => made });`,
      name,
    );
    const system = await create({ module, url: 'nonsense', shop: 'tea', env: { ERP_REGION: 'east' } });
    expect(system).toMatchObject({ shop: 'tea', region: 'east' });
    expect(await system.writeOrders([])).toEqual([]);
  });

  it('that is not there is refused with the path that was tried', async () => {
    const message = await refusal(create({ module: './no-such-erp.ts' }));
    expect(message).toMatch(/INTERNAL_SYSTEM names \.\/no-such-erp\.ts, and there is no file .*no-such-erp\.ts/);
    expect(message).toContain(process.cwd());
  });

  it.each([
    ['has no default export', 'export const make = () => ({});', /no function as its default export/],
    ['exports no function', 'export default { open() {}, writeOrders() {} };', /no function as its default export/],
    ['makes nothing', 'export default () => null;', /without open\(\) and writeOrders\(\)/],
    [
      'makes something without open',
      'export default () => ({ writeOrders() {} });',
      /without open\(\) and writeOrders\(\)/,
    ],
    [
      'makes something without writeOrders',
      'export default () => ({ open() {} });',
      /without open\(\) and writeOrders/,
    ],
    ['is no JavaScript', 'export default (', /can't be loaded: /],
    ['needs what is not installed', "import 'no-such-erp-client';", /can't be loaded: .*no-such-erp-client/],
    [
      'fails',
      "export default () => { throw new RangeError('ERP_PORT is missing'); };",
      /RangeError: ERP_PORT is missing/,
    ],
    ['rejects', "export default async () => { throw 'nothing'; };", /failed: it threw something that is no Error/],
  ])('that %s is refused', async (_, source, expected) => {
    expect(await refusal(create({ module: await moduleOf(source) }))).toMatch(expected);
  });

  it.each([
    ['ConfigError', "new ConfigError(['ERP_URL is missing'])", ConfigError],
    ['SyncError', "new SyncError('internal_system_unavailable', 'The ERP is asleep.')", SyncError],
  ])('may say itself what is wrong, with a %s', async (name, thrown, expected) => {
    const errors = new URL('../../src/errors.ts', import.meta.url).href;
    const module = await moduleOf(`import { ${name} } from '${errors}'; export default () => { throw ${thrown}; };`);
    const error = await create({ module }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(expected);
    expect(String(error)).toMatch(/ERP_URL is missing$|The ERP is asleep/);
  });
});
