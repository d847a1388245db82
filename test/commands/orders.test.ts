import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { jsonLines, orderSync } from './helpers/cli.ts';

const LONG = '20261122000123456789';
const TOTALS = anOrderDocument().totals;

/** Synced: one of long ago, one that does not add up, and one of today. One event failed and is tried again in an hour. */
async function aPlaceWithOrders(): Promise<Workplace> {
  const anOrder = (orderNumber: string, placedAt: Date, grand = TOTALS.grand) =>
    anOrderDocument({
      orderNumber,
      shopOrderId: `0${orderNumber}`,
      placedAt: placedAt.toISOString(),
      totals: { ...TOTALS, grand },
    });
  const orders = [
    anOrder(LONG, new Date('2026-01-02T03:04:05Z')),
    anOrder('odd', new Date('2026-01-03T03:04:05Z'), '1.00'),
    anOrder('new', new Date()),
  ];
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), RETRY_DELAYS_MS: '3600000' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['send', '--event', 'paid', LONG, 'odd', 'new', 'unknown']);
  for (const order of [LONG, 'odd', 'new']) {
    await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === order);
  }
  await daemon.line((line) => line['outcome'] === 'retrying');
  return workplace;
}

test('orders can be listed by when they were placed, by time range, by mismatch; retrying ones say when', async () => {
  const workplace = await aPlaceWithOrders();
  const listed = async (...args: string[]) =>
    jsonLines((await orderSync(workplace, ['orders', '--json', ...args])).stdout).map((record) => record['reference']);
  expect(await listed('--placed')).toEqual(['new', 'odd', LONG]);
  expect(await listed('--today')).toEqual(['new']);
  expect(await listed('--placed', '--since', '2026-01-02T00:00:00Z', '--until', '2026-01-03T03:04:05Z')).toEqual([
    LONG,
  ]);
  expect(await listed('--until', '1h')).toEqual([]);
  expect(await listed('--mismatch')).toEqual(['odd']);
  const [retrying] = jsonLines((await orderSync(workplace, ['orders', '--json', '--state', 'retrying'])).stdout);
  expect(retrying).toMatchObject({ reference: 'unknown', nextAttemptAt: expect.stringMatching(/Z$/) });
  expect(retrying).not.toHaveProperty('cursor');
  const { stdout } = await orderSync(workplace, ['orders', '--state', 'retrying']);
  expect(stdout).toMatch(/order_not_found; next attempt in \d+ (?:min|h)\n/);
  const placed = await orderSync(workplace, ['orders', '--placed', '--mismatch']);
  expect(placed.stdout).toMatch(
    /^ORDER +STATE +STATUS +TOTAL +EVENT +ATTEMPTS +PLACED +NOTE\nodd .* days ago +the amounts do not add up\n/,
  );
});

test('orders as CSV keep their numbers, name the zone of their times, and hold nothing of a person', async () => {
  const workplace = await aPlaceWithOrders();
  const staff = new DatabaseSync(workplace.database, { timeout: 5_000 });
  staff.exec(`UPDATE orders SET fulfilment_status = '=1+1' WHERE order_number = '${LONG}'`);
  staff.close();
  const { status, stdout, stderr } = await orderSync(workplace, ['orders', '--csv', '--placed']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^order_number,shop_order_id,state,status,/);
  const rows: Record<string, string>[] = parse(stdout, { bom: true, columns: true, record_delimiter: '\r\n' });
  expect(rows).toHaveLength(3);
  expect(rows[2]).toMatchObject({
    order_number: `="${LONG}"`,
    shop_order_id: `="0${LONG}"`,
    state: 'synced',
    status: 'paid',
    fulfilment_status: "'=1+1",
    grand_total: '129.40',
    currency: 'CNY',
    totals_mismatch: '',
    'placed_at (UTC)': '2026-01-02 03:04:05',
    lines: '2',
  });
  expect(rows[1]).toMatchObject({ totals_mismatch: 'yes' });
  expect(stdout).not.toMatch(/王小明|xiaoming|138 0000|文三路|周末/);
});

test('orders refuses what cannot be meant together', async () => {
  for (const args of [
    ['--today', '--since', '1h'],
    ['--csv', '--json'],
  ]) {
    const { status, stderr } = await orderSync(aWorkplace(), ['orders', ...args]);
    expect(status).toBe(64);
    expect(stderr).toContain('cannot be used with');
  }
});
