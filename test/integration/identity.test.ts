import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { jsonLines, orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { aLine, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

async function aRunningPlace(...orders: OrderDocument[]) {
  const shop = await aShop({ orders });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  /** Sends an event and waits for its outcome. */
  const sync = async (reference: string, outcome: string, event = 'paid') => {
    const line = daemon.line(
      (found) =>
        found['outcome'] === outcome &&
        found['event'] === event &&
        [found['orderNumber'], found['reference']].includes(reference),
    );
    await bystander.publish(workplace.queue, JSON.stringify({ orderNumber: reference, event }));
    return await line;
  };
  const status = async (name: string) => (await orderSync(workplace, ['status', name])).stdout;
  return { shop, workplace, bystander, sync, status };
}

test('a second order under a number is a dead letter that names both, and the first stays as it is', async () => {
  const first = anOrderDocument({ orderNumber: '1001', shopOrderId: '775' });
  const { shop, workplace, bystander, sync, status } = await aRunningPlace(first);
  await sync('775', 'synced');
  shop.put({ ...first, shopOrderId: '776', updatedAt: new Date().toISOString() });
  expect(await sync('776', 'dead-lettered')).toMatchObject({
    reason: 'number_taken',
    attempt: 1,
    error: expect.stringMatching(/number 1001 to two orders: 775, .* 776/),
  });
  expect(readRows(workplace.database, 'SELECT shop_order_id FROM orders')).toEqual([{ shop_order_id: '775' }]);
  expect(await status('776')).toMatch(/^1001\n.*shop id +776\n +state +dead-lettered after 1 attempt/s);
  expect(await status('1001')).toMatch(/shop id +775\n +state +synced\n.*shop id +776\n +state +dead-lettered/s);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});

test('an order whose number changes stays one order, and is found by its former number', async () => {
  const order = anOrderDocument({ orderNumber: '2001', shopOrderId: '880' });
  const { shop, workplace, sync, status } = await aRunningPlace(order);
  await sync('880', 'synced');
  shop.put({ ...order, orderNumber: '2001-B', updatedAt: new Date().toISOString() });
  expect(await sync('880', 'synced', 'updated')).toMatchObject({
    orderNumber: '2001-B',
    previousNumber: '2001',
    msg: expect.stringContaining('stored as 2001 until now'),
  });
  expect(readRows(workplace.database, 'SELECT order_number FROM orders')).toEqual([{ order_number: '2001-B' }]);
  expect(await status('2001')).toMatch(/^2001-B \(2001 was its order number before\)\n/);
});

test('with numbers and ids from one range, status shows every order that a name fits, and says how', async () => {
  const first = anOrderDocument({ orderNumber: '1005', shopOrderId: '1042' });
  const second = anOrderDocument({ orderNumber: '1042', shopOrderId: '1080' });
  const { shop, sync, status } = await aRunningPlace(first, second);
  await sync('1005', 'synced');
  await sync('1080', 'synced');
  shop.setFaults(({ references }) => (references.includes('1042') ? statusFault(500) : undefined));
  await sync('1042', 'retrying', 'updated');
  const text = await status('1042');
  expect(text).toMatch(/^1005 \(1042 is its shop id\)\n.*\n +state +synced$/m);
  expect(text).toMatch(/^1042 \(1042 is its order number\)\n.*\n +state +synced$/m);
  expect(text).toMatch(/^1042 \(an event for 1042; .*\)\n.*\n +state +(retrying|dead-lettered)/m);
  expect(await status('1005')).toMatch(/^1005\n.*\n +state +synced$/m);
});

test('an order that the shop has deleted, stored as paid, is a conflict once its event is a dead letter', async () => {
  const orders = ['3001', '3002'].map((orderNumber) => anOrderDocument({ orderNumber }));
  const { shop, workplace, sync, status } = await aRunningPlace(...orders);
  await sync('3001', 'synced');
  // The shop has this one all the time, which shows that it works.
  await sync('3002', 'synced');
  shop.setFaults(({ references }) => (references.includes('3001') ? statusFault(404) : undefined));
  expect(await sync('3001', 'retrying', 'updated')).not.toHaveProperty('conflict');
  expect(await sync('3001', 'dead-lettered', 'updated')).toMatchObject({
    reason: 'order_not_found',
    conflict: true,
    conflicts: ['gone'],
  });
  expect(await status('3001')).toContain('! the shop no longer has this order (fulfilment: new): stop the parcel');
  const listed = await orderSync(workplace, ['orders', '--conflicts', '--json']);
  expect(jsonLines(listed.stdout)).toMatchObject([{ orderNumber: '3001', stored: { conflicts: ['gone'] } }]);
  shop.setFaults(undefined);
  await sync('3001', 'unchanged', 'updated');
  expect(await status('3001')).not.toContain('!');
});

test('a line less after picking began is a warning that says so', async () => {
  const order = anOrderDocument({ orderNumber: '4001' });
  const { shop, workplace, sync, status } = await aRunningPlace(order);
  await sync('4001', 'synced');
  const staff = new DatabaseSync(workplace.database, { timeout: 5000 });
  staff.exec("UPDATE orders SET fulfilment_status = 'packing'");
  staff.close();
  shop.put({ ...order, lines: [aLine()], updatedAt: new Date().toISOString() });
  expect(await sync('4001', 'synced', 'updated')).toMatchObject({
    level: 'warn',
    conflicts: ['items_removed'],
    msg: expect.stringMatching(/but picking had begun: items removed$/),
  });
  expect(await status('4001')).toContain('! items removed after picking began (fulfilment: packing): check the parcel');
});
