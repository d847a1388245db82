import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { aBystander } from '../helpers/broker.ts';
import {
  aWorkplace,
  type DaemonProcess,
  type LogLine,
  startDaemon,
  type Workplace,
} from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';

const MINUTE = 60_000;
const BARE_SHOP = new URL('helpers/bare-shop.ts', import.meta.url).pathname;
const BARE_INTERNAL_SYSTEM = new URL('../helpers/gated-internal-system.ts', import.meta.url).pathname;

/** Orders that changed ten minutes apart; the last one, `minutesAgo` plus ten minutes ago. */
function orders(count: number, minutesAgo = 20) {
  return Array.from({ length: count }, (_, index) => {
    const updatedAt = new Date(Date.now() - (minutesAgo + (count - index) * 10) * MINUTE).toISOString();
    return anOrderDocument({ orderNumber: `N${index}`, placedAt: updatedAt, updatedAt });
  });
}

function scans(daemon: DaemonProcess): LogLine[] {
  return daemon.lines.filter((line) => line['scan'] !== undefined);
}

/** As if it had reconciled a day ago: an internal system that holds nothing yet begins with the present. */
async function inUse(workplace: Workplace): Promise<Workplace> {
  const store = await storeOf(workplace);
  await store.takeLease('changes', 'test', 1);
  await store.saveScan('changes', 'test', 1, { cursor: new Date(Date.now() - 24 * 60 * MINUTE).toISOString() });
  await store.releaseLease('changes', 'test');
  return workplace;
}

async function storeOf(workplace: Workplace) {
  const system = await sqlSystem(workplace.env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  await system.open();
  onTestFinished(() => system.close());
  return system.reconciliation;
}

test('the daemon finds the order whose event never arrived, and syncs it like any other', async () => {
  const shop = await aShop({ orders: orders(3) });
  const workplace = aWorkplace(shopEnv(shop));
  const opsPort = await aFreePort();
  const bystander = await aBystander();
  const first = startDaemon(workplace);
  await first.ready();
  for (const number of ['N0', 'N2']) await bystander.publish(workplace.queue, number);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(2);
  expect(scans(first)).toEqual([]);
  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);

  const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '600000', OPS_PORT: opsPort });
  const scan = await daemon.line((line) => line['scan'] === 'changes');
  expect(scan).toMatchObject({ level: 'warn', compared: 3, found: 1, orders: ['N1'], known: 0, unreadable: 0 });
  expect(scan.msg).toBe('reconciled: 1 of 3 orders were behind, events published');
  const synced = await daemon.line((line) => line['outcome'] === 'synced');
  expect(synced).toMatchObject({ orderNumber: 'N1', event: 'updated', attempt: 1 });
  expect(storedOrders(workplace.database)).toHaveLength(3);
  const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  expect(metrics).toContain('order_sync_reconciled_orders_total{scan="changes",result="found"} 1');
  const { lastRun } = await (await storeOf(workplace)).readScan('changes');
  expect(lastRun).toMatchObject({ compared: 3, found: 1, error: null });
  // The next scan is not due yet, not even for a daemon that starts now.
  const another = startDaemon(workplace, { RECONCILE_EVERY_MS: '600000' });
  await another.ready();
  expect(scans(another)).toEqual([]);
  expect(scans(daemon)).toHaveLength(1);
});

test('the deep scan finds a change that left "updated at" as it was', async () => {
  const [order] = orders(1);
  const shop = await aShop({ orders: orders(1) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace, { RECONCILE_DEEP_EVERY_MS: '1000' });
  const missing = await daemon.line((line) => line['scan'] === 'deep' && line['found'] === 1);
  expect(missing['level']).toBe('warn');
  await expect.poll(() => storedOrders(workplace.database)).toMatchObject([{ order_number: 'N0', status: 'paid' }]);
  await daemon.line((line) => line['scan'] === 'deep' && line['found'] === 0 && line['level'] === 'info');
  const stored = shop.get('N0') ?? order ?? anOrderDocument();
  shop.put({ ...stored, totals: { ...stored.totals, grand: '77.00' } });
  await expect.poll(() => storedOrders(workplace.database)).toMatchObject([{ grand_total: '77.00' }]);
});

test('of two daemons, one at a time scans, no more often than one alone', async () => {
  const shop = await aShop({ orders: orders(5), latencyMs: 20 });
  const workplace = await inUse(aWorkplace(shopEnv(shop)));
  const everyMs = 700;
  const startedAt = Date.now();
  const daemons = [1, 2].map(() => startDaemon(workplace, { RECONCILE_EVERY_MS: String(everyMs) }));
  const all = () => daemons.flatMap(scans);
  await expect.poll(() => all().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(6);
  expect(all().length).toBeLessThanOrEqual((Date.now() - startedAt) / everyMs + 1);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(5);
});

test('when one daemon dies, another takes over', async () => {
  const shop = await aShop({ orders: orders(2) });
  const workplace = aWorkplace(shopEnv(shop));
  const [first, second] = [1, 2].map(() => startDaemon(workplace, { RECONCILE_EVERY_MS: '500' }));
  if (first === undefined || second === undefined) throw new Error('expected two daemons');
  await Promise.all([first.ready(), second.ready()]);
  await expect.poll(() => scans(first).length + scans(second).length, { timeout: 30_000 }).toBeGreaterThan(0);
  first.signal('SIGKILL');
  await first.exited;
  const before = scans(second).length;
  await expect.poll(() => scans(second).length, { timeout: 90_000 }).toBeGreaterThan(before + 1);
});

test('a shop that is down causes one warning; the scan continues automatically once it is up', async () => {
  let isDown = true;
  const shop = await aShop({
    orders: orders(3),
    faults: ({ references }) => (isDown && references.length === 0 ? statusFault(403) : undefined),
  });
  const workplace = await inUse(aWorkplace({ ...shopEnv(shop), LOG_LEVEL: 'debug' }));
  const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '300' });
  const failures = () => scans(daemon).filter(({ msg }) => msg.startsWith('reconciliation stopped half-way'));
  await expect.poll(() => failures().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  expect(failures().filter(({ level }) => level === 'warn')).toHaveLength(1);
  expect(failures()[0]).toMatchObject({
    level: 'warn',
    compared: 0,
    error: expect.stringMatching(/^shop_refused_credentials: /),
  });
  isDown = false;
  await daemon.line((line) => line['scan'] === 'changes' && line['found'] === 3);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(3);
});

test('while consumption is paused, nothing is scanned', async () => {
  const shop = await aShop({ orders: orders(3), faults: () => statusFault(403) });
  const workplace = await inUse(aWorkplace(shopEnv(shop)));
  const bystander = await aBystander();
  await bystander.channel.assertQueue(workplace.queue, { durable: true });
  await bystander.publish(workplace.queue, 'N0');
  const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '400' });
  await daemon.line((line) => line.msg.startsWith('paused'));
  const requestsFor = (reference: string) =>
    shop.requests.filter(({ references }) => references[0] === reference).length;
  // A scan first requests the shop's time.
  const scansBegun = () => requestsFor('order-sync-check');
  const [before, canaries] = [scansBegun(), requestsFor('N0')];
  await expect.poll(() => requestsFor('N0'), { timeout: 20_000 }).toBeGreaterThanOrEqual(canaries + 3);
  expect(scansBegun()).toBeLessThanOrEqual(before + 1);
  shop.setFaults(undefined);
  await daemon.line((line) => line['scan'] === 'changes' && line['compared'] === 3);
});

test('while many events wait in the queue, nothing is scanned: what seems missing may be on its way', async () => {
  const shop = await aShop({ orders: orders(3), latencyMs: 200 });
  const workplace = await inUse(aWorkplace({ ...shopEnv(shop), RABBITMQ_PREFETCH: '1' }));
  const bystander = await aBystander();
  await bystander.channel.assertQueue(workplace.queue, { durable: true });
  for (let index = 0; index < 1100; index += 1) bystander.channel.sendToQueue(workplace.queue, Buffer.from('N0'));
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(1100);
  const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '300' });
  await expect.poll(() => daemon.outcomes().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
  expect(shop.requests.filter(({ references }) => references.length === 0)).toEqual([]);
  await bystander.channel.purgeQueue(workplace.queue);
  await daemon.line((line) => line['scan'] === 'changes' && line['compared'] === 3);
});

test('SIGTERM interrupts a scan at once, and the next daemon scans', async () => {
  const shop = await aShop({
    orders: orders(3),
    faults: ({ references }) => (references.length === 0 ? { kind: 'stall' } : undefined),
  });
  const workplace = await inUse(aWorkplace({ ...shopEnv(shop), SHOP_TIMEOUT_MS: '600000' }));
  const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '60000' });
  await daemon.ready();
  await expect.poll(() => shop.requests.some(({ fault }) => fault === 'stall')).toBe(true);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  expect(scans(daemon)).toEqual([]);
  shop.setFaults(undefined);
  // It released its lease; its scan counts as interrupted, so the next one is due sooner.
  const next = startDaemon(workplace, { RECONCILE_EVERY_MS: '1000' });
  await next.line((line) => line['scan'] === 'changes' && line['found'] === 3);
});

test.each([
  ['a shop without the lists', { SHOP_ADAPTER: BARE_SHOP }, 'the module in SHOP_ADAPTER has no listUpdatedSince()'],
  [
    'an internal system without reconciliation',
    { SHOP_BASE_URL: 'http://127.0.0.1:1', INTERNAL_SYSTEM: BARE_INTERNAL_SYSTEM },
    'the module in INTERNAL_SYSTEM has no "reconciliation"',
  ],
])(
  '%s leaves a daemon without reconciliation, with one warning; a deep scan that was asked for ends it with 78',
  async (_, env, why) => {
    const workplace = aWorkplace(env);
    const daemon = startDaemon(workplace, { RECONCILE_EVERY_MS: '60000' });
    await daemon.ready();
    const words = daemon.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
    expect(words.filter((msg) => msg.startsWith('reconciliation'))).toEqual([
      `reconciliation is off, so orders whose event never arrives are missed: ${why}`,
    ]);
    const refused = startDaemon(workplace, { RECONCILE_DEEP_EVERY_MS: '60000' });
    expect(await refused.exited).toBe(78);
    expect(refused.lines.find(({ level }) => level === 'fatal')?.['error']).toMatch(
      /^RECONCILE_DEEP_EVERY_MS is set, but /,
    );
  },
);

test('reconciliation is on by default, says so at the first start, and leaves alone what the shop had before', async () => {
  const shop = await aShop({ orders: orders(3) });
  const workplace = aWorkplace({ ...shopEnv(shop), RECONCILE_EVERY_MS: '' });
  const daemon = startDaemon(workplace);
  const first = await daemon.line(({ msg }) => msg.startsWith('reconciliation is on'));
  expect(first.msg).toBe(
    'reconciliation is on: every 15 min, orders whose event never arrived are brought in; what was in the shop before is left alone ("order-sync reconcile --since 2d" brings it in). RECONCILE_EVERY_MS=0 turns it off',
  );
  expect(await daemon.line((line) => line['scan'] === 'changes')).toMatchObject({
    level: 'info',
    compared: 0,
    found: 0,
  });
  daemon.signal('SIGTERM');
  await daemon.exited;
  const again = startDaemon(workplace);
  await again.ready();
  expect(again.lines.filter(({ msg }) => msg.startsWith('reconciliation is on'))).toEqual([]);
  expect(storedOrders(workplace.database)).toEqual([]);
});

test('an internal system that has lost everything is not taken for a new one: what the shop had before comes back too', async () => {
  const shop = await aShop({ orders: orders(3) });
  const workplace = aWorkplace({ ...shopEnv(shop), RECONCILE_EVERY_MS: '' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, 'N0');
  await expect.poll(() => daemon.outcomes().length).toBeGreaterThan(0);
  daemon.signal('SIGTERM');
  await daemon.exited;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${workplace.database}${suffix}`, { force: true });
  const again = startDaemon(workplace);
  const first = await again.line(({ msg }) => msg.startsWith('reconciliation is on'));
  expect(first.msg).toContain('the first time over the last 24 hours');
  await expect.poll(() => storedOrders(workplace.database).length).toBe(3);
});

test('RECONCILE_EVERY_MS=0 turns it off, with one warning', async () => {
  const shop = await aShop({ orders: orders(1) });
  const daemon = startDaemon(aWorkplace({ ...shopEnv(shop), RECONCILE_EVERY_MS: '0' }));
  await daemon.ready();
  expect(daemon.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
    expect.stringMatching(/^RECONCILE_EVERY_MS is 0, so nobody looks for orders whose event never arrived/),
  ]);
  expect(scans(daemon)).toEqual([]);
});
