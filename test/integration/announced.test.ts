import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { readRows, storedOrders } from '../helpers/internal-database.ts';
import { aLine, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const paid = anOrderDocument({ orderNumber: '10086' });
const invoice: OrderDocument = { ...paid, status: 'pending', paidAt: null };
/** A third line was added, and is not paid. */
const edited: OrderDocument = {
  ...invoice,
  updatedAt: '2026-11-22T09:00:00Z',
  lines: [...paid.lines, aLine({ lineId: '3', quantity: 1, discount: '0.00', unitPrice: '12.34', lineTotal: '12.34' })],
  totals: { items: '131.74', shipping: '10.00', tax: '0.00', discount: '0.00', refunded: '0.00', grand: '141.74' },
};

async function aDaemonWith(order: OrderDocument) {
  const shop = await aShop({ orders: [order] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const publish = (event: string) =>
    bystander.publish(workplace.queue, JSON.stringify({ orderNumber: '10086', event }));
  const lines = () => readRows(workplace.database, 'SELECT line_no FROM order_lines');
  const order10086 = () => storedOrders(workplace.database);
  return { shop, workplace, daemon, bystander, publish, lines, order10086 };
}

test('an order edited with more to pay is written as it is, tells staff, and is looked at again for its payment', async () => {
  const { shop, workplace, daemon, publish, lines, order10086 } = await aDaemonWith(paid);
  await publish('paid');
  await daemon.line((line) => line['outcome'] === 'synced');
  const staff = new DatabaseSync(workplace.database, { timeout: 5000 });
  staff.exec("UPDATE orders SET fulfilment_status = 'picking'");
  staff.close();
  shop.put(edited);
  await publish('paid');
  const retry = await daemon.line((line) => line['outcome'] === 'retrying');
  expect(retry).toMatchObject({
    level: 'warn',
    reason: 'not_yet_paid',
    status: 'pending',
    written: true,
    conflicts: ['no_longer_paid', 'items_added'],
    attempt: 1,
  });
  expect(order10086()).toEqual([{ order_number: '10086', status: 'pending', grand_total: '141.74' }]);
  expect(lines()).toHaveLength(3);

  const end = await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(end).toMatchObject({ reason: 'not_yet_paid', attempt: 3 });
  // The conflict was raised once: later attempts wrote nothing.
  expect(end).not.toHaveProperty('written');
  expect(end).not.toHaveProperty('conflicts');
  const status = await orderSync(workplace, ['status', '10086']);
  expect(status.stdout).toContain('dead-lettered after 3 attempts; stored as pending, the event said paid.');
  expect(status.stdout).toContain('pending · 141.74 CNY · fulfilment: picking · 3 lines');
});

test('once the rest is paid and the event for that is lost, reconciliation brings it, dead letter or not', async () => {
  const { shop, workplace, daemon, publish, order10086 } = await aDaemonWith(edited);
  await publish('paid');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  shop.put({ ...edited, status: 'paid', paidAt: '2026-11-22T10:00:00Z', updatedAt: '2026-11-22T10:00:00Z' });
  const scan = await orderSync(workplace, ['reconcile', '--since', '30d', '--json']);
  expect(JSON.parse(scan.stdout)).toMatchObject({ found: 1, orders: [{ problem: 'older', event: 'published' }] });
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(order10086()).toMatchObject([{ status: 'paid', grand_total: '141.74' }]);
  const status = await orderSync(workplace, ['status', '10086', '--json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ orders: [{ records: [{ state: 'synced', lastError: null }] }] });
});

test('an authorised invoice whose payment moves no time is brought by the deep scan, dead letter or not', async () => {
  const { shop, workplace, daemon, publish, order10086 } = await aDaemonWith(invoice);
  await publish('paid');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  expect(order10086()).toMatchObject([{ status: 'pending' }]);
  shop.put({ ...invoice, status: 'paid', paidAt: '2026-11-23T10:00:00Z' });
  const scan = await orderSync(workplace, ['reconcile', '--deep', '--since', '30d', '--json']);
  expect(JSON.parse(scan.stdout)).toMatchObject({ found: 1, orders: [{ event: 'published' }] });
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(order10086()).toMatchObject([{ status: 'paid' }]);
});

test('when the shop lags behind its own event, the order is pending for as long, and paid with the next attempt', async () => {
  const { shop, daemon, publish, order10086 } = await aDaemonWith(invoice);
  await publish('paid');
  await daemon.line((line) => line['reason'] === 'not_yet_paid');
  expect(order10086()).toMatchObject([{ order_number: '10086', status: 'pending' }]);
  shop.put({ ...paid, updatedAt: '2026-11-22T09:00:00Z' });
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(order10086()).toMatchObject([{ order_number: '10086', status: 'paid' }]);
});

test('a cancellation that the shop does not show yet holds nothing else back', async () => {
  const { shop, daemon, publish, order10086 } = await aDaemonWith(paid);
  await publish('paid');
  await daemon.line((line) => line['outcome'] === 'synced');
  shop.put({ ...edited, status: 'completed' });
  await publish('cancelled');
  const retry = await daemon.line((line) => line['outcome'] === 'retrying');
  expect(retry).toMatchObject({ reason: 'not_yet_cancelled', status: 'completed', written: true });
  expect(order10086()).toMatchObject([{ status: 'completed', grand_total: '141.74' }]);
});
