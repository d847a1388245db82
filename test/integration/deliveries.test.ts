import { expect, test } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon } from '../helpers/daemon-process.ts';
import { readRows, storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const HEADERS = {
  reason: 'x-order-sync-reason',
  failures: 'x-order-sync-failures',
  error: 'x-order-sync-error',
  first: 'x-order-sync-first-failed-at',
  last: 'x-order-sync-last-failed-at',
};

test('a bare order number from a plain AMQP client is in the internal system a moment later', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '20261122000123456789' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '20261122000123456789');
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(storedOrders(workplace.database)).toEqual([
    { order_number: '20261122000123456789', status: 'paid', grand_total: '129.40' },
  ]);
  expect(await bystander.messages(workplace.queue)).toBe(0);
});

test('every event format is understood; the same order again is unchanged, never doubled', async () => {
  const orderNumber = '20261122000123456789';
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber, shopOrderId: '98231' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  const bystander = await aBystander();
  await daemon.ready();
  const forms = [
    `{"orderNumber":"${orderNumber}","event":"paid"}`,
    `{"order_sn":${orderNumber},"event":"order.paid"}`,
    orderNumber,
    `"${orderNumber}"`,
    '{"id":98231,"event":"pay_success"}',
  ];
  for (const [index, form] of forms.entries()) {
    // Long ago, so that a repeated event is not looked at once more.
    await bystander.publish(workplace.queue, form, { timestamp: 1_700_000_000 });
    await expect.poll(() => daemon.outcomes().length).toBe(index + 1);
  }
  expect(daemon.outcomes().map((entry) => entry.outcome)).toEqual([
    'synced',
    'unchanged',
    'unchanged',
    'unchanged',
    'unchanged',
  ]);
  expect(storedOrders(workplace.database)).toHaveLength(1);
  expect(readRows(workplace.database, 'SELECT count(*) AS n FROM order_lines')).toEqual([{ n: 2 }]);
  expect(readRows(workplace.database, 'SELECT reference, state FROM order_ledger')).toEqual([
    { reference: orderNumber, state: 'synced' },
  ]);
});

test('a malformed event becomes a dead letter at once, with reason, times, its bytes and properties', async () => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const bytes = Buffer.from([0xff, 0xfe, 0x7b]);
  await bystander.publish(workplace.queue, bytes, {
    messageId: 'm-1',
    appId: 'php-shop',
    headers: { trace: 'abc' },
    CC: ['elsewhere'],
  });
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  const deadLetter = await bystander.channel.get(`${workplace.queue}.dead-letters`, { noAck: true });
  if (deadLetter === false) throw new Error('no dead letter');
  expect(deadLetter.content).toEqual(bytes);
  expect(deadLetter.properties).toMatchObject({ messageId: 'm-1', appId: 'php-shop', deliveryMode: 2 });
  const headers: Record<string, unknown> = { ...deadLetter.properties.headers };
  expect(headers).toMatchObject({ trace: 'abc', [HEADERS.reason]: 'malformed_event', [HEADERS.failures]: 1 });
  expect(headers[HEADERS.first]).toBe(headers[HEADERS.last]);
  expect(headers).not.toHaveProperty('CC');
  expect(shop.requests).toEqual([]);
});

test('an order that the shop does not know is retried after each delay, then becomes a dead letter', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: 'other' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '{"orderNumber":"10086","event":"paid"}');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  const lines = daemon.lines.filter((line) => line['outcome'] !== undefined);
  expect(lines.map((line) => [line['outcome'], line['reason'], line['attempt'], line['nextAttemptInMs']])).toEqual([
    ['retrying', 'order_not_found', 1, RETRY_DELAYS_MS[0]],
    ['retrying', 'order_not_found', 2, RETRY_DELAYS_MS[1]],
    ['dead-lettered', 'order_not_found', 3, undefined],
  ]);
  // At the last attempt, an order that the shop lists shows that the shop works.
  const forIt = shop.requests.filter(({ path }) => path.endsWith('/10086'));
  const asked = forIt.map((request) => request.at.getTime());
  expect(asked).toHaveLength(3);
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(RETRY_DELAYS_MS[0] ?? 0);
  const [deadLetter] = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(deadLetter?.content).toBe('{"orderNumber":"10086","event":"paid"}');
  expect(deadLetter?.headers).toMatchObject({ [HEADERS.reason]: 'order_not_found', [HEADERS.failures]: 3 });
  expect(Number(deadLetter?.headers[HEADERS.last])).toBeGreaterThan(Number(deadLetter?.headers[HEADERS.first]));
  expect(readRows(workplace.database, 'SELECT state, attempts, last_error FROM order_ledger')).toEqual([
    { state: 'dead-lettered', attempts: 3, last_error: 'order_not_found: The shop has no order 10086.' },
  ]);
});

test('forged attempt headers change nothing', async () => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const [index, forged] of [-1, 1e9, 'NaN', 1.5, '__proto__'].entries()) {
    await bystander.publish(workplace.queue, `forged-${index}`, {
      headers: { [HEADERS.failures]: forged },
    });
  }
  await expect
    .poll(() => daemon.lines.filter((line) => line['outcome'] !== undefined).length)
    .toBeGreaterThanOrEqual(5);
  const first = daemon.lines.filter((line) => line['outcome'] !== undefined && !line['redelivered']).slice(0, 5);
  expect(first.map((line) => [line['outcome'], line['attempt']])).toEqual(Array(5).fill(['retrying', 1]));
});

test('a late paid event does not undo the cancellation that overtook it', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086', status: 'cancelled' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '{"orderNumber":"10086","event":"cancelled"}');
  await daemon.line((line) => line['outcome'] === 'synced');
  // For the late event, a replica of the shop's API still serves the older version.
  const older = anOrderDocument({ orderNumber: '10086', status: 'paid', updatedAt: '2026-11-22T08:00:04Z' });
  shop.setFaults(({ attempt }) => (attempt === 2 ? { kind: 'reply', body: JSON.stringify(older) } : undefined));
  await bystander.publish(workplace.queue, '{"orderNumber":"10086","event":"paid"}');
  await daemon.line((line) => line['outcome'] === 'stale');
  expect(storedOrders(workplace.database)).toMatchObject([{ status: 'cancelled' }]);
});

test('an invalid order becomes a dead letter at once, and none of its values is logged', async () => {
  const broken = anOrderDocument({ orderNumber: '10086', currency: 'Geheimnis-Müller' });
  const shop = await aShop({ orders: [broken] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, '10086');
  const line = await daemon.line((entry) => entry['outcome'] === 'dead-lettered');
  expect(line['reason']).toBe('invalid_order');
  expect(String(line['error'])).toContain('currency');
  expect(JSON.stringify(daemon.lines)).not.toMatch(/Geheimnis|王小明|xiaoming|138 0000|文三路/);
});

test('an order that always fails is retried and dead-lettered while others are synced', async () => {
  const good = Array.from({ length: 30 }, (_, index) => anOrderDocument({ orderNumber: `good-${index}` }));
  const shop = await aShop({
    orders: [...good, anOrderDocument({ orderNumber: 'poison' })],
    faults: ({ references }) => (references.includes('poison') ? statusFault(500) : undefined),
  });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'poison');
  await daemon.line((line) => line['outcome'] === 'retrying');
  for (const order of good) await bystander.publish(workplace.queue, order.orderNumber as string);
  const end = await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(end).toMatchObject({ reference: 'poison', reason: 'shop_error', attempt: 3 });
  expect(storedOrders(workplace.database)).toHaveLength(30);
  expect(daemon.lines.filter((line) => line.msg.startsWith('paused'))).toEqual([]);
});
