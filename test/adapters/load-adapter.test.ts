import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, SyncError } from '../../src/errors.ts';
import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import { createShop } from '../../src/shop/create-shop.ts';
import { aModule, ERRORS_MODULE } from './helpers/a-module.ts';

/** The two ports, the methods that each requires, and how a module of each is loaded. */
const PORTS = [
  {
    variable: 'SHOP_ADAPTER',
    type: 'a ShopClient',
    methods: ['fetchOrders'],
    property: 'maxBatch',
    load: (module: string, env = {}) => createShop({ adapter: module }, env),
  },
  {
    variable: 'INTERNAL_SYSTEM',
    type: 'an OrderSink or an InternalSystem',
    methods: ['open', 'writeOrders'],
    property: 'region',
    load: (module: string, env = {}) =>
      createInternalSystem({ module, ledger: { url: 'sqlite:unused.db' }, isUrlGiven: false, shop: 'tea', env }),
  },
] as const;

describe.each(PORTS)('$variable', ({ variable, type, methods, property, load }) => {
  const adapter = `{ ${methods.map((method) => `${method}: async () => new Map()`).join(', ')} }`;

  async function failureOf(source: string): Promise<{ readonly path: string; readonly error: unknown }> {
    const path = await aModule(source);
    const error = await load(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { path, error };
  }

  it.each([
    ['.ts', `export default ({ env }: { env: Record<string, string> }) => ({ ${property}: env.N, ...${adapter} })`],
    ['.js', `export default ({ env }) => ({ ${property}: env.N, ...${adapter} })`],
    ['.mjs', `export default async ({ env }) => ({ ${property}: env.N, ...${adapter} })`],
  ])('loads a %s module, absolute or relative, and hands it the environment', async (extension, source) => {
    const path = await aModule(source, `adapter${extension}`);
    for (const name of [path, relative(process.cwd(), path)]) {
      expect(Object.values(await load(name, { N: '7' }))).toContain('7');
    }
  });

  it('takes methods of a class', async () => {
    const members = methods.map((method) => `async ${method}() {}`).join(' ');
    const path = await aModule(`class Adapter { ${members} }; export default () => new Adapter();`);
    await expect(load(path)).resolves.toBeDefined();
  });

  it('says where it looked for a file that does not exist', async () => {
    const missing = './no-such-adapter.ts';
    await expect(load(missing)).rejects.toThrow(
      new ConfigError([
        `${variable}=${missing}: there is no readable file ${join(process.cwd(), 'no-such-adapter.ts')}.`,
      ]),
    );
  });

  const returned = (found: string) =>
    `its default export returned ${found}, expected an object with ${variable === 'INTERNAL_SYSTEM' ? 'upsert(), or ' : ''}${methods.map((method) => `${method}()`).join(' and ')}`;
  const exported = (found: string) =>
    `expected a default export that is a function and returns ${type}, found ${found}`;
  it.each([
    ['does not parse', 'export default (', "it can't be loaded: "],
    ['imports a package that is not installed', "import 'no-such-client'", "it can't be loaded: Error: Cannot find"],
    ['throws when loaded', 'throw new TypeError("no table")', "it can't be loaded: TypeError: no table."],
    [
      'throws a SyncError when loaded',
      `import { SyncError } from '${ERRORS_MODULE}'; throw new SyncError('shop_unreachable', 'Away.')`,
      "it can't be loaded: SyncError: Away.",
    ],
    ['exports nothing as its default', 'export const factory = () => ({})', `${exported('nothing')}.`],
    ['exports an object', `export default ${adapter}`, `${exported('an object')}.`],
    [
      'throws an Error when called',
      'export default () => { throw new RangeError("no key") }',
      'its default export threw RangeError: no key.',
    ],
    [
      'throws a text',
      'export default async () => { throw "no key" }',
      'its default export threw a string, expected an Error.',
    ],
    ['returns nothing', 'export default () => {}', `${returned('nothing')}.`],
    ['returns null', 'export default () => null', `${returned('null')}.`],
    [
      'returns an object without a required method',
      `export default () => ({ ...${adapter}, ${methods[0]}: 1 })`,
      `${returned('an object')}.`,
    ],
  ])('is a matter of configuration when the module %s', async (_, source, expected) => {
    const { path, error } = await failureOf(source);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ problems: [expect.stringContaining(`${variable}=${path}: ${expected}`)] });
  });

  const CONFIG_ERROR = "new ConfigError(['ERP_URL: expected an address, found nothing.'])";
  const SYNC_ERROR = "new SyncError('internal_system_unavailable', 'The ERP is asleep.')";
  it.each([
    ['a ConfigError while being loaded', `throw ${CONFIG_ERROR}`, ConfigError],
    ['a ConfigError', `export default () => { throw ${CONFIG_ERROR} }`, ConfigError],
    ['a ConfigError later', `export default async () => { throw ${CONFIG_ERROR} }`, ConfigError],
    ['a SyncError', `export default () => { throw ${SYNC_ERROR} }`, SyncError],
    ['a SyncError later', `export default async () => { throw ${SYNC_ERROR} }`, SyncError],
  ])('lets the module say itself what is wrong, by throwing %s', async (_, source, expected) => {
    const { error } = await failureOf(`import { ConfigError, SyncError } from '${ERRORS_MODULE}'; ${source}`);
    expect(error).toBeInstanceOf(expected);
    expect(String(error)).toMatch(/^\w+: (?:ERP_URL: expected an address, found nothing\.|The ERP is asleep\.)$/);
  });

  it('calls the factory again after a SyncError, and loads the adapter once that works', async () => {
    const path = await aModule(`import { SyncError } from '${ERRORS_MODULE}';
      let calls = 0;
      export default () => { calls += 1; if (calls === 1) throw ${SYNC_ERROR}; return ${adapter}; }`);
    await expect(load(path)).rejects.toThrow(SyncError);
    await expect(load(path)).resolves.toBeDefined();
  });
});
