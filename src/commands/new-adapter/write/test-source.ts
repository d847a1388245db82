import Big from 'big.js';
import { at } from '../../../client/at.ts';
import { isDecimal } from '../recognise/forms.ts';
import type { Recognised, RecognisedLines } from '../recognise/recognise.ts';
import { quoted } from './source-text.ts';

/** The source of the adapter's test: a stand-in for the shop answers with the sample. */
export function testSource(recognised: Recognised, name: string): string {
  const { fields, envelope, lines, money } = recognised;
  const reference = String((fields.get('orderNumber') ?? fields.get('shopOrderId'))?.values[0]);
  const grand = fields.get('grand')?.values[0];
  const count = lines === undefined ? 0 : countOf(envelope.orders[0], lines);
  return `/** The adapter against a stand-in for the shop, which answers everything with the sample: node --test ${name}.test.ts */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import createShop from './${name}.ts';

// As it was given. If it holds a buyer's name, address or phone number, make up others before you commit it.
const sample = readFileSync(new URL('${name}.sample.json', import.meta.url));
const reference = ${quoted(reference)};

test('the order of the sample is read', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(sample);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  const shop = await createShop({ env: { SHOP_BASE_URL: \`http://127.0.0.1:\${address.port}\`, SHOP_TOKEN: 'token' } });
  try {
    const result = (await shop.fetchOrders([reference], AbortSignal.timeout(10_000))).get(reference);
    if (result?.kind !== 'order') assert.fail(result?.kind === 'failed' ? result.error.message : 'not found');
    assert.equal(result.order.lines.length, ${count});
${isDecimal(grand) ? `    assert.equal(Number(result.order.totals.grand), ${money.isCents ? new Big(grand).div(100).toFixed() : new Big(grand).toFixed()});\n` : ''}  } finally {
    await shop.close?.();
    server.close();
  }
});
`;
}

/** Lines of which nothing is left to be shipped are left out by the toolkit. */
function countOf(order: unknown, { path, fields }: RecognisedLines): number {
  const list = at(order, path.join('.'));
  const quantity = fields.get('quantity')?.path.join('.') ?? '';
  return Array.isArray(list) ? list.filter((line) => Number(at(line, quantity)) !== 0).length : 0;
}
