import { expect, onTestFinished, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';
import { aMonthShop, fill, numberOf } from './helpers/month-shop.ts';

/** Enough for Node itself and a few batches, but not for the month. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=40' };

async function aMonth(orders: number, withheld: readonly number[], refunded?: number) {
  const shop = await aMonthShop(orders, refunded);
  const workplace = aWorkplace({ SHOP_BASE_URL: shop.url, SHOP_BATCH_SIZE: '200' });
  const system = await sqlSystem(workplace.env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  onTestFinished(() => system.close());
  await system.open();
  fill(workplace.database, shop, withheld, refunded);
  return { workplace, bystander: await aBystander() };
}

test('a month of 100,000 orders is scanned in bounded memory, and exactly those withheld are found', async () => {
  const withheld = [0, 1, 199, 200, 50_000, 77_777, 99_999];
  const { workplace, bystander } = await aMonth(100_000, withheld);
  const { status, stdout, stderr } = await orderSync(workplace, ['reconcile', '--since', '31d', '--json'], {
    env: SMALL_HEAP,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ compared: 100_000, found: withheld.length, underWay: 0 });
  const events = await bystander.drain(workplace.queue);
  expect(events.map(({ content }) => JSON.parse(content).orderNumber).sort()).toEqual(withheld.map(numberOf));
});

test('so is a deep scan, with full orders and daily totals', async () => {
  const { workplace } = await aMonth(10_000, [42, 9_000], 4_321);
  const args = ['reconcile', '--deep', '--since', '31d', '--dry-run', '--json'];
  const { stdout, stderr } = await orderSync(workplace, args, { env: SMALL_HEAP });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ compared: 10_000, found: 3 });
  expect(report.orders).toMatchObject([
    { orderNumber: numberOf(42), problem: 'missing' },
    { orderNumber: numberOf(4_321), problem: 'different' },
    { orderNumber: numberOf(9_000), problem: 'missing' },
  ]);
  const orders = report.days.map(({ shop }: { shop: { orders: number } }) => shop.orders);
  expect(orders.reduce((sum: number, count: number) => sum + count, 0)).toBe(10_000);
});
