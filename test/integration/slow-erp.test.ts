import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const SLOW = new URL('../helpers/slow-internal-system.ts', import.meta.url).pathname;
const orders = Array.from({ length: 120 }, (_, index) => anOrderDocument({ orderNumber: `S${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

/** All orders at once, to a daemon with a slow ERP. Resolves when all have an outcome. */
async function syncAll(env: Record<string, string>) {
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: SLOW, ...env });
  const daemon = startDaemon(workplace, { SLOW_FOLDER: workplace.folder });
  await daemon.ready();
  const bystander = await aBystander();
  await Promise.all(numbers.map((number) => bystander.publish(workplace.queue, number)));
  await Promise.all(
    numbers.map((number) => daemon.line((line) => line['orderNumber'] === number && line['outcome'] === 'synced')),
  );
  const linesOf = (name: string) => readFileSync(join(workplace.folder, name), 'utf8').trim().split('\n');
  return {
    outcomes: daemon.outcomes().map(({ outcome }) => outcome),
    pauses: daemon.lines.filter((line) => line.msg.startsWith('paused')).length,
    written: linesOf('written').toSorted(),
    mostCalls: Math.max(...linesOf('calls').map(Number)),
  };
}

const SYNCED_ONCE = {
  outcomes: numbers.map(() => 'synced'),
  pauses: 0,
  written: numbers.toSorted(),
};

test.each<[string, Record<string, string>, number]>([
  ['takes one order at a time', {}, 1],
  ['takes 200 orders, longer than a call may take, and reports each', { SLOW_BATCH: '200', SLOW_REPORTS: 'yes' }, 1],
  ['takes four orders at a time', { SLOW_WRITES: '4' }, 4],
])('an ERP that is slow, and %s, is not down: each order is written once', async (_, env, mostCalls) => {
  expect(await syncAll(env)).toEqual({ ...SYNCED_ONCE, mostCalls });
});
