import { expect, it } from 'vitest';
import { contentHash } from '../../../src/internal-system/newest-wins.ts';
import { type KnownOrder, type ScanRun, UNKNOWN_ORDER } from '../../../src/internal-system/reconciliation-store.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const IN_2040 = new Date('2040-01-01T00:00:00.000Z');
const MINUTE = 60_000;

const RUN: ScanRun = {
  startedAt: '2026-11-22T08:00:00.123Z',
  finishedAt: '2026-11-22T08:00:07.456Z',
  compared: 1234,
  found: 2,
  known: 1,
  error: null,
  report: '{"orders":[]}',
};

async function knownOf(system: SqlInternalSystem, ...numbers: string[]): Promise<Record<string, KnownOrder>> {
  const known = await system.reconciliation.knownOrders(numbers.map((orderNumber) => ({ orderNumber })));
  return Object.fromEntries(numbers.map((number, index) => [number, known[index] ?? UNKNOWN_ORDER]));
}

describeDatabases('the known orders', (workbench) => {
  it('include what is stored, and how their last event ended', async () => {
    const system = await workbench.open();
    const order = anOrder({ orderNumber: 'S1', status: 'cancelled', currency: 'JPY' });
    const snapshot = aSnapshot({ order: { orderNumber: 'S1', status: 'cancelled', currency: 'JPY' } });
    await system.writeOrders([snapshot]);
    const failedAt = new Date('2026-11-22T09:00:00.001Z');
    const eventInfo = { ...snapshot.eventInfo, reference: 'F1' };
    await system.recordFailures([
      { eventInfo, state: 'retrying', reason: 'shop_error', message: 'The shop answered HTTP 500.', failedAt },
    ]);
    const known = await knownOf(system, 'S1', 'F1', 'NEVER');
    expect(known['NEVER']).toEqual({ stored: undefined, lastEvent: undefined });
    expect(known['F1']).toEqual({
      stored: undefined,
      lastEvent: { state: 'retrying', at: '2026-11-22T09:00:00.001Z', reason: 'shop_error' },
    });
    expect(known['S1']?.stored).toEqual({
      shopOrderId: 'id-S1',
      status: 'cancelled',
      updatedAt: '2026-11-22T08:00:05.120Z',
      contentHash: contentHash(order),
      placedAt: '2026-11-22T08:00:00.000Z',
      currency: 'JPY',
      grandTotal: expect.stringMatching(/^129\.40*$/),
    });
    expect(known['S1']?.lastEvent?.state).toBe('synced');
  });

  it('are found for more numbers than one query takes, and for none', async () => {
    const system = await workbench.open();
    const numbers = Array.from({ length: 501 }, (_, index) => `N${index}`);
    const stored = numbers.filter((_, index) => index % 2 === 0);
    await system.writeOrders(stored.map((orderNumber) => aSnapshot({ order: { orderNumber } })));
    const orders = numbers.map((orderNumber) => ({ orderNumber, shopOrderId: `id-${orderNumber}` }));
    const known = await system.reconciliation.knownOrders(orders);
    expect(numbers.filter((_, index) => known[index]?.stored !== undefined)).toEqual(stored);
    expect(await system.reconciliation.knownOrders([])).toEqual([]);
  });

  it('have their last event by their id as well', async () => {
    const system = await workbench.open();
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'S2' } })]);
    const order = { orderNumber: 'S2', shopOrderId: 'id-S2' };
    await system.recordFailures([aFailure('id-S2', { order, state: 'dead-lettered', failedAt: IN_2040 })]);
    const known = await knownOf(system, 'S2');
    expect(known['S2']?.lastEvent).toEqual({
      state: 'dead-lettered',
      at: IN_2040.toISOString(),
      reason: 'shop_timeout',
    });
  });

  it("have no event that may be another order's, so that none is taken for dealt with", async () => {
    const system = await workbench.open();
    await system.writeOrders([aSnapshot({ order: { orderNumber: '1005', shopOrderId: '1042' } })]);
    await system.recordFailures([aFailure('1042', { state: 'dead-lettered', failedAt: IN_2040 })]);
    const known = await knownOf(system, '1042', '1005');
    expect(known['1042']).toEqual({ stored: undefined, lastEvent: undefined });
    expect(known['1005']?.lastEvent?.state).toBe('synced');
  });

  it('have the last event of their own, by their id, although another order is stored under their number', async () => {
    const system = await workbench.open();
    await system.writeOrders([aSnapshot({ order: { orderNumber: '1001', shopOrderId: '775' } })]);
    const order = { orderNumber: '1001', shopOrderId: '776' };
    await system.recordFailures([aFailure('776', { order, state: 'dead-lettered', failedAt: IN_2040 })]);
    await system.recordFailures([aFailure('777', { state: 'retrying', failedAt: IN_2040 })]);
    const orders = ['775', '776', '777', '778'].map((shopOrderId) => ({ orderNumber: '1001', shopOrderId }));
    const known = await system.reconciliation.knownOrders(orders);
    expect(known.map(({ lastEvent }) => lastEvent?.state)).toEqual(['synced', 'dead-lettered', 'retrying', undefined]);
    expect(known.map(({ stored }) => stored?.shopOrderId)).toEqual(Array(4).fill('775'));
  });

  it('have the later of their events, by whatever name: what succeeded since is done with', async () => {
    const system = await workbench.open();
    const order = { orderNumber: 'S3', shopOrderId: 'id-S3' };
    const failedAt = new Date('2026-11-22T09:00:00Z');
    await system.recordFailures([aFailure('id-S3', { order, state: 'dead-lettered', failedAt })]);
    await system.writeOrders([aSnapshot({ order })]);
    expect((await knownOf(system, 'S3'))['S3']?.lastEvent?.state).toBe('synced');
  });

  it("are one shop's alone, and tell A1 from a1", async () => {
    const [mine, other] = [await workbench.open(), await workbench.open()];
    await other.writeOrders([aSnapshot({ order: { orderNumber: 'A1' } })]);
    await mine.writeOrders([aSnapshot({ order: { orderNumber: 'a1' } })]);
    const known = await knownOf(mine, 'A1', 'a1');
    expect(known).toMatchObject({ A1: { stored: undefined }, a1: { stored: { shopOrderId: 'id-a1' } } });
  });
});

describeDatabases('the lease of a scan', (workbench) => {
  it('has one holder at a time, even if many want it at once', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    // Two connections of one process to an SQLite file would wait for each other: each blocks the process.
    const systems = [system, workbench.kind === 'SQLite' ? system : await workbench.open(shop)];
    const holders = Array.from({ length: 8 }, (_, index) => `daemon ${index}`);
    const taken = await Promise.all(
      holders.map((holder, index) => systems[index % 2]?.reconciliation.takeLease('changes', holder, MINUTE)),
    );
    expect(taken.filter((scan) => scan !== undefined)).toHaveLength(1);
    // The other scan has a lease of its own.
    expect(await system.reconciliation.takeLease('deep', 'another', MINUTE)).toBeDefined();
  });

  it('can be taken once its holder has released it, or let it expire', async () => {
    const { reconciliation } = await workbench.open();
    await reconciliation.takeLease('changes', 'A', MINUTE);
    expect(await reconciliation.takeLease('changes', 'B', MINUTE)).toBeUndefined();
    await reconciliation.releaseLease('changes', 'B');
    expect(await reconciliation.takeLease('changes', 'B', MINUTE)).toBeUndefined();
    await reconciliation.releaseLease('changes', 'A');
    expect(await reconciliation.takeLease('changes', 'B', 50)).toBeDefined();
    await expect.poll(() => reconciliation.takeLease('changes', 'A', MINUTE)).toBeDefined();
    expect(await reconciliation.saveScan('changes', 'B', MINUTE, { cursor: RUN.startedAt })).toBe(false);
    expect((await reconciliation.readScan('changes')).cursor).toBeNull();
  });

  it('is renewed by each save', async () => {
    const { reconciliation } = await workbench.open();
    await reconciliation.takeLease('changes', 'A', 1);
    expect(await reconciliation.saveScan('changes', 'A', MINUTE, {})).toBe(true);
    expect(await reconciliation.takeLease('changes', 'B', MINUTE)).toBeUndefined();
  });
});

describeDatabases('the state of a scan', (workbench) => {
  it('is empty before the first one', async () => {
    const { reconciliation } = await workbench.open();
    const empty = { cursor: null, newestListed: null, begunAt: null, lastRun: null };
    expect(await reconciliation.readScan('deep')).toEqual(empty);
    expect((await reconciliation.takeLease('deep', 'A', MINUTE))?.state).toEqual(empty);
  });

  it('is read as it was written, and a save leaves alone what it does not name', async () => {
    const { reconciliation } = await workbench.open();
    await reconciliation.takeLease('changes', 'A', MINUTE);
    const cursor = '2026-11-22T07:59:59.999Z';
    await reconciliation.saveScan('changes', 'A', MINUTE, { cursor, newestListed: cursor, begunAt: RUN.startedAt });
    await reconciliation.saveScan('changes', 'A', MINUTE, { lastRun: RUN });
    const state = { cursor, newestListed: cursor, begunAt: RUN.startedAt, lastRun: RUN };
    expect(await reconciliation.readScan('changes')).toEqual(state);
    const failed = { ...RUN, error: 'shop_unreachable: No connection to “shop” 🏪.', report: '{"订单":[1]}' };
    await reconciliation.saveScan('changes', 'A', MINUTE, { lastRun: failed });
    await reconciliation.releaseLease('changes', 'A');
    expect((await reconciliation.takeLease('changes', 'B', MINUTE))?.state).toEqual({ ...state, lastRun: failed });
  });

  it("is returned with the server's time", async () => {
    const { reconciliation } = await workbench.open();
    const taken = await reconciliation.takeLease('changes', 'A', MINUTE);
    // The server runs on this machine.
    expect(Math.abs(Date.parse(taken?.now ?? '') - Date.now())).toBeLessThan(MINUTE);
  });
});
