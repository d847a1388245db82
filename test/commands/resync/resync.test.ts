import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DemoShop } from '../../../demo/demo-shop.ts';
import { aModule } from '../../adapters/helpers/a-module.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { readRows } from '../../helpers/internal-database.ts';
import { anOrder, anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

const order = anOrderDocument({ orderNumber: '10086', shopOrderId: '98231' });

/** Order 10086 is synced, and the daemon has stopped. */
async function aSyncedWorkplace(): Promise<{ workplace: Workplace; shop: DemoShop }> {
  const shop = await aShop({ orders: [order] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['send', '10086']);
  await daemon.line((line) => line['outcome'] === 'synced');
  daemon.signal('SIGTERM');
  await daemon.exited;
  return { workplace, shop };
}

function everything({ database }: Workplace): unknown[] {
  return ['orders', 'order_lines', 'order_ledger'].map((table) => readRows(database, `SELECT * FROM ${table}`));
}

test('resync publishes an "updated" event for each order', async () => {
  const workplace = aWorkplace();
  const { status, stdout } = await orderSync(workplace, ['resync', '10086', '98231']);
  expect(status).toBe(0);
  expect(stdout).toBe('2 events sent. To follow up: order-sync status 10086 98231\n');
  const events = await (await aBystander()).drain(workplace.queue);
  expect(events.map(({ content }) => content)).toEqual([
    '{"orderNumber":"10086","event":"updated"}',
    '{"orderNumber":"98231","event":"updated"}',
  ]);
});

test('a dry run shows each field that would change, masks personal data, and writes and publishes nothing', async () => {
  const { workplace, shop } = await aSyncedWorkplace();
  const before = everything(workplace);
  shop.put({
    ...order,
    status: 'completed',
    updatedAt: '2026-11-23T00:00:00Z',
    buyer: { id: 'u-5512', name: '王小明', email: 'xiaoming@example.com', phone: '+86 139 1111 1111' },
    buyerNote: '改送公司',
    totals: { ...order.totals, refunded: '9.60' },
    lines: order.lines.slice(0, 1),
    loyaltyCard: 'secret-4711',
  });
  const { status, stdout, stderr } = await orderSync(workplace, ['resync', '--dry-run', '98231']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [title, ...lines] = stdout.trimEnd().split('\n');
  expect(title).toBe('10086 would be updated');
  const words = lines.map((line) => line.trim().replace(/ +/g, ' '));
  expect(words).toContain('status: "paid" → "completed"');
  expect(words).toContain('updatedAt: "2026-11-22T08:00:05.120Z" → "2026-11-23T00:00:00.000Z"');
  expect(words).toContain('totals.refunded: "0.00" → "9.60"');
  expect(words).toContain('lines[1].sku: "CUP-01" → (missing)');
  expect(words).toContain('buyer.phone: (personal) → (personal)');
  expect(words).toContain('buyerNote: (personal) → (personal)');
  expect(words).toContain('loyaltyCard: (missing) → (personal)');
  expect(words).not.toContainEqual(expect.stringMatching(/^(?:currency|totals\.grand|buyer\.name)/));
  for (const secret of ['138', '139', '请', '改', '4711']) expect(stdout).not.toContain(secret);
  expect(everything(workplace)).toEqual(before);
  expect(await (await aBystander()).messages(workplace.queue)).toBe(0);
});

test('a dry run distinguishes new, changed, unchanged and stale orders, and those that the shop does not have', async () => {
  const { workplace, shop } = await aSyncedWorkplace();
  const dryRun = async (...references: string[]) => {
    const { status, stdout } = await orderSync(workplace, ['resync', '--dry-run', '--json', ...references]);
    const { orders } = JSON.parse(stdout) as { orders: Record<string, unknown>[] };
    return { status, orders };
  };
  shop.put(anOrderDocument({ orderNumber: 'NEW' }));
  expect(await dryRun('10086', 'NEW')).toMatchObject({
    status: 0,
    orders: [
      { outcome: 'unchanged', isNew: false, differences: [] },
      {
        outcome: 'synced',
        isNew: true,
        orderNumber: 'NEW',
        stored: null,
        differences: expect.arrayContaining([{ path: 'status', shop: '"paid"' }]),
      },
    ],
  });
  shop.put({ ...order, updatedAt: '2026-11-23T00:00:00Z' });
  expect((await dryRun('10086')).orders).toMatchObject([{ outcome: 'synced', isNew: false }]);
  shop.put({ ...order, updatedAt: '2026-11-22T07:00:00Z' });
  expect(await dryRun('10086', 'UNKNOWN')).toMatchObject({
    status: 1,
    orders: [
      { outcome: 'stale', isNew: false, differences: [{ path: 'updatedAt' }] },
      { reference: 'UNKNOWN', outcome: null, reason: 'order_not_found' },
    ],
  });
});

test('a dry run shows an order that is not stored yet as it would be written, even before the first start', async () => {
  const workplace = aWorkplace(shopEnv(await aShop({ orders: [order] })));
  const { status, stdout, stderr } = await orderSync(workplace, ['resync', '--dry-run', '98231']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [title, ...lines] = stdout.trimEnd().split('\n');
  expect(title).toBe('10086 would be added: the internal system does not have it yet');
  const words = lines.map((line) => line.trim().replace(/ +/g, ' '));
  for (const line of ['shopOrderId: "98231"', 'status: "paid"', 'totals.grand: "129.40"', 'lines[1].sku: "CUP-01"'])
    expect(words).toContain(line);
  expect(words).toContain('buyer.name: (personal)');
  expect(stdout).not.toContain('王');
  expect(existsSync(workplace.database)).toBe(false);
});

test('a dry run with modules shows what would be written, and says that it cannot compare where nobody can look orders up', async () => {
  const shop = `export default () => ({
    fetchOrders: async ([name]) => new Map([[name, { kind: 'order', order: ${JSON.stringify(anOrder(order))} }]]),
  });`;
  const system =
    'export default () => ({ open: async () => undefined, writeOrders: async () => { throw new Error(); } });';
  const workplace = aWorkplace({
    SHOP_ADAPTER: await aModule(shop),
    INTERNAL_SYSTEM: await aModule(system),
  });
  const text = await orderSync(workplace, ['resync', '--dry-run', '10086']);
  expect(text).toMatchObject({ status: 0, stderr: '' });
  expect(text.stdout).toContain('10086 would be written like this, unless the same or something newer is stored');
  expect(text.stdout).toContain('the INTERNAL_SYSTEM module has no findOrders(), so nothing can be compared');
  expect(text.stdout).toMatch(/status: +"paid"\n/);
  const json = await orderSync(workplace, ['resync', '--dry-run', '--json', '10086']);
  expect(JSON.parse(json.stdout)).toMatchObject({ orders: [{ outcome: 'unknown', isNew: null, stored: null }] });
  const forced = await orderSync(workplace, ['resync', '--force', '--yes', '10086']);
  expect(forced).toMatchObject({ status: 1, stderr: expect.stringContaining('no findOrders()') });
});

test('a dry run ends with 69 if the shop is down, and with 78 if it refuses the token', async () => {
  const { workplace, shop } = await aSyncedWorkplace();
  const refused = await orderSync(workplace, ['resync', '--dry-run', '10086'], { env: { SHOP_TOKEN: 'wrong' } });
  expect(refused).toMatchObject({ status: 78, stdout: expect.stringContaining('Check SHOP_TOKEN') });
  await shop.close();
  const down = await orderSync(workplace, ['resync', '--dry-run', '10086']);
  expect(down).toMatchObject({ status: 69, stdout: expect.stringContaining('ECONNREFUSED') });
});

test('--force replaces nothing without --yes or a terminal to ask on, and a dry run says what it would replace', async () => {
  const { workplace, shop } = await aSyncedWorkplace();
  const before = everything(workplace);
  shop.put({ ...order, status: 'cancelled', updatedAt: '2026-11-22T07:00:00Z' });
  const refused = await orderSync(workplace, ['resync', '--force', '10086']);
  expect(refused).toMatchObject({ status: 64, stderr: expect.stringContaining('add --yes') });
  const versions = '(here: paid, changed 2026-11-22T08:00:05.120Z; shop: cancelled, changed 2026-11-22T07:00:00.000Z)';
  const cautious = await orderSync(workplace, ['resync', '--dry-run', '10086']);
  expect(cautious.stdout).toContain(
    `10086 would stay as it is: it is older in the shop than here, and only --force replaces it ${versions}`,
  );
  const { status, stdout } = await orderSync(workplace, ['resync', '--dry-run', '--force', '10086']);
  expect(status).toBe(0);
  expect(stdout).toContain(`10086 would be replaced although it is older in the shop than here ${versions}`);
  expect(everything(workplace)).toEqual(before);
});

test('--force writes what is newer without more ado, and says as JSON what it replaced and what failed', async () => {
  const { workplace, shop } = await aSyncedWorkplace();
  shop.put({ ...order, status: 'cancelled', updatedAt: '2026-11-22T07:00:00Z' });
  shop.put(anOrderDocument({ orderNumber: 'NEW' }));
  const args = ['resync', '--force', '--yes', '--json', '98231', 'NEW', 'UNKNOWN'];
  const { status, stdout, stderr } = await orderSync(workplace, args);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    orders: [
      { orderNumber: '10086', outcome: 'synced', replaced: { status: 'paid', updatedAt: '2026-11-22T08:00:05.120Z' } },
      { orderNumber: 'NEW', outcome: 'synced', replaced: null },
      { reference: 'UNKNOWN', outcome: null, reason: 'order_not_found' },
    ],
  });
  expect(stderr).toContain('10086 is older in the shop than here');
  expect(readRows(workplace.database, 'SELECT order_number, status FROM orders ORDER BY 1')).toEqual([
    { order_number: '10086', status: 'cancelled' },
    { order_number: 'NEW', status: 'paid' },
  ]);
  const again = await orderSync(workplace, args.slice(0, 5));
  expect(JSON.parse(again.stdout)).toMatchObject({ orders: [{ outcome: 'unchanged', replaced: null }] });
});
