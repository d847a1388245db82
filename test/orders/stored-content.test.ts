import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contentHash } from '../../src/internal-system/newest-wins.ts';
import { parseExactJson } from '../../src/orders/exact-json.ts';
import { parseOrder } from '../../src/orders/order.ts';

/**
 * Replies of a shop, with the hash of their content as version 0.1.0 stored it. An order that reads differently after an
 * upgrade would be written again, as would all others: never change these hashes.
 */
const replies = readFileSync(new URL('fixtures/orders-of-0.1.0.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): { what: string; contentHash: string; text: string } => JSON.parse(line));

test.each(replies)('an order stored by version 0.1.0 is unchanged when it is fetched again: $what', (reply) => {
  const parsed = parseOrder(parseExactJson(reply.text));
  if ('problem' in parsed) throw new Error(parsed.problem);
  expect(contentHash(parsed.order)).toBe(reply.contentHash);
});
