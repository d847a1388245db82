import { expect, test } from 'vitest';
import type { FaultHook } from '../../demo/demo-shop.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, RETRY_DELAYS_MS, startDaemon } from '../helpers/daemon-process.ts';
import { readRows, storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const paid = anOrderDocument({ orderNumber: '10086' });
/** In the shop's books a second before the payment: another server's clock was behind. */
const cancelledBefore = anOrderDocument({
  orderNumber: '10086',
  status: 'cancelled',
  updatedAt: '2026-11-22T08:00:04Z',
});
const refunded: OrderDocument = { ...paid, totals: { ...paid.totals, refunded: '9.60' } };

const OLD: ReturnType<FaultHook> = { kind: 'old-version' };
/** The requests, counted from 1, that a replica answers which has not seen the last change. */
function laggingAt(...attempts: number[]): FaultHook {
  return ({ attempt }) => (attempts.includes(attempt) ? OLD : undefined);
}

async function aSyncedOrder(env: Readonly<Record<string, string>> = {}) {
  const shop = await aShop({ orders: [paid] });
  const workplace = aWorkplace({ ...shopEnv(shop), ...env });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const publish = (event: string, properties: object = {}) =>
    bystander.publish(workplace.queue, JSON.stringify({ orderNumber: '10086', event }), properties);
  await publish('paid');
  await daemon.line((line) => line['outcome'] === 'synced');
  return { shop, workplace, daemon, bystander, publish };
}

/** The outcomes after the first, `synced`, and what follows them. */
function storyOf(daemon: DaemonProcess): unknown[][] {
  return daemon.lines
    .filter((line) => line['outcome'] !== undefined)
    .slice(1)
    .map((line) => [line['level'], line['outcome'], line['reason'] ?? line['nextLookInMs']]);
}

async function outcomes(daemon: DaemonProcess, count: number): Promise<unknown[][]> {
  await expect.poll(() => storyOf(daemon).length, { timeout: 10_000 }).toBe(count);
  return storyOf(daemon);
}

test('an older version is not written; one more fetch shows what is stored, and no attempt is counted', async () => {
  const { shop, workplace, daemon, publish } = await aSyncedOrder();
  shop.put(anOrderDocument({ orderNumber: '10086', status: 'cancelled', updatedAt: '2026-11-22T09:00:00Z' }));
  await publish('cancelled');
  await outcomes(daemon, 1);
  shop.setFaults(laggingAt(3));
  await publish('paid', { headers: { 'x-order-sync-last-look': 1 } });
  expect(await outcomes(daemon, 2)).toEqual([
    ['info', 'synced', undefined],
    ['info', 'stale', undefined],
  ]);
  expect(shop.requests).toHaveLength(4);
  expect(storedOrders(workplace.database)).toMatchObject([{ status: 'cancelled' }]);
});

test('a shop that goes on showing something older ends in a dead letter, and is no outage', async () => {
  const { shop, workplace, daemon, bystander, publish } = await aSyncedOrder();
  shop.put(cancelledBefore);
  await publish('cancelled');
  expect(await outcomes(daemon, 3)).toEqual([
    ['warn', 'retrying', 'shop_shows_older'],
    ['warn', 'retrying', 'shop_shows_older'],
    ['error', 'dead-lettered', 'shop_shows_older'],
  ]);
  expect(storedOrders(workplace.database)).toMatchObject([{ status: 'paid' }]);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
  expect(daemon.lines.filter(({ msg }) => msg.startsWith('paused'))).toEqual([]);
  const { stdout } = await orderSync(workplace, ['status', '10086']);
  expect(stdout).toContain('the internal system holds a newer version than the shop shows');
});

test('resync --force writes what the shop shows now, while the daemon runs, and later events work', async () => {
  const { shop, workplace, daemon, publish } = await aSyncedOrder();
  shop.put(cancelledBefore);
  await publish('cancelled');
  await outcomes(daemon, 3);
  const { status, stdout } = await orderSync(workplace, ['resync', '--force', '--yes', '10086']);
  expect({
    status,
    lines: stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().replace(/ +/g, ' ')),
  }).toEqual({
    status: 0,
    lines: [
      '10086 is older in the shop than here (here: paid, changed 2026-11-22T08:00:05.120Z; shop: cancelled, changed 2026-11-22T08:00:04.000Z)',
      'status: "paid" → "cancelled"',
      'updatedAt: "2026-11-22T08:00:05.120Z" → "2026-11-22T08:00:04.000Z"',
      '10086 was replaced',
    ],
  });
  expect(storedOrders(workplace.database)).toMatchObject([{ status: 'cancelled' }]);
  expect(readRows(workplace.database, 'SELECT state, last_error FROM order_ledger')).toEqual([
    { state: 'synced', last_error: null },
  ]);
  await publish('paid');
  expect((await outcomes(daemon, 5)).slice(3)).toEqual(LOOKED_AT_TWICE);
  shop.put({ ...cancelledBefore, status: 'refunded', updatedAt: '2026-11-22T08:00:04.500Z' });
  await publish('updated');
  expect((await outcomes(daemon, 6)).at(-1)).toEqual(['info', 'synced', undefined]);
});

const LOOKED_AT_TWICE = [
  ['info', 'unchanged', RETRY_DELAYS_MS[0]],
  ['info', 'unchanged', undefined],
];

test.each([
  ['paid', { ...refunded, updatedAt: '2026-11-22T09:00:00Z' }],
  ['updated', refunded],
  ['cancelled', { ...cancelledBefore, updatedAt: '2026-11-22T09:00:00Z' }],
  ['unspecified', { ...refunded, updatedAt: '2026-11-22T09:00:00Z' }],
] as const)('an early %s event is looked at once more, later, and brings its change', async (event, change) => {
  const { shop, workplace, daemon, publish } = await aSyncedOrder();
  // So that the event is not too early by its status.
  const before = event === 'cancelled' ? { ...paid, status: 'refunded' as const } : paid;
  shop.put(before);
  await publish('updated', { headers: { 'x-order-sync-last-look': 1 } });
  await outcomes(daemon, 1);
  shop.put(change);
  shop.setFaults(laggingAt(shop.requests.length + 1));
  await publish(event);
  const story = await outcomes(daemon, 3);
  expect(story.slice(1)).toEqual([
    ['info', 'unchanged', RETRY_DELAYS_MS[0]],
    ['info', 'synced', undefined],
  ]);
  const line = daemon.lines.find((entry) => entry['nextLookInMs'] !== undefined);
  expect(line?.msg).toBe(`unchanged 10086 (${event}), looked at again in 0.2 s`);
  expect(readRows(workplace.database, 'SELECT state, attempts FROM order_ledger')).toEqual([
    { state: 'synced', attempts: 1 },
  ]);
});

test('an event that changes nothing is looked at once more, and only once', async () => {
  const { workplace, daemon, bystander, publish } = await aSyncedOrder();
  await publish('updated');
  expect(await outcomes(daemon, 2)).toEqual(LOOKED_AT_TWICE);
  for (const queue of ['', `.retry.${RETRY_DELAYS_MS[0]}`]) {
    expect(await bystander.messages(`${workplace.queue}${queue}`)).toBe(0);
  }
});

test('old events, those of order-sync itself and replayed dead letters are looked at once', async () => {
  const { workplace, daemon, bystander, publish } = await aSyncedOrder();
  const now = Date.now();
  await publish('updated', { headers: { 'x-order-sync-published-at': now - 3_600_000 } });
  await publish('updated', { timestamp: Math.floor(now / 1000) - 3_600 });
  await orderSync(workplace, ['resync', '10086']);
  await bystander.publish(`${workplace.queue}.dead-letters`, '{"orderNumber":"10086","event":"updated"}');
  await orderSync(workplace, ['dead-letters', 'replay', '--all']);
  expect(await outcomes(daemon, 4)).toEqual(Array(4).fill(['info', 'unchanged', undefined]));
});

test('a cancellation is retried until the shop says cancelled or refunded, also if it says completed', async () => {
  const { shop, daemon, publish } = await aSyncedOrder();
  shop.put({ ...paid, status: 'completed', updatedAt: '2026-11-22T09:00:00Z' });
  await publish('cancelled');
  await daemon.line((line) => line['reason'] === 'not_yet_cancelled');
  shop.put({ ...paid, status: 'refunded', updatedAt: '2026-11-22T09:00:01Z' });
  await daemon.line((line) => line['outcome'] === 'synced' && line['status'] === 'refunded');
});

test('an internal system that does not name the stored version has the last word', async () => {
  const shop = await aShop({ orders: [paid] });
  const module = new URL('../helpers/stale-internal-system.ts', import.meta.url).pathname;
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: module });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, '{"orderNumber":"10086","event":"paid"}');
  const line = await daemon.line((entry) => entry['outcome'] !== undefined);
  expect(line).toMatchObject({ level: 'info', outcome: 'stale' });
  expect(shop.requests).toHaveLength(1);
});
