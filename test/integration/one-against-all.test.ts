import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Fault, statusFault } from '../../demo/shop/faults.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander, type Bystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const PICKY = new URL('../helpers/picky-internal-system.ts', import.meta.url).pathname;

function orders(prefix: string, count: number): OrderDocument[] {
  return Array.from({ length: count }, (_, index) => anOrderDocument({ orderNumber: `${prefix}${index}` }));
}

function numbersOf(some: readonly OrderDocument[]): string[] {
  return some.map((order) => String(order.orderNumber));
}

async function publishAll(bystander: Bystander, { queue }: Workplace, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) await bystander.publish(queue, number);
}

function pauses(daemon: DaemonProcess): number {
  return daemon.lines.filter((line) => line.msg.startsWith('paused')).length;
}

/** The attempts at each order that were counted, in order. */
function attemptsAt(daemon: DaemonProcess, number: string): unknown[] {
  return daemon.lines
    .filter((line) => line['reference'] === number || line['orderNumber'] === number)
    .map((line) => [line['outcome'], line['attempt']]);
}

const ALL_ATTEMPTS = [
  ['retrying', 1],
  ['retrying', 2],
  ['dead-lettered', 3],
];

test.each<[string, () => Fault, string]>([
  ['refuses the credentials (403)', () => statusFault(403), 'shop_refused_credentials'],
  ['refuses the credentials (401)', () => statusFault(401), 'shop_refused_credentials'],
  ['limits the rate (429)', () => statusFault(429, { 'retry-after': '0' }), 'shop_rate_limited'],
  ['is in maintenance (503)', () => statusFault(503, { 'retry-after': '60' }), 'shop_rate_limited'],
])(
  'a shop that %s for one order alone: it is a dead letter in the end, and holds up nobody',
  async (_, fault, reason) => {
    const good = orders('N', 20);
    const bad = orders('BAD', 1);
    const shop = await aShop({
      orders: [...good, ...bad],
      faults: ({ references }) => (references.includes('BAD0') ? fault() : undefined),
    });
    const workplace = aWorkplace(shopEnv(shop));
    const daemon = startDaemon(workplace);
    await daemon.ready();
    const bystander = await aBystander();
    await publishAll(bystander, workplace, ['N0', 'BAD0', ...numbersOf(good).slice(1)]);
    const dead = await daemon.line((line) => line['outcome'] === 'dead-lettered');
    expect(dead).toMatchObject({ reference: 'BAD0', reason, error: expect.stringContaining('for this order alone') });
    expect(dead['error']).not.toContain('SHOP_TOKEN');
    expect(attemptsAt(daemon, 'BAD0')).toEqual(ALL_ATTEMPTS);
    expect(storedOrders(workplace.database)).toHaveLength(20);
    expect(pauses(daemon)).toBe(0);
    const { stdout } = await orderSync(workplace, ['status', 'BAD0']);
    expect(stdout).toContain(reason);
  },
);

test('many such orders at once, and nothing known when the first of them comes: a pause, then each is a dead letter', async () => {
  const good = orders('N', 5);
  const bad = orders('BAD', 40);
  const shop = await aShop({
    orders: [...bad, ...good],
    faults: ({ references }) =>
      references.length === 0 || references.some((reference) => reference.startsWith('BAD'))
        ? statusFault(403)
        : undefined,
  });
  const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_PREFETCH: '8' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await publishAll(bystander, workplace, numbersOf(bad).slice(0, 3));
  await daemon.line((line) => line.msg.startsWith('paused'));
  await publishAll(bystander, workplace, [...numbersOf(good), ...numbersOf(bad).slice(3)]);
  const deadLetters = () => new Set(daemon.outcomes().filter(({ outcome }) => outcome === 'dead-lettered')).size;
  await expect.poll(deadLetters, { timeout: 40_000 }).toBe(40);
  expect(storedOrders(workplace.database)).toHaveLength(5);
  expect(pauses(daemon)).toBe(1);
  expect(attemptsAt(daemon, 'BAD20')).toEqual(ALL_ATTEMPTS);
});

test('an internal system that seems down for one order alone: it is a dead letter in the end, and its batch mates are written', async () => {
  const good = orders('N', 30);
  const shop = await aShop({ orders: [...good, ...orders('AWAY', 1)] });
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: PICKY });
  const daemon = startDaemon(workplace, { PICKY_FOLDER: workplace.folder });
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N0');
  await daemon.line((line) => line['outcome'] === 'synced');
  await publishAll(bystander, workplace, ['N1', 'AWAY0', ...numbersOf(good).slice(2)]);
  const dead = await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(dead).toMatchObject({
    orderNumber: 'AWAY0',
    reason: 'internal_system_unavailable',
    error: expect.stringContaining('for this order alone'),
  });
  expect(attemptsAt(daemon, 'AWAY0')).toEqual(ALL_ATTEMPTS);
  for (const number of numbersOf(good)) expect(attemptsAt(daemon, number)).toEqual([['synced', 1]]);
  expect(pauses(daemon)).toBe(0);
});

test.each([
  ['a bug', 'BUG0', 'write_failed'],
  ['something that passes', 'BUSY0', 'write_failed'],
])('a write that fails for one order because of %s costs its batch mates no attempt', async (_, bad, reason) => {
  const good = orders('N', 40);
  const shop = await aShop({ orders: [...good, anOrderDocument({ orderNumber: bad })] });
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: PICKY });
  const daemon = startDaemon(workplace, { PICKY_FOLDER: workplace.folder });
  const bystander = await aBystander();
  await bystander.channel.assertQueue(workplace.queue, { durable: true });
  // In the middle of those that are fetched together: the last one might be written by itself.
  await publishAll(bystander, workplace, numbersOf(good).toSpliced(8, 0, bad));
  const dead = await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(dead).toMatchObject({ orderNumber: bad, reason });
  for (const number of numbersOf(good)) expect(attemptsAt(daemon, number)).toEqual([['synced', 1]]);
  const calls = readFileSync(`${workplace.folder}/calls`, 'utf8').split('\n');
  expect(calls.some((call) => call.includes(bad) && call.includes(' '))).toBe(true);
  const bug = daemon.lines.find((line) => line.msg === 'unexpected error');
  if (bad === 'BUG0') {
    expect(bug?.['err']).toMatchObject({ type: 'TypeError', stack: expect.stringContaining('picky-internal-system') });
  } else expect(bug).toBeUndefined();
});

test('sixty invalid orders before twenty good ones are dead letters at once, and hold up nobody', async () => {
  const bad = Array.from({ length: 60 }, (_, index) => anOrderDocument({ orderNumber: `BAD${index}`, currency: '¥' }));
  const good = orders('N', 20);
  const shop = await aShop({ orders: [...bad, ...good] });
  const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_PREFETCH: '8' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await publishAll(bystander, workplace, numbersOf([...bad, ...good]));
  await expect.poll(() => storedOrders(workplace.database).length).toBe(20);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(60);
  expect(pauses(daemon)).toBe(0);
});

test('a shop whose orders all become invalid is an outage, as soon as one that was valid shows it', async () => {
  const some = orders('N', 60);
  const shop = await aShop({ orders: some });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N0');
  await daemon.line((line) => line['outcome'] === 'synced');
  shop.setFaults(({ references: [reference] }) => ({
    kind: 'reply',
    body: JSON.stringify({ orderNumber: reference }),
  }));
  await publishAll(bystander, workplace, numbersOf(some));
  const paused = await daemon.line((line) => line.msg.startsWith('paused'));
  expect(paused).toMatchObject({ reason: 'invalid_order', error: expect.stringContaining('API changed?') });
  shop.setFaults(undefined);
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 30_000 }).toBeGreaterThan(45);
});

test('unknown orders are dead letters even if ten come in a row, because the shop still has another', async () => {
  const shop = await aShop({ orders: orders('N', 1) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N0');
  await publishAll(
    bystander,
    workplace,
    Array.from({ length: 30 }, (_, index) => `FAKE${index}`),
  );
  await expect.poll(() => bystander.messages(`${workplace.queue}.dead-letters`)).toBe(30);
  expect(pauses(daemon)).toBe(0);
});

test.each([
  ['a web page', { 'content-type': 'text/html' }],
  ['JSON', {}],
])('a shop that answers 404 with %s to everything is an outage, and nothing is a dead letter', async (_, headers) => {
  const shop = await aShop({ orders: orders('N', 60), faults: () => statusFault(404, headers) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await publishAll(bystander, workplace, numbersOf(orders('N', 60)));
  const paused = await daemon.line((line) => line.msg.startsWith('paused'));
  expect(paused).toMatchObject({ reason: 'order_not_found', error: expect.stringContaining('SHOP_ORDER_PATH right?') });
  // Probes go on for longer than all attempts of one order take.
  const asked = shop.requests.length;
  await expect.poll(() => shop.requests.length).toBeGreaterThan(asked + 5);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
  shop.setFaults(undefined);
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 30_000 }).toBe(60);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
});

test('a shop that sends web pages for unknown orders only is taken at its word', async () => {
  const shop = await aShop({
    orders: orders('N', 2),
    faults: ({ references }) =>
      references.includes('FAKE') ? statusFault(404, { 'content-type': 'text/html; charset=utf-8' }) : undefined,
  });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await publishAll(await aBystander(), workplace, ['FAKE', 'N0', 'N1']);
  const dead = await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(dead).toMatchObject({ reference: 'FAKE', reason: 'order_not_found' });
  expect(pauses(daemon)).toBe(0);
});

test('a shop that allows five requests a second is served at that rate, with the deliveries in hand', async () => {
  let window = 0;
  let inWindow = 0;
  const limit = () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== window) [window, inWindow] = [now, 0];
    inWindow += 1;
    return inWindow > 5 ? statusFault(429, { 'retry-after': '1' }) : undefined;
  };
  const some = orders('N', 100);
  const shop = await aShop({ orders: some, latencyMs: 40, faults: limit });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await publishAll(await aBystander(), workplace, numbersOf(some));
  await expect.poll(() => daemon.outcomes().length, { timeout: 50_000 }).toBe(100);
  const outcomes = daemon.lines.filter((line) => line['outcome'] !== undefined);
  expect(outcomes.map((line) => [line['outcome'], line['attempt']])).toEqual(Array(100).fill(['synced', 1]));
  expect(pauses(daemon)).toBe(0);
  expect(daemon.lines.filter((line) => line.msg.includes('limits the rate'))).toHaveLength(1);
  expect(shop.requests.length).toBeLessThan(150);
});

test('a stop does not wait for a shop that limits the rate', async () => {
  const some = orders('N', 100);
  const shop = await aShop({ orders: some, faults: () => statusFault(429, { 'retry-after': '20' }) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await publishAll(bystander, workplace, numbersOf(some));
  await daemon.line((line) => line.msg.includes('limits the rate'));
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  expect(pauses(daemon)).toBe(0);
  expect(await bystander.messages(workplace.queue)).toBe(100);
});
