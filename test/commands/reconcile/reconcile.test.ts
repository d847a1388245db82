import { expect, onTestFinished, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { anOrderDocument, aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';
import { orderSync } from '../helpers/cli.ts';

const HOUR = 3_600_000;
const BARE_SHOP = new URL('../../reconcile/helpers/bare-shop.ts', import.meta.url).pathname;

function anOldOrder(orderNumber: string, hoursAgo: number, more: Partial<OrderDocument> = {}): OrderDocument {
  const updatedAt = new Date(Date.now() - hoursAgo * HOUR).toISOString();
  return anOrderDocument({ orderNumber, updatedAt, placedAt: updatedAt, ...more });
}

async function aSetup(
  orders: readonly OrderDocument[],
  stored: readonly string[],
  faults?: Parameters<typeof aShop>[0],
) {
  const shop = await aShop({ orders, ...faults });
  const workplace = aWorkplace({ ...shopEnv(shop), SHOP_BATCH_SIZE: '50' });
  const system = await internalSystemOf(workplace);
  await system.writeOrders(
    orders.filter(({ orderNumber }) => stored.includes(String(orderNumber))).map((order) => aSnapshot({ order })),
  );
  return { shop, workplace, system, bystander: await aBystander() };
}

async function internalSystemOf({ env }: Workplace): Promise<SqlInternalSystem> {
  const system = await sqlSystem(env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  onTestFinished(() => system.close());
  await system.open();
  return system;
}

test('an order that is behind gets an event, and the report names it', async () => {
  const orders = [anOldOrder('HERE', 3), anOldOrder('MISSING', 2), anOldOrder('CART', 1, { status: 'pending' })];
  const { workplace, bystander } = await aSetup(orders, ['HERE']);
  const { status, stdout, stderr } = await orderSync(workplace, ['reconcile']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Compared 2 orders changed since 2.* UTC \(24 h ago\)\.\n/);
  expect(stdout).toContain('Left out: 1 cart (not paid, not stored).');
  expect(stdout).toMatch(/\nORDER +STATUS +CHANGED +HERE +EVENT\nMISSING +paid +2.* UTC +missing +published now\n/);
  expect(stdout).toContain('1 order got an event, which is now in the queue.');
  expect(status).toBe(0);
  const events = await bystander.drain(workplace.queue);
  expect(events.map(({ content }) => JSON.parse(content))).toEqual([{ orderNumber: 'MISSING', event: 'updated' }]);
});

test('--dry-run reports the same, publishes nothing, needs no broker, and ends with 1', async () => {
  const { workplace, bystander, system } = await aSetup([anOldOrder('MISSING', 2)], []);
  const env = { RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1' };
  const { status, stdout } = await orderSync(workplace, ['reconcile', '--dry-run'], { env });
  expect(stdout).toMatch(/MISSING +paid .* missing +–\n/);
  expect(stdout).toContain('1 order would get an event.');
  expect(status).toBe(1);
  expect(await bystander.messages(workplace.queue)).toBeUndefined();
  expect((await system.reconciliation.readScan('changes')).cursor).toBeNull();
});

test('--deep shows both sides, day by day', async () => {
  const placedAt = '2026-03-01T12:00:00Z';
  const orders = ['A', 'B', 'C'].map((orderNumber) => anOldOrder(orderNumber, 2, { placedAt }));
  const { workplace } = await aSetup(orders, ['A', 'B']);
  const args = ['reconcile', '--deep', '--since', '2026-03-01T00:00:00Z'];
  const { status, stdout } = await orderSync(workplace, args);
  expect(stdout).toMatch(
    /\nPLACED \(UTC\) +CURRENCY +SHOP +TOTAL +HERE +TOTAL\n2026-03-01 +CNY +3 +388\.20 +2 +258\.80 +← differs\n/,
  );
  expect(status).toBe(0);
  const again = await orderSync(workplace, [...args, '--json']);
  expect(JSON.parse(again.stdout).days).toEqual([
    {
      day: '2026-03-01',
      currency: 'CNY',
      shop: { orders: 3, total: '388.20' },
      internalSystem: { orders: 2, total: '258.80' },
    },
  ]);
});

test('says so if all orders agree, also as JSON', async () => {
  const { workplace } = await aSetup([anOldOrder('A', 2)], ['A']);
  expect(await orderSync(workplace, ['reconcile'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Shop and internal system agree.'),
  });
  const { status, stdout } = await orderSync(workplace, ['reconcile', '--json', '--since', '6h']);
  expect(JSON.parse(stdout)).toMatchObject({ scan: 'changes', orders: [], compared: 1, found: 0, error: null });
  expect(status).toBe(0);
});

test('--json lists every order, the table the first ones', async () => {
  const orders = Array.from({ length: 230 }, (_, index) => anOldOrder(`SO-${index}`, 3));
  const { workplace } = await aSetup(orders, []);
  const human = await orderSync(workplace, ['reconcile', '--dry-run']);
  expect(human.stdout).toContain('… and 180 more; --json lists them all.');
  const { stdout } = await orderSync(workplace, ['reconcile', '--dry-run', '--json']);
  const report = JSON.parse(stdout);
  expect(new Set(report.orders.map(({ orderNumber }: { orderNumber: string }) => orderNumber)).size).toBe(230);
  expect(report).toMatchObject({ found: 230, dryRun: true });
});

test('ends with 1 if a difference needs a person', async () => {
  const { workplace, system } = await aSetup([anOldOrder('DEAD', 5)], []);
  const eventInfo = { reference: 'DEAD', event: 'paid', attempt: 5, receivedAt: new Date() } as const;
  const failedAt = new Date();
  await system.recordFailures([{ eventInfo, state: 'dead-lettered', reason: 'invalid_order', message: 'x', failedAt }]);
  const { status, stdout } = await orderSync(workplace, ['reconcile']);
  expect(stdout).toMatch(/DEAD +paid .* missing +in the dead letters\n/);
  expect(stdout).toContain('1 order got no event: see "order-sync status" and "order-sync dead-letters list".');
  expect(status).toBe(1);
});

test('ends with 69 while another scan is running', async () => {
  const { workplace, system } = await aSetup([anOldOrder('A', 2)], ['A']);
  await system.reconciliation.takeLease('changes', 'a daemon', 60_000);
  const { status, stderr } = await orderSync(workplace, ['reconcile']);
  expect(stderr).toContain('Another scan of this kind is running.');
  expect(status).toBe(69);
});

test('if the shop is down, reports what it has found so far, then the reason', async () => {
  const { workplace } = await aSetup([anOldOrder('A', 2)], [], {
    faults: ({ references }) => (references.length === 0 ? statusFault(403) : undefined),
  });
  const { status, stdout, stderr } = await orderSync(workplace, ['reconcile', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ orders: [], error: expect.stringMatching(/^shop_refused_credentials/) });
  expect(stderr).toContain('The shop refused the credentials');
  expect(status).toBe(78);
  const human = await orderSync(workplace, ['reconcile']);
  expect(human.stdout).toContain('The scan stopped half-way: the rest was not compared.');
  expect(human.stdout).not.toContain('agree');
});

test('ends with 1 if the shop adapter has no lists to scan', async () => {
  const { workplace } = await aSetup([], []);
  const { status, stderr } = await orderSync(workplace, ['reconcile', '--deep'], { env: { SHOP_ADAPTER: BARE_SHOP } });
  expect(stderr).toContain("Can't reconcile: the module in SHOP_ADAPTER has no listPlacedSince().");
  expect(status).toBe(1);
});

test('an invalid time is a usage error', async () => {
  const { status, stderr } = await orderSync(aWorkplace(), ['reconcile', '--since', 'yesterday']);
  expect(stderr).toContain('Expected a duration such as 15m, 1h or 2d');
  expect(status).toBe(64);
});
