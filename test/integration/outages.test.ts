import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startDemoShop } from '../../demo/demo-shop.ts';
import { statusFault } from '../../demo/shop/faults.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const orders = Array.from({ length: 40 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

test.each([
  ['refuses the credentials', 401, 'shop_refused_credentials'],
  ['limits the rate', 429, 'shop_rate_limited'],
  ['fails for every order', 500, 'shop_error'],
])(
  'a shop that %s pauses consumption, which resumes automatically: no attempt is counted, nothing is dead-lettered',
  async (_, status, reason) => {
    const shop = await aShop({ orders, faults: () => statusFault(status) });
    const workplace = aWorkplace(shopEnv(shop));
    const daemon = startDaemon(workplace);
    await daemon.ready();
    const bystander = await aBystander();
    for (const number of numbers) await bystander.publish(workplace.queue, number);
    const paused = await daemon.line((line) => line.msg.startsWith('paused'));
    expect(paused).toMatchObject({ dependency: 'shop', reason });
    // Several probes fail; each takes one canary.
    const asked = shop.requests.length;
    await expect.poll(() => shop.requests.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(asked + 3);
    shop.setFaults(undefined);
    await daemon.line((line) => line.msg.startsWith('resumed'));
    // Behind a limit on the rate, the orders come slowly at first.
    await expect.poll(() => storedOrders(workplace.database).length, { timeout: 90_000 }).toBe(numbers.length);
    expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
    expect(daemon.lines.filter((line) => line.msg.startsWith('paused'))).toHaveLength(1);
    expect(daemon.lines.filter((line) => line.msg.startsWith('resumed'))).toHaveLength(1);
    const synced = daemon.lines.filter((line) => line['outcome'] === 'synced');
    if (reason !== 'shop_error') expect(new Set(synced.map((line) => line['attempt']))).toEqual(new Set([1]));
  },
  // A limit on the rate is put up with for half a minute before it counts as an outage.
  180_000,
);

test('a maintenance that is said to take ten minutes (503) and takes a few seconds costs a few seconds', async () => {
  const shop = await aShop({ orders });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N0');
  await daemon.line((line) => line['outcome'] === 'synced');
  shop.setFaults(() => statusFault(503, { 'retry-after': '600' }));
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  const paused = await daemon.line((line) => line.msg.startsWith('paused'));
  expect(paused).toMatchObject({ dependency: 'shop', reason: 'shop_rate_limited' });
  shop.setFaults(undefined);
  await daemon.line((line) => line.msg.startsWith('resumed'));
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 20_000 }).toBe(numbers.length);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
  expect(daemon.lines.filter((line) => line.msg.startsWith('paused'))).toHaveLength(1);
}, 60_000);

test('a token that was rotated is read again from its file: no restart, and one line that says it was refused', async () => {
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ SHOP_BASE_URL: shop.url });
  const file = `${workplace.folder}/token`;
  writeFileSync(file, 'expired');
  const daemon = startDaemon(workplace, { SHOP_TOKEN_FILE: file });
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  await daemon.line((line) => line.msg.startsWith('paused'));
  writeFileSync(file, `${shop.token}\n`);
  await daemon.line((line) => line.msg.startsWith('resumed'));
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 20_000 }).toBe(numbers.length);
  expect(daemon.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { reason: 'shop_refused_credentials', msg: 'paused: the shop refuses our credentials' },
  ]);
});

test('a single order in a failing shop is never given up on', async () => {
  const shop = await aShop({ orders, faults: () => statusFault(503) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  // Its last attempt fails too, but nothing shows that the order is at fault.
  await daemon.line((line) => line.msg.startsWith('paused'));
  await expect.poll(() => shop.requests.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(6);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
  shop.setFaults(undefined);
  await daemon.line((line) => line['outcome'] === 'synced');
});

test('a shop that is down at start is waited for', async () => {
  const first = await startDemoShop({ orders });
  const port = Number(new URL(first.url).port);
  await first.close();
  const workplace = aWorkplace({ SHOP_BASE_URL: first.url, SHOP_TOKEN: first.token });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  await daemon.line((line) => line.msg.startsWith('paused'));
  await aShop({ orders, port });
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(storedOrders(workplace.database)).toHaveLength(1);
});

test('the order that triggered an outage does not block the others when it still fails after the outage', async () => {
  const shop = await aShop({ orders, faults: () => statusFault(403) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N0');
  await daemon.line((line) => line.msg.startsWith('paused'));
  shop.setFaults(({ references }) => (references.includes('N0') ? statusFault(403) : undefined));
  for (const number of numbers.slice(1, 10)) await bystander.publish(workplace.queue, number);
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 30_000 }).toBe(9);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
});

test('after an outage, deliveries from before it still count towards the prefetch', async () => {
  const shop = await aShop({ orders });
  const module = new URL('../helpers/gated-internal-system.ts', import.meta.url).pathname;
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: module, RABBITMQ_PREFETCH: '2' });
  const daemon = startDaemon(workplace, { GATE_FOLDER: workplace.folder });
  await daemon.ready();
  const bystander = await aBystander();
  // Its write hangs until the gate is opened.
  await bystander.publish(workplace.queue, 'N1');
  await expect.poll(() => existsSync(`${workplace.folder}/begun`)).toBe(true);
  shop.setFaults(() => statusFault(403));
  await bystander.publish(workplace.queue, 'N2');
  await daemon.line((line) => line.msg.startsWith('paused'));
  // This needs neither shop nor internal system, so as a canary it ends the outage.
  await bystander.publish(workplace.queue, '[]');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  shop.setFaults(undefined);
  const resumed = daemon.line((line) => line.msg.startsWith('resumed'));
  await Promise.race([resumed, sleep(1_000)]);
  writeFileSync(`${workplace.folder}/gate`, '');
  await resumed;
  const first = daemon.lines.findIndex((line) => line['outcome'] === 'synced');
  expect(daemon.lines[first]).toMatchObject({ orderNumber: 'N1' });
  expect(daemon.lines.findIndex((line) => line.msg.startsWith('resumed'))).toBeGreaterThan(first);
  await daemon.line((line) => line['orderNumber'] === 'N2' && line['outcome'] === 'synced');
});
