import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { recognise } from '../../src/commands/new-adapter/recognise/recognise.ts';
import { adapterSource } from '../../src/commands/new-adapter/write/adapter-source.ts';
import { parseExactJson } from '../../src/orders/exact-json.ts';
import { createShop } from '../../src/shop/create-shop.ts';
import { having, runContract } from '../commands/test-adapter/run-contract.ts';
import { listening } from '../helpers/network/listening.ts';
import { codeBlocks } from './documents.ts';

/** docs/adapters.md, from a sample to a running adapter, taken at its word. */
const [SAMPLE = ''] = codeBlocks('docs/adapters.md', 'json').map(({ code }) => code);
const [DRAFT = '', STATES = '', FAILURES = '', REQUESTS = ''] = codeBlocks('docs/adapters.md', 'typescript').map(
  ({ code }) => code,
);
const TOOLKIT = fileURLToPath(new URL('../../src/shop/toolkit/index.ts', import.meta.url));

function written(toolkit: string): string {
  const recognised = recognise(parseExactJson(SAMPLE));
  if (recognised === undefined) throw new Error('the sample is not recognised');
  return adapterSource(recognised, 'teashop', toolkit);
}

test('what the document shows is what is written', () => {
  expect(written('order-sync/shop')).toContain(DRAFT);
});

test('decided as in the document, the adapter keeps the contract', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'teashop.ts');
  writeFileSync(file, decided(written(relative(folder, TOOLKIT))));
  const env = { SHOP_BASE_URL: await theShop(), SHOP_TOKEN: TOKEN };
  const client = await createShop({ adapter: file }, env);
  onTestFinished(() => client.close?.());
  const stranger = await createShop({ adapter: file }, { ...env, SHOP_TOKEN: 'another' });
  const found = await runContract(client, stranger);
  expect(found['fetching']?.[0]?.message).toMatch(/^43 orders fetched/);
  expect(having(found, 'wrong', 'odd')).toEqual([]);
  // The document leaves it out.
  expect(having(found, 'skipped')).toEqual(['placed orders']);
});

/** Each piece of the document in the place of what was written. */
function decided(source: string): string {
  const [authLine = '', oneLine = '', pingLine = '', ...changedLines] = REQUESTS.split('\n');
  return source
    .replace(/\/\/ \w+: add each.*?\]\);\n/s, STATES)
    .replace(/\/\/ \w+: which code.*?;\n/s, FAILURES)
    .replace(/^ {4}auth: .*$/m, authLine)
    .replace(/^ {2}one: .*$/m, oneLine)
    .replace(/^ {2}ping: .*$/m, `${pingLine}\n${changedLines.join('\n')}`)
    .replace('import {', 'import { lists, time,');
}

const TOKEN = 'a-token-of-the-shop';

/** Answers as the document says: everything with HTTP 200, times by the clock of Shanghai, pages of ten. */
async function theShop(): Promise<string> {
  const trades = Array.from({ length: 43 }, (_, index) => aTrade(index));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://shop');
    const reply = (code: number, result: unknown = null) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ code, message: '', result }));
    };
    if (request.headers['x-app-token'] !== TOKEN) return void reply(40101);
    if (pathname === '/open/trade/get') {
      const trade = trades.find(({ order_no }) => order_no === searchParams.get('order_no'));
      return void (trade === undefined ? reply(50404) : reply(0, { trade }));
    }
    const since = searchParams.get('start_modified') ?? '';
    const found = trades.filter(({ modify_time }) => modify_time >= since);
    const begin = (Number(searchParams.get('page')) - 1) * 10;
    reply(0, { total: found.length, list: found.slice(begin, begin + 10) });
  });
  const url = await listening(server);
  return url;
}

function aTrade(index: number) {
  const { trade } = JSON.parse(SAMPLE).result;
  const placed = Date.now() - (43 - index) * 7 * 60_000;
  const inShanghai = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const state = [20, 20, 30, 10, 40][index % 5];
  return {
    ...trade,
    order_id: 880_000 + index,
    order_no: `T${20_261_000 + index}`,
    order_status: state,
    create_time: inShanghai(placed),
    pay_time: state === 10 ? '' : inShanghai(placed + 5_000),
    modify_time: inShanghai(placed + 60_000),
    cancel_time: state === 40 ? inShanghai(placed + 50_000) : null,
  };
}
