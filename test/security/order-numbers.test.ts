import { expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** Order numbers become part of a URL, so anything that could lead elsewhere than to one order is refused before. */

const HOSTILE = [
  '..',
  '../admin',
  '../../etc/passwd',
  '..%2fadmin',
  '%2e%2e%2fadmin',
  '%2e%2e',
  '..\\admin',
  '.',
  '10086/../../admin',
  '10086/refund',
  '10086%2frefund',
  '//evil.example/10086',
  'https://evil.example/10086',
  '@evil.example',
  'user:password@evil.example',
  '10086?admin=1',
  '10086&numbers=10087',
  '10086#fragment',
  '10086;jsessionid=1',
  '10086,10087',
  '10086\r\nX-Injected: yes',
  '10086\r\n\r\nGET /admin HTTP/1.1\r\nHost: shop',
  '10086%0d%0aX-Injected:%20yes',
  '10086\u0000',
  '10086 10087',
  '１００８６',
  '10086\u202e',
  '{reference}',
  "1' OR '1'='1",
  '-1',
  '1'.repeat(65),
  'A'.repeat(10_240),
];

test('order numbers that try to escape the URL become dead letters, and the shop is never asked', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), SHOP_BATCH_SIZE: '50' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const events = HOSTILE.flatMap((number) => [
    JSON.stringify({ orderNumber: number, event: 'paid' }),
    JSON.stringify({ order: { id: number } }),
    JSON.stringify(number),
    number,
  ]);
  for (const event of events) await bystander.publish(workplace.queue, event);
  await expect.poll(() => daemon.outcomes().length).toBe(events.length);
  const outcomes = new Set(daemon.outcomes().map(({ outcome, reason }) => `${String(outcome)} ${String(reason)}`));
  expect([...outcomes]).toEqual(['dead-lettered malformed_event']);
  expect(shop.requests).toEqual([]);
  expect(readRows(workplace.database, 'SELECT reference FROM order_ledger')).toEqual([]);
  const deadLetters = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(deadLetters.map(({ content }) => content).sort()).toEqual([...events].sort());
  // A good number still gets through, so it really was the numbers that were refused.
  await bystander.publish(workplace.queue, '10086');
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(shop.requests.map(({ path }) => path)).toEqual(['/orders/10086']);
});

test.for(['send', 'resync', 'status'])('order-sync %s refuses them too', async (command) => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  for (const number of ['../admin', '10086?admin=1', '10086\r\nX-Injected: yes', 'A'.repeat(10_240)]) {
    const result = await orderSync(workplace, [command, '--', number]);
    expect([number.slice(0, 20), result.status]).toEqual([number.slice(0, 20), 64]);
  }
  expect(shop.requests).toEqual([]);
});
