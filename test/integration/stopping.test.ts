import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander, BROKER_URL, type Bystander } from '../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { startTcpProxy } from '../helpers/network/tcp-proxy.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const orders = Array.from({ length: 20 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

/** For a daemon whose internal system begins each write, but commits only once the gate is open. */
async function aGatedWorkplace(env: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  const shop = await aShop({ orders });
  const module = new URL('../helpers/gated-internal-system.ts', import.meta.url).pathname;
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: module, ...env });
  return { ...workplace, env: { ...workplace.env, GATE_FOLDER: workplace.folder } };
}

function byReference(a: { reference: unknown }, b: { reference: unknown }): number {
  return String(a.reference).localeCompare(String(b.reference));
}

function recorded(workplace: Workplace, file: 'begun' | 'committed'): string[] {
  try {
    return readFileSync(`${workplace.folder}/${file}`, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

test('does not ack before the commit: when the daemon is killed in between, its orders are delivered again', async () => {
  const workplace = await aGatedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await expect.poll(() => recorded(workplace, 'begun').length).toBeGreaterThan(0);
  daemon.signal('SIGKILL');
  await daemon.exited;
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(numbers.length);
  writeFileSync(`${workplace.folder}/gate`, '');
  const second = startDaemon(workplace);
  await expect.poll(() => new Set(recorded(workplace, 'committed')).size, { timeout: 20_000 }).toBe(numbers.length);
  await expect.poll(() => second.outcomes().length).toBe(numbers.length);
  expect(await bystander.messages(workplace.queue)).toBe(0);
});

test('SIGTERM: deliveries in flight are finished and acked, no more are taken, exit 0', async () => {
  const workplace = await aGatedWorkplace({ RABBITMQ_PREFETCH: '5' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await expect.poll(() => recorded(workplace, 'begun').length).toBeGreaterThan(0);
  daemon.signal('SIGTERM');
  await daemon.line((line) => line.msg.startsWith('stopping'));
  writeFileSync(`${workplace.folder}/gate`, '');
  expect(await daemon.exited).toBe(0);
  const synced = daemon.outcomes().filter((entry) => entry.outcome === 'synced').length;
  expect(synced).toBeGreaterThan(0);
  expect(daemon.lines.at(-1)).toMatchObject({ finished: synced, requeued: 0 });
  expect(await bystander.messages(workplace.queue)).toBe(numbers.length - synced);
});

test('drain deadline: unfinished deliveries are requeued, exit 75', async () => {
  const workplace = await aGatedWorkplace({ SHUTDOWN_TIMEOUT_MS: '300' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  await expect.poll(() => recorded(workplace, 'begun').length).toBeGreaterThan(0);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(75);
  expect(daemon.outcomes()).toEqual([{ reference: 'N1', outcome: 'requeued', reason: 'interrupted' }]);
  expect(await bystander.messages(workplace.queue)).toBe(1);
});

test('drain deadline with a shop that does not answer: each delivery is given back once, and nothing is waited for', async () => {
  const shop = await aShop({ orders, faults: () => ({ kind: 'stall' }) });
  const workplace = aWorkplace({ ...shopEnv(shop), SHUTDOWN_TIMEOUT_MS: '300', SHOP_TIMEOUT_MS: '600000' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await expect.poll(() => shop.requests.length).toBeGreaterThan(1);
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(0);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(75);
  const given = numbers.map((reference) => ({ reference, outcome: 'requeued', reason: 'interrupted' }));
  expect(daemon.outcomes().sort(byReference)).toEqual(given.sort(byReference));
  expect(daemon.lines.at(-1)).toMatchObject({
    msg: `stopped: 0 finished, ${numbers.length} given back`,
    finished: 0,
    requeued: numbers.length,
    neverBegun: 0,
  });
  expect(await bystander.messages(workplace.queue)).toBe(numbers.length);
});

test('deliveries that arrive after the signal have no line of their own: the last line counts them', async () => {
  const workplace = aWorkplace(shopEnv(await aShop({ orders })));
  const proxy = await startTcpProxy({ port: Number(new URL(BROKER_URL).port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const throughProxy = new URL(BROKER_URL);
  throughProxy.port = String(proxy.port);
  const daemon = startDaemon(workplace, { RABBITMQ_URL: throughProxy.href });
  await daemon.ready();
  proxy.freeze('to-client');
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(0);
  daemon.signal('SIGTERM');
  await daemon.line((line) => line.msg.startsWith('stopping'));
  proxy.thaw();
  expect(await daemon.exited).toBe(0);
  expect(daemon.outcomes()).toEqual([]);
  expect(daemon.lines.at(-1)).toMatchObject({
    msg: `stopped: 0 finished, ${numbers.length} given back, ${numbers.length} of them not yet begun`,
    neverBegun: numbers.length,
  });
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(numbers.length);
});

test('a second signal ends the daemon at once', async () => {
  const workplace = await aGatedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, 'N1');
  await expect.poll(() => recorded(workplace, 'begun').length).toBeGreaterThan(0);
  daemon.signal('SIGTERM');
  await daemon.line((line) => line.msg.startsWith('stopping'));
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(128 + 15);
});

test('Ctrl-C under npm, which passes on the signal that the terminal has sent already, stops the daemon cleanly', async () => {
  const workplace = await aGatedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  await expect.poll(() => recorded(workplace, 'begun')).toEqual(['N1']);
  daemon.signal('SIGINT');
  // Sent at once, the system might make one of them.
  await daemon.line(({ msg }) => msg === 'signal received');
  daemon.signal('SIGINT');
  await daemon.line(({ msg }) => msg.startsWith('stopping'));
  writeFileSync(`${workplace.folder}/gate`, '');
  expect(await daemon.exited).toBe(0);
  expect(daemon.outcomes()).toMatchObject([{ reference: 'N1', outcome: 'synced' }]);
});

test('an uncaught error ends the daemon with 70 and a fatal line, and the event stays in the queue', async () => {
  const module = new URL('../helpers/crashing-internal-system.ts', import.meta.url).pathname;
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: module });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  expect(await daemon.exited).toBe(70);
  const fatal = daemon.lines.find(({ level }) => level === 'fatal');
  expect(fatal).toMatchObject({ err: { message: 'thrown from a timer' } });
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(1);
});

test('several events that crash the daemon each time become dead letters, and all others are synced', async () => {
  const module = new URL('../../chaos/daemon/crashing-shop.ts', import.meta.url).pathname;
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), SHOP_ADAPTER: module, CHAOS_CRASH_ON: 'N7' });
  const bystander = await aBystander();
  await bystander.channel.assertQueue(workplace.queue, { durable: true });
  for (const number of ['XN7', 'YN7', ...numbers]) await bystander.publish(workplace.queue, number);
  const crashing = ['N7', 'XN7', 'YN7'];
  const deadLetters = async () => (await bystander.messages(`${workplace.queue}.dead-letters`)) ?? 0;
  // At first they crash it together, from then on one at a time.
  for (let starts = 0; starts <= crashing.length * RETRY_DELAYS_MS.length && (await deadLetters()) < 3; starts += 1)
    expect(await startDaemon(workplace).exited).toBe(70);
  const survivor = startDaemon(workplace);
  await survivor.ready();
  await expect.poll(() => storedOrders(workplace.database).length).toBe(numbers.length - 1);
  expect(survivor.outcomes().filter(({ outcome }) => outcome === 'dead-lettered')).toEqual([]);
  const dead = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(dead.map(({ content }) => content).sort()).toEqual(crashing);
  expect(dead.map(({ headers }) => headers['x-order-sync-reason'])).toEqual(crashing.map(() => 'crashed'));
}, 120_000);

test('SIGTERM while the shop is down: exit 0, and everything is still in the queue', async () => {
  const workplace = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:1' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await daemon.line((line) => line.msg.startsWith('paused'));
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  await expect.poll(() => waiting(bystander, workplace)).toBe(numbers.length);
});

test('killed again and again under load, every order is stored once in the end', async () => {
  const shop = await aShop({ orders, latencyMs: 5 });
  const workplace = aWorkplace(shopEnv(shop));
  const bystander = await aBystander();
  await bystander.channel.assertQueue(workplace.queue, { durable: true });
  // Old enough for no later look: an event that changes nothing is done with.
  const timestamp = Math.floor(Date.now() / 1000) - 3_600;
  for (const number of [...numbers, ...numbers]) await bystander.publish(workplace.queue, number, { timestamp });
  for (let kills = 0; kills < 5; kills += 1) {
    const daemon = startDaemon(workplace, { RABBITMQ_PREFETCH: '3' });
    await daemon.line((line) => line['outcome'] !== undefined);
    daemon.signal('SIGKILL');
    await daemon.exited;
  }
  const last = startDaemon(workplace);
  await last.ready();
  await expect.poll(() => storedOrders(workplace.database).length).toBe(numbers.length);
  await expect.poll(() => waiting(bystander, workplace)).toBe(0);
  last.signal('SIGTERM');
  expect(await last.exited).toBe(0);
  expect(await waiting(bystander, workplace)).toBe(0);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
});

/** In the main queue, or in the retry queue for the first attempt after this one or a later look. */
async function waiting(bystander: Bystander, { queue }: Workplace): Promise<number> {
  return ((await bystander.messages(queue)) ?? 0) + ((await bystander.messages(`${queue}.retry.200`)) ?? 0);
}
