import { afterEach, expect, it, vi } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { Turn } from '../../src/internal-system/turn.ts';
import { DailyComparison } from '../../src/shipments/daily-comparison.ts';
import { write } from '../internal-system/helpers/one-order.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

/** A shipment that was reported, and a shop that has it as long as `shop.has` says so. */
async function aReportedShipment(system: SqlInternalSystem) {
  const { shipments } = system;
  await write(system, { orderNumber: 'S1' });
  await shipments.record({
    ...{ orderNumber: 'S1', shopOrderId: null, shipmentId: 'P-1', carrier: 'SF', trackingNumber: 'SF1' },
    ...{ trackingUrl: null, shippedAt: '2026-11-22T16:00:00.000Z', lines: null },
  });
  const taken = await shipments.take({ orderNumber: 'S1', shipmentId: 'P-1' }, 'one', HOUR_MS);
  if (taken === undefined || taken === 'taken') throw new Error('expected it to be free');
  await shipments.noteReported(taken, undefined);
  return { has: true, isDown: false, asked: 0 };
}

type Shop = Awaited<ReturnType<typeof aReportedShipment>>;

/** A daemon's, with what it logged. */
function aComparison(system: SqlInternalSystem, shop: Shop) {
  const lines: string[] = [];
  const paused = { isPaused: false };
  const log = (level: string) => (_: unknown, text?: string) => void lines.push(`${level}: ${text}`);
  const comparison = new DailyComparison({
    shop: {
      listShipments: async () => {
        shop.asked += 1;
        if (shop.isDown) throw new SyncError('shop_unreachable', 'The shop is down.');
        return shop.has ? [{ shipmentId: 'P-1', trackingNumber: 'SF1' }] : [];
      },
    },
    ...{ system, store: system.shipments, turn: new Turn(system.reconciliation, 'compare-shipments') },
    isPaused: () => paused.isPaused,
    stopping: new AbortController().signal,
    logger: { info: log('info'), warn: log('warn') },
  });
  return { comparison, lines, paused };
}

function hoursLater(hours: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOUR_MS });
}

describeDatabases('the comparison of shipments', (workbench) => {
  const aDaemon = async () => {
    const system = await workbench.open();
    const shop = await aReportedShipment(system);
    return { system, shop, ...aComparison(system, shop) };
  };

  it('is made at once, and then once a day', async () => {
    const { comparison, shop, lines } = await aDaemon();
    for (let looks = 0; looks < 3; looks += 1) await comparison.compareIfDue();
    hoursLater(23.9);
    await comparison.compareIfDue();
    expect(shop.asked).toBe(1);
    hoursLater(0.2);
    await comparison.compareIfDue();
    await comparison.compareIfDue();
    expect(shop.asked).toBe(2);
    expect(lines).toEqual(Array.from({ length: 2 }, () => 'info: shipments compared: the shop has all of them'));
  });

  it('reports again what the shop does not have, and says so', async () => {
    const { comparison, shop, lines, system } = await aDaemon();
    shop.has = false;
    await comparison.compareIfDue();
    expect(lines).toEqual(['warn: shipments compared: 1 were not in the shop, and are reported again']);
    expect(await system.shipments.pending(10)).toMatchObject([{ orderNumber: 'S1', shipmentId: 'P-1' }]);
  });

  it('is made by one of several daemons, and not again by one that was started since', async () => {
    const { comparison, shop, system } = await aDaemon();
    await comparison.compareIfDue();
    await aComparison(system, shop).comparison.compareIfDue();
    expect(shop.asked).toBe(1);
  });

  it('waits for the end of a pause, which uses up no day', async () => {
    const { comparison, shop, paused } = await aDaemon();
    paused.isPaused = true;
    await comparison.compareIfDue();
    expect(shop.asked).toBe(0);
    paused.isPaused = false;
    await comparison.compareIfDue();
    expect(shop.asked).toBe(1);
  });

  it('that fails half-way is made again a day later, not all the time', async () => {
    const { comparison, shop } = await aDaemon();
    shop.isDown = true;
    await expect(comparison.compareIfDue()).rejects.toThrow('The shop is down.');
    await comparison.compareIfDue();
    expect(shop.asked).toBe(1);
    shop.isDown = false;
    hoursLater(24);
    await comparison.compareIfDue();
    expect(shop.asked).toBe(2);
  });
});
