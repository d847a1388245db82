import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { anAlertReceiver, type ReceivedAlert } from '../../helpers/alert-receiver.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, type LogLine, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { readRows, storedOrders } from '../../helpers/internal-database.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';

const MINUTE = 60_000;

/** Changed long enough ago that no event for it is under way. */
function anOldOrder(orderNumber: string) {
  const updatedAt = new Date(Date.now() - 30 * MINUTE).toISOString();
  return anOrderDocument({ orderNumber, placedAt: updatedAt, updatedAt });
}

/** In the internal system's database, as its staff would. */
function staff(workplace: Workplace, sql: string): void {
  const database = new DatabaseSync(workplace.database, { timeout: 5_000 });
  database.exec(sql);
  database.close();
}

const countOf = ({ facts }: ReceivedAlert) =>
  (facts['reasons'] as { count: number }[]).reduce((sum, { count }) => sum + count, 0);

test('dead letters are told together: with the reasons, what to do, and the first numbers', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), ALERT_URL: receiver.url });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const number of ['10086', '404404']) await bystander.publish(workplace.queue, number);
  for (let index = 0; index < 40; index += 1) await bystander.publish(workplace.queue, '{"broken": true}');
  const isDead = (line: LogLine) => line['outcome'] === 'dead-lettered';
  await expect.poll(() => daemon.lines.filter(isDead).length, { timeout: 20_000 }).toBe(41);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  const told = receiver.alerts.filter(({ kind }) => kind === 'dead_letters');
  expect(told.length).toBeLessThanOrEqual(2);
  expect(told.map(countOf).reduce((sum, count) => sum + count, 0)).toBe(41);
  const text = told.flatMap(({ title, lines }) => [title, ...lines]).join('\n');
  expect(text).toContain('orders were not synced');
  expect(text).toContain('The message names no order: ');
  expect(text).toContain('The shop does not know this order: 404404');
  expect(text).toContain('order-sync dead-letters list');
}, 60_000);

test('a parcel to be stopped is told with its order number, and nothing of the buyer', async () => {
  const receiver = await anAlertReceiver();
  const order = anOrderDocument({ orderNumber: '10086' });
  const shop = await aShop({ orders: [order, anOrderDocument({ orderNumber: '10087' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), ALERT_URL: receiver.url, ALERT_LANGUAGE: 'zh' });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const number of ['10086', '10087']) await bystander.publish(workplace.queue, number);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(2);
  staff(workplace, "UPDATE orders SET fulfilment_status = 'picking'");
  const cancelledAt = '2026-11-22T10:00:00Z';
  shop.put({ ...order, status: 'cancelled', cancelledAt, updatedAt: cancelledAt });
  await bystander.publish(workplace.queue, '{"orderNumber":"10086","event":"cancelled"}');
  const stop = await receiver.alert('conflicts');
  expect(stop).toMatchObject({
    severity: 'critical',
    title: '请拦截 1 个包裹（订单 10086）',
    lines: ['10086：拣货开始后订单被取消：请拦截包裹。', expect.stringContaining('order-sync orders --conflicts')],
    facts: { stop: { count: 1, orders: [{ orderNumber: '10086', conflicts: ['cancelled'] }] } },
  });

  // Its cancellation does not get through.
  shop.setFaults(({ references }) => (references.includes('10087') ? { kind: 'wrong-order' } : undefined));
  await bystander.publish(workplace.queue, '{"orderNumber":"10087","event":"cancelled"}');
  const pending = await receiver.alert('cancellations_pending');
  expect(pending).toMatchObject({ severity: 'critical', facts: { count: 1, orders: ['10087'] } });
  expect(pending.lines[0]).toContain('10087');
  for (const personal of ['王小明', 'xiaoming', '138 0000', '文三路'])
    expect(JSON.stringify(receiver.alerts)).not.toContain(personal);
}, 60_000);

test('orders that reconciliation finds, and that the database forgot, are told with their numbers; so is that they are back', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders: ['N0', 'N1', 'N2'].map(anOldOrder) });
  const workplace = aWorkplace({ ...shopEnv(shop), ALERT_URL: receiver.url });
  const bystander = await aBystander();
  const first = startDaemon(workplace);
  await first.ready();
  for (const number of ['N0', 'N2']) await bystander.publish(workplace.queue, number);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(2);
  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);

  const second = startDaemon(workplace, { RECONCILE_EVERY_MS: '600000' });
  expect(await receiver.alert('orders_missed')).toMatchObject({
    severity: 'warning',
    facts: { count: 1, orders: ['N1'] },
  });
  await expect.poll(() => storedOrders(workplace.database).length).toBe(3);
  second.signal('SIGTERM');
  expect(await second.exited).toBe(0);

  staff(
    workplace,
    "DELETE FROM order_lines; DELETE FROM orders WHERE order_number <> 'N0'; DELETE FROM order_ledger WHERE order_number <> 'N0'",
  );
  const third = startDaemon(workplace, { RECONCILE_EVERY_MS: '600000' });
  const forgot = await receiver.alert('database_forgot');
  expect(forgot).toMatchObject({ severity: 'critical', facts: { count: 2 } });
  expect(forgot.facts['orders']).toEqual(expect.arrayContaining(['N1', 'N2']));
  expect(await receiver.alert('database_recovered')).toMatchObject({
    severity: 'info',
    facts: { returned: 2, failed: 0 },
  });
  expect(storedOrders(workplace.database)).toHaveLength(3);
  third.signal('SIGTERM');
  expect(await third.exited).toBe(0);
  // The recovery's own walk is no news: these had arrived.
  expect(receiver.alerts.map(({ kind }) => kind)).toEqual(['orders_missed', 'database_forgot', 'database_recovered']);
}, 90_000);

test('a daemon that had not been stopped is told when it runs again, and one that cannot run at all says so before it ends', async () => {
  const receiver = await anAlertReceiver();
  const workplace = aWorkplace({ ...shopEnv(await aShop()), ALERT_URL: receiver.url });
  const first = startDaemon(workplace);
  await first.ready();
  first.signal('SIGKILL');
  await first.exited;
  const second = startDaemon(workplace);
  expect(await receiver.alert('restarted')).toMatchObject({ severity: 'warning', facts: { times: 1 } });
  await second.ready();
  second.signal('SIGTERM');
  expect(await second.exited).toBe(0);

  const bystander = await aBystander();
  await bystander.channel.deleteQueue(workplace.queue);
  await bystander.channel.assertQueue(workplace.queue, { durable: false, autoDelete: true });
  const third = startDaemon(workplace);
  expect(await third.exited).toBe(78);
  const gaveUp = await receiver.alert('gave_up');
  expect(gaveUp).toMatchObject({ severity: 'critical', facts: { detail: expect.stringContaining(workplace.queue) } });
  expect(receiver.alerts.map(({ kind }) => kind)).toEqual(['restarted', 'gave_up']);
}, 60_000);

test('without ALERT_URL, nothing of it is there', async () => {
  const workplace = aWorkplace({ ...shopEnv(await aShop()), ALERT_LANGUAGE: 'zh' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  expect(readRows(`${workplace.folder}/data/acked.db`, 'SELECT * FROM runs')).toEqual([]);
});

test('a webhook that the shop has switched off is told once, by one of two daemons', async () => {
  const receiver = await anAlertReceiver();
  const workplace = aWorkplace({ SHOP_ADAPTER: './shop.cjs', ALERT_URL: receiver.url, ALERT_OUTAGE_AFTER_MS: '1000' });
  const off = `${workplace.folder}/off.json`;
  writeFileSync(off, '["order.updated"]');
  writeFileSync(
    `${workplace.folder}/shop.cjs`,
    `const { readFileSync } = require('node:fs');
    module.exports = () => ({
      fetchOrders: async () => new Map(),
      webhooksOff: async () => JSON.parse(readFileSync('off.json', 'utf8')),
      warnings: async () => ['Orders of more than 60 days ago cannot be seen.'],
    });`,
  );
  const daemons = ['one', 'other'].map((name) => startDaemon(workplace, { ACK_MEMORY_FILE: `${name}.db` }));
  await Promise.all(daemons.map((daemon) => daemon.ready()));
  expect(await receiver.alert('webhook_off_began')).toMatchObject({
    severity: 'critical',
    facts: { topic: 'order.updated' },
  });
  await receiver.alert('shop_warning_began');
  for (const daemon of daemons) {
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
  }
  expect(receiver.alerts).toHaveLength(2);

  // It is on again, and another daemon on another machine says so.
  writeFileSync(off, '[]');
  startDaemon(workplace, { ACK_MEMORY_FILE: 'third.db' });
  await receiver.alert('webhook_off_ended');
  expect(receiver.alerts.map(({ kind }) => kind).sort()).toEqual([
    'shop_warning_began',
    'webhook_off_began',
    'webhook_off_ended',
  ]);
}, 90_000);
