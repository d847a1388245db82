import { expect, onTestFinished, test, vi } from 'vitest';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { DailyPruning } from '../../src/retention/daily-pruning.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aSnapshot } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';

const DAY = 24 * 3_600_000;

function anOldOrder(orderNumber: string, daysAgo: number) {
  const at = new Date(Date.now() - daysAgo * DAY).toISOString();
  return aSnapshot({ order: { orderNumber, status: 'completed', placedAt: at, updatedAt: at } });
}

async function aSystem(url: string): Promise<SqlInternalSystem> {
  const system = await sqlSystem(url, 'shop');
  onTestFinished(() => system.close());
  await system.open();
  return system;
}

test('the daemon deletes what is older than RETENTION_DAYS, says so, and its scans do not bring it back', async () => {
  const [old, young] = [anOldOrder('OLD', 500), anOldOrder('YOUNG', 300)];
  const shop = await aShop({ orders: [old.order, young.order] });
  const place = aWorkplace({ ...shopEnv(shop), RETENTION_DAYS: '400' });
  const system = await aSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '');
  await system.writeOrders([old, young]);
  const daemon = startDaemon(place);
  const line = await daemon.line(({ msg }) => msg.startsWith('pruned:'));
  expect(line).toMatchObject({ pruned: 1, msg: 'pruned: 1 order deleted that changed last more than 400 days ago' });
  expect(await system.findOrders('OLD')).toEqual([]);
  expect(await system.findOrders('YOUNG')).toHaveLength(1);
  for (const deep of [[], ['--deep']]) {
    const { status, stdout } = await orderSync(place, ['reconcile', '--since', '600d', '--dry-run', ...deep]);
    expect(stdout).toContain('Left out: 1 order older than what is kept here.');
    expect(stdout).toContain('Shop and internal system agree.');
    expect(status).toBe(0);
  }
  const imported = await orderSync(place, ['import', '--since', '600d', '--fulfilment', 'shipped', '--yes']);
  expect(imported.stdout).toContain('1 order older than what is kept here');
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
});

test('once a day among all daemons', async () => {
  const place = aWorkplace();
  const system = await aSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '');
  const prune = vi.spyOn(system.retention, 'prune');
  const info = vi.fn();
  const start = () => {
    const logger = { info, warn: info };
    const pruning = new DailyPruning({
      internalSystem: system,
      retentionDays: 400,
      isPaused: () => false,
      logger,
      lookEveryMs: 5,
    });
    onTestFinished(() => pruning.stop());
    pruning.start();
    return pruning;
  };
  start();
  await vi.waitFor(() => expect(info).toHaveBeenCalledTimes(1));
  const takes = vi.spyOn(system.reconciliation, 'takeLease');
  start();
  await vi.waitFor(() => expect(takes.mock.calls.length).toBeGreaterThan(5));
  expect(prune).toHaveBeenCalledTimes(1);
});

test('prune asks nobody without a terminal, and takes no less than 30 days', async () => {
  const place = aWorkplace();
  const system = await aSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '');
  await system.writeOrders([anOldOrder('OLD', 500)]);
  expect((await orderSync(place, ['prune', '--older-than', '29d', '--yes'])).status).toBe(64);
  expect((await orderSync(place, ['prune', '--older-than', '400d'])).status).toBe(64);
  const dry = await orderSync(place, ['prune', '--older-than', '400d', '--dry-run']);
  expect(dry.stdout).toMatch(/^1 order would be deleted, changed last before 202\d-\d\d-\d\d \(UTC\)\.\n$/);
  expect(await system.findOrders('OLD')).toHaveLength(1);
  const { stdout } = await orderSync(place, ['prune', '--older-than', '400d', '--yes', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ pruned: 1, dryRun: false });
  expect(await system.findOrders('OLD')).toEqual([]);
});
