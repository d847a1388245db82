import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { DemoShop } from '../../demo/demo-shop.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { jsonLines, orderSync } from './helpers/cli.ts';

const NUMBER = '20261122000123456789';
const PERSONAL = ['王小明', 'xiaoming@example.com', '138 0000 0000', '文三路', '请周末送货'];

/** A shop with an order, and a daemon that is ready for its event. */
async function aRunningPlace(): Promise<{ workplace: Workplace; shop: DemoShop; daemon: DaemonProcess }> {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: NUMBER, shopOrderId: '98231' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  return { workplace, shop, daemon };
}

function outcome(daemon: DaemonProcess, name: string, kind: string): Promise<unknown> {
  return daemon.line((line) => line['outcome'] === kind && [line['orderNumber'], line['reference']].includes(name));
}

test('an order that a plain AMQP client named by its bare number is synced; status finds it by number and by shop id', async () => {
  const { workplace, daemon } = await aRunningPlace();
  await (await aBystander()).publish(workplace.queue, NUMBER);
  await outcome(daemon, NUMBER, 'synced');
  for (const name of [NUMBER, '98231']) {
    const { status, stdout, stderr } = await orderSync(workplace, ['status', name]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${NUMBER}\\n +shop id +98231\\n +state +synced\\n`));
    expect(stdout).toMatch(/synced +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \((?:just now|\d+ s ago)\)/);
    expect(stdout).toContain('paid · 129.40 CNY · fulfilment: new · 2 lines');
    expect(stdout).toMatch(/2 × {2}TEA-LJ-250 {2}龙井茶 250g/);
    for (const secret of PERSONAL) expect(stdout).not.toContain(secret);
  }
});

test('an order of a guest for a deleted product is shown without blanks, and no null is seen', async () => {
  const bare = { lineId: null, sku: null, name: null, unitPrice: null, discount: null, tax: null, lineTotal: null };
  const order = anOrderDocument({
    orderNumber: NUMBER,
    buyer: null,
    shippingAddress: null,
    lines: [{ ...bare, quantity: '2.0000' }],
    totals: { items: null, shipping: null, tax: null, discount: null, refunded: null, grand: 1e2 },
  });
  const workplace = aWorkplace(shopEnv(await aShop({ orders: [order] })));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, NUMBER);
  await outcome(daemon, NUMBER, 'synced');
  const status = await orderSync(workplace, ['status', NUMBER]);
  expect(status.stdout).toContain('paid · 100.00 CNY · fulfilment: new · 1 line');
  expect(status.stdout).toMatch(/2 × {2}– {2}– {2}–/);
  const orders = await orderSync(workplace, ['orders']);
  for (const { stdout, stderr } of [status, orders]) {
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/null|undefined|do not add up/);
  }
  const json = await orderSync(workplace, ['status', '--json', NUMBER]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    orders: [{ records: [{ stored: { lines: [{ sku: null, name: null, quantity: 2, unitPrice: null }] } }] }],
  });
});

test('status as JSON is one document without personal data', async () => {
  const { workplace, daemon } = await aRunningPlace();
  await (await aBystander()).publish(workplace.queue, '{"id": 98231, "event": "paid"}');
  await outcome(daemon, '98231', 'synced');
  const { status, stdout } = await orderSync(workplace, ['status', '--json', NUMBER, 'UNKNOWN']);
  expect(status).toBe(1);
  const record = {
    orderNumber: NUMBER,
    state: 'synced',
    attempts: 1,
    lastEvent: 'paid',
    lastError: null,
    stored: { status: 'paid', grandTotal: '129.40', lines: [{ sku: 'TEA-LJ-250', quantity: 2 }, { sku: 'CUP-01' }] },
  };
  expect(JSON.parse(stdout)).toMatchObject({
    orders: [
      { reference: NUMBER, found: true, records: [record] },
      { reference: 'UNKNOWN', found: false, records: [] },
    ],
  });
  for (const secret of PERSONAL) expect(stdout).not.toContain(secret);
});

test('status of an order that was never seen says what to do', async () => {
  const { workplace } = await aRunningPlace();
  const { status, stdout } = await orderSync(workplace, ['status', '10086']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^10086\n +Never seen/);
  expect(stdout).toContain('order-sync resync 10086');
});

test('status of a dead-lettered order says why in plain words, and how to replay it', async () => {
  const { workplace, daemon } = await aRunningPlace();
  await orderSync(workplace, ['send', '10086']);
  await outcome(daemon, '10086', 'dead-lettered');
  const { stdout } = await orderSync(workplace, ['status', '10086']);
  expect(stdout).toContain('dead-lettered after 3 attempts');
  expect(stdout).toContain('order-sync dead-letters replay 10086');
  expect(stdout).toContain('The shop has no order 10086. (order_not_found)');
});

test('a cancellation after picking began is a conflict, in status and among the conflicts', async () => {
  const { workplace, daemon, shop } = await aRunningPlace();
  shop.put(anOrderDocument({ orderNumber: 'OTHER' }));
  await orderSync(workplace, ['send', NUMBER, 'OTHER']);
  await outcome(daemon, NUMBER, 'synced');
  await outcome(daemon, 'OTHER', 'synced');
  const staff = new DatabaseSync(workplace.database, { timeout: 5000 });
  staff.exec(`UPDATE orders SET fulfilment_status = 'picking' WHERE order_number = '${NUMBER}'`);
  staff.close();
  const now = new Date().toISOString();
  shop.put({
    ...anOrderDocument({ orderNumber: NUMBER, shopOrderId: '98231' }),
    status: 'cancelled',
    cancelledAt: now,
    updatedAt: now,
  });
  await orderSync(workplace, ['send', '--event', 'cancelled', NUMBER]);
  await daemon.line((line) => line['conflict'] === true);
  const { stdout } = await orderSync(workplace, ['status', NUMBER]);
  expect(stdout).toContain('! cancelled after picking began (fulfilment: picking)');
  const conflicts = await orderSync(workplace, ['orders', '--conflicts', '--json']);
  expect(jsonLines(conflicts.stdout)).toMatchObject([{ orderNumber: NUMBER, stored: { cancelConflict: true } }]);
});

test('orders lists the newest first, filters by state and time, and takes a limit', async () => {
  const { workplace, daemon } = await aRunningPlace();
  await orderSync(workplace, ['send', '--event', 'paid', NUMBER]);
  await outcome(daemon, NUMBER, 'synced');
  await orderSync(workplace, ['send', '--event', 'paid', '10086']);
  await outcome(daemon, '10086', 'dead-lettered');
  const numbersOf = async (...args: string[]) =>
    jsonLines((await orderSync(workplace, ['orders', '--json', ...args])).stdout).map((record) => record['reference']);
  expect(await numbersOf()).toEqual(['10086', NUMBER]);
  expect(await numbersOf('--limit', '1')).toEqual(['10086']);
  expect(await numbersOf('--state', 'synced', '--since', '1h')).toEqual([NUMBER]);
  expect(await numbersOf('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([]);
  const { stdout } = await orderSync(workplace, ['orders']);
  const [titles, first, second] = stdout.split('\n');
  expect(titles).toMatch(/^ORDER +STATE +STATUS +TOTAL +EVENT +ATTEMPTS +RECEIVED +NOTE$/);
  expect(first).toMatch(/^10086 +dead-lettered +– +– +paid +3 .* ago +order_not_found$/);
  expect(second).toMatch(new RegExp(`^${NUMBER} +synced +paid +129\\.40 CNY +paid +1 .* ago$`));
  for (const secret of PERSONAL) expect(stdout).not.toContain(secret);
});

test('orders says so if there is nothing to list; as JSON it prints nothing', async () => {
  const { workplace } = await aRunningPlace();
  expect(await orderSync(workplace, ['orders'])).toMatchObject({ status: 0, stdout: 'No matching orders.\n' });
  expect(await orderSync(workplace, ['orders', '--json'])).toMatchObject({ status: 0, stdout: '' });
});

test('in the wrong folder, status neither creates an empty database nor says "never seen"', async () => {
  const workplace = aWorkplace();
  const { status, stdout, stderr } = await orderSync(workplace, ['status', '10086']);
  expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
  expect(stderr).toContain(`there is no file ${workplace.database} yet`);
  expect(existsSync(workplace.database)).toBe(false);
});

test.each([['status', '1'], ['orders']])(
  '%s says so if the internal system is a module that cannot answer',
  async (...args) => {
    const workplace = aWorkplace({ INTERNAL_SYSTEM: './erp.js', INTERNAL_SYSTEM_URL: '' });
    const erp = 'module.exports = () => ({ open: async () => {}, writeOrders: async () => [] });';
    writeFileSync(join(workplace.folder, 'erp.js'), erp);
    const { status, stderr } = await orderSync(workplace, args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/module \(\.\/erp\.js\) has no (?:find|list)Orders\(\)/);
  },
);
