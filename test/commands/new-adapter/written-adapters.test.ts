import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { recognise } from '../../../src/commands/new-adapter/recognise/recognise.ts';
import { adapterSource } from '../../../src/commands/new-adapter/write/adapter-source.ts';
import { MARK } from '../../../src/commands/new-adapter/write/source-text.ts';
import { testSource } from '../../../src/commands/new-adapter/write/test-source.ts';
import { parseExactJson } from '../../../src/orders/exact-json.ts';
import type { Order } from '../../../src/orders/order.ts';
import { totalsAddUp } from '../../../src/orders/totals.ts';
import { createShop } from '../../../src/shop/create-shop.ts';
import { listening } from '../../helpers/network/listening.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const SAMPLES = new URL('samples/', import.meta.url);
const NAMES = readdirSync(SAMPLES).map((file) => file.replace('.json', ''));
const folder = mkdtempSync(join(tmpdir(), 'order-sync-written-'));
const run = promisify(execFile);

/** Every adapter, with its test, in one folder: to check the types of all at once. */
beforeAll(() => {
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(PROJECT, 'tsconfig.json'), include: ['*.ts'], exclude: [] }),
  );
  for (const name of NAMES) {
    const sample = readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');
    const recognised = recognise(parseExactJson(sample));
    if (recognised === undefined) throw new Error(`nothing was recognised in ${name}`);
    const toolkit = relative(folder, join(PROJECT, 'src/shop/toolkit/index.ts'));
    writeFileSync(join(folder, `${name}.ts`), adapterSource(recognised, name, toolkit));
    writeFileSync(join(folder, `${name}.test.ts`), testSource(recognised, name));
    writeFileSync(join(folder, `${name}.sample.json`), sample);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const source = (name: string) => readFileSync(join(folder, `${name}.ts`), 'utf8');

test('the strictest compiler accepts every adapter and its test', async () => {
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', folder]).catch((error) => error);
  expect(stdout).toBe('');
});

test('the test that is written with each adapter passes', async () => {
  const { stdout } = await run(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=tap'], {
    cwd: folder,
  });
  expect(stdout).toContain(`# pass ${NAMES.length}`);
  expect(stdout).toContain('# fail 0');
});

/** The first order of a sample, through the adapter that was written from it. */
async function orderThrough(name: string): Promise<Order> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(new URL(`${name}.json`, SAMPLES)));
  });
  const url = await listening(server);
  const env = { SHOP_BASE_URL: url, SHOP_TOKEN: 'token' };
  const shop = await createShop({ adapter: join(folder, `${name}.ts`) }, env);
  onTestFinished(() => shop.close?.());
  const reference = /const reference = '(.*)';/.exec(readFileSync(join(folder, `${name}.test.ts`), 'utf8'))?.[1] ?? '';
  const result = (await shop.fetchOrders([reference], AbortSignal.timeout(10_000))).get(reference);
  if (result?.kind !== 'order') throw new Error(result?.kind === 'failed' ? result.error.message : 'not found');
  return result.order;
}

describe('an order through the adapter', () => {
  // In presta there is a code of a state without a time of payment: nobody can tell.
  test.each(NAMES.filter((name) => !['minimal', 'presta', 'cancelled'].includes(name)))(
    '%s: reads as the one purchase of all samples',
    async (name) => {
      const order = await orderThrough(name);
      expect(order).toMatchObject({
        status: 'paid',
        placedAt: expect.stringMatching(/^2026-11-22T08:00:00|^2026-11-22T09:00:00/),
        lines: [
          { sku: 'TEA-LJ-250', quantity: 2 },
          { sku: 'CUP-01', quantity: 1 },
        ],
      });
      expect(Number(order.totals.grand)).toBe(129.4);
      expect(totalsAddUp(order)).toBe(true);
    },
  );

  test('every digit of a long order number is kept, and cents become the main unit', async () => {
    expect(await orderThrough('json-rpc')).toMatchObject({
      orderNumber: '20261122000123456789',
      shopOrderId: '98231',
      paidAt: '2026-11-22T08:00:04.000Z',
      cancelledAt: null,
      updatedAt: '2026-11-22T08:00:05.120Z',
      shippingAddress: { recipient: '王小明', city: '杭州市', lines: ['文三路 1 号'] },
      lines: [{ unitPrice: '54.90', lineTotal: '109.80' }, { unitPrice: '9.60' }],
      totals: { items: '119.40', shipping: '10.00', discount: '0.00', grand: '129.40' },
    });
  });

  test('pinyin and times without a zone', async () => {
    expect(await orderThrough('pinyin')).toMatchObject({
      orderNumber: 'DD20261122000123456789',
      placedAt: '2026-11-22T08:00:00.000Z',
      shippingAddress: {
        recipient: '王小明',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        postcode: '310000',
      },
      buyerNote: '请周末送货',
    });
  });

  test('a line of which nothing is left', async () => {
    expect(await orderThrough('cancelled')).toMatchObject({ status: 'cancelled', lines: [{ sku: 'CUP-01' }] });
  });

  test('names in two parts, lists in objects, states in several fields', async () => {
    expect(await orderThrough('shopify-rest')).toMatchObject({
      buyer: { id: '207119551', name: 'Ming Li', email: 'ming@example.com' },
      shippingAddress: { recipient: 'Ming Li', country: 'US', lines: ['8 Main Street', 'Floor 2'] },
      totals: { shipping: '10.00' },
    });
    expect(await orderThrough('taobao')).toMatchObject({
      orderNumber: '2026112200012345678',
      lines: [{ lineId: '1' }, {}],
    });
  });
});

describe('the source of an adapter', () => {
  test.each(NAMES)('%s: is short, and holds nothing about the buyer', (name) => {
    expect(source(name).split('\n').length).toBeLessThanOrEqual(80);
    const widest = Math.max(
      ...source(name)
        .split('\n')
        .map(({ length }) => length),
    );
    expect(widest).toBeLessThanOrEqual(120);
    const files = source(name) + readFileSync(join(folder, `${name}.test.ts`), 'utf8');
    expect(files).not.toMatch(/王小明|138000|文三路|浙江|请周末|Ming|Main Street|example\.com|555 0100|ring twice/);
  });

  test('says what has to be decided, with the example that leaves it open', () => {
    expect(source('ecshop')).toContain(`// ${MARK}: add_time "1795334400" looks like seconds since 1970. Is it?`);
    expect(source('ecshop')).toContain(`// ${MARK}: which pay_status says paid? In the sample it is "2".`);
    expect(source('ecshop')).toContain(`// ${MARK}: country, province, city, district: numbers.`);
    expect(source('douyin')).toContain(`// ${MARK}: is 12940 in cents?`);
    expect(source('douyin')).toContain(
      `// ${MARK}: what does order_status "2" mean? In the sample its time of payment is set.`,
    );
    expect(source('pinyin')).toContain(
      `// ${MARK}: xiadan_shijian "2026-11-22 16:00:00" names no zone. Is it this one?`,
    );
    expect(source('minimal')).toContain(`// ${MARK}: the sample has no time of the last change.`);
    expect(source('shop-cents')).not.toContain('in cents?');
  });

  test('whatever a shop calls its fields stays text', () => {
    const hostile = ["it's */ $", '{process.exit()} \u2028 `'].join('');
    const order = { id: 1, status: hostile, total: '1.00', created_at: 1795334400, items: [{ sku: 'TEA', qty: 1 }] };
    const recognised = recognise({ [hostile]: [order] });
    if (recognised === undefined) throw new Error('nothing was recognised');
    const lines = adapterSource(recognised, 'hostile', 'order-sync/shop').split(/[\n\u2028]/);
    expect(lines.filter((line) => line.includes('process.exit'))).toEqual([
      expect.stringMatching(/^ {2}\/\/ \w+: what does status "it's \*\/.*\\u\{2028\}/),
      expect.stringMatching(/^ {2}\['it\\'s \*\/ \$\{process\.exit\(\)\} \\u2028 `', 'pending'\],$/),
      expect.stringMatching(/'it\\'s \*\/ \$\{process\.exit\(\)\} \\u2028 `'/),
    ]);
  });
});
