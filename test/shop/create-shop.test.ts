import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createShop } from '../../src/shop/create-shop.ts';
import { patient } from './rest/shops.ts';

async function aModule(name: string, source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'order-sync-adapter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), source);
  return join(folder, name);
}

async function problemWith(adapter: string): Promise<string> {
  const error = await createShop({ adapter }, {}).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError');
  expect(error.problems).toHaveLength(1);
  expect(error.message).toContain(`SHOP_ADAPTER=${adapter}: `);
  return error.message;
}

const FINDS_NOTHING = `
  fetchOrders: async (references) => new Map(references.map((reference) => [reference, { kind: 'not-found' }])),`;

describe('createShop', () => {
  it.each([
    [
      'shop.ts',
      `export default ({ env }: { env: Record<string, string> }) => ({ maxBatch: Number(env.MOST), ${FINDS_NOTHING} });`,
    ],
    ['shop.js', `export default ({ env }) => ({ maxBatch: Number(env.MOST), ${FINDS_NOTHING} });`],
    ['shop.mjs', `export default async ({ env }) => ({ maxBatch: Number(env.MOST), ${FINDS_NOTHING} });`],
  ])('takes %s, absolute or relative to the working directory, and hands it the environment', async (name, source) => {
    const path = await aModule(name, source);
    for (const adapter of [path, relative(process.cwd(), path)]) {
      const shop = await createShop({ adapter }, { MOST: '7' });
      expect(shop).toMatchObject({ maxBatch: 7 });
      expect(await shop.fetchOrders(['1'], patient)).toEqual(new Map([['1', { kind: 'not-found' }]]));
    }
  });

  it('makes the REST shop when no module is named', async () => {
    const shop = await createShop({ rest: { baseUrl: 'https://shop.example', batchSize: 20 } }, {});
    expect(shop.maxBatch).toBe(20);
    await shop.close?.();
    await expect(createShop({ rest: { baseUrl: 'shop.example' } }, {})).rejects.toThrow(ConfigError);
  });

  it('says where it looked for a file that is not there', async () => {
    expect(await problemWith('./no-such-shop.ts')).toContain(join(process.cwd(), 'no-such-shop.ts'));
  });

  it.each([
    ['does not parse', 'export default (', "it can't be loaded"],
    ['throws when loaded', 'throw new TypeError("no such table")', 'TypeError: no such table'],
    ['imports what is not there', 'import "./nowhere.ts"', "it can't be loaded"],
    ['exports nothing', 'export const shop = 1', 'expected a default export that is a function'],
    ['exports an object', `export default { ${FINDS_NOTHING} }`, 'expected a default export that is a function'],
    [
      'throws when called',
      'export default () => { throw new Error("no key") }',
      'its default export threw Error: no key',
    ],
    ['makes nothing', 'export default () => {}', 'no object with a fetchOrders function'],
    [
      'makes something else',
      'export default () => ({ fetchOrder: () => {} })',
      'no object with a fetchOrders function',
    ],
  ])('refuses a module that %s', async (_, source, expected) => {
    expect(await problemWith(await aModule('shop.mjs', source))).toContain(expected);
  });
});
