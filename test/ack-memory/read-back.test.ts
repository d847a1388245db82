import { expect, it } from 'vitest';
import type { AckMemory } from '../../src/ack-memory/ack-memory.ts';
import { ackedOrder } from '../../src/ack-memory/acked-order.ts';
import { readBack } from '../../src/ack-memory/read-back.ts';
import type { Snapshot } from '../../src/internal-system/internal-system.ts';
import type { OrderNames } from '../../src/internal-system/reconciliation-store.ts';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { prune } from '../../src/retention/prune.ts';
import { aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases, uniqueName } from '../internal-system/helpers/test-databases.ts';
import { aMemory, numbersOf } from './helpers/memory.ts';

const LATER = '2026-11-22T09:00:00.000Z';

describeDatabases('reading back what was acked', (workbench) => {
  /** An order as it was synced and acked. */
  async function synced(
    system: SqlInternalSystem,
    memory: AckMemory,
    order: Partial<OrderDocument>,
    more: Partial<Snapshot> = {},
  ): Promise<Snapshot> {
    const snapshot = { ...aSnapshot({ order, fetchedAt: new Date() }), ...more };
    const times = { writtenAt: Date.now(), ackedAt: Date.now() };
    await system.writeOrders([snapshot]);
    memory.note(ackedOrder(snapshot.order, times));
    return snapshot;
  }

  async function aSystem() {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    const memory = aMemory();
    const forget = async (...tables: string[]) => {
      for (const table of tables) await workbench.database.sql(`DELETE FROM ${table} WHERE shop = '${shop}'`);
    };
    const look = () => readBack(memory, system.reconciliation, 'all', new AbortController().signal);
    return { shop, system, memory, forget, look };
  }

  it('finds everything held where nothing was forgotten, whatever was written since', async () => {
    const { system, memory, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1' });
    await synced(system, memory, { orderNumber: 'A2' });
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'A2', updatedAt: LATER } })]);
    const found = await look();
    expect(found).toMatchObject({ gone: [], returned: [], removed: [], failed: [], isAnyHeld: true });
  });

  it('finds what is gone with its row in the ledger, and which is older than it was', async () => {
    const { system, memory, forget, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1' });
    await synced(system, memory, { orderNumber: 'A2', updatedAt: LATER });
    await synced(system, memory, { orderNumber: 'A3' });
    await forget('order_lines', 'orders', 'order_ledger');
    const earlier = aSnapshot({ order: { orderNumber: 'A2' }, fetchedAt: new Date(0) });
    await system.writeOrders([earlier]);
    await forget('order_ledger');
    expect(numbersOf((await look()).gone)).toEqual(['A1', 'A2', 'A3']);
  });

  it('an order that has another number now is held', async () => {
    const { system, memory, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1', shopOrderId: 'id-1' });
    const renamed = { orderNumber: 'A1-bis', shopOrderId: 'id-1', updatedAt: LATER };
    await system.writeOrders([aSnapshot({ order: renamed })]);
    expect(await look()).toMatchObject({ gone: [], removed: [], isAnyHeld: true });
  });

  it('an order that staff deleted is not forgotten: its row in the ledger is still there', async () => {
    const { system, memory, forget, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1' });
    await forget('order_lines', 'orders');
    const { gone, removed } = await look();
    expect([gone, numbersOf(removed)]).toEqual([[], ['A1']]);
  });

  it('an order that was pruned is not forgotten, although no row of it is left', async () => {
    const { shop, system, memory, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'OLD', status: 'completed', updatedAt: '2020-01-01T00:00:00.000Z' });
    await synced(system, memory, { orderNumber: 'A1' });
    const before = new Date('2021-01-01T00:00:00.000Z');
    const { retention, reconciliation: store } = system;
    await prune({ retention, store, before, signal: new AbortController().signal });
    await workbench.database.sql(`DELETE FROM orders WHERE shop = '${shop}' AND order_number = 'A1'`);
    await workbench.database.sql(`DELETE FROM order_ledger WHERE shop = '${shop}' AND order_number = 'A1'`);
    const { gone, removed } = await look();
    expect([numbersOf(gone), numbersOf(removed)]).toEqual([['A1'], ['OLD']]);
  });

  /** What the ledger remembers at last is the write of an older version. */
  async function forced(system: SqlInternalSystem, order: Partial<OrderDocument>): Promise<void> {
    const older = aSnapshot({ order, fetchedAt: new Date() });
    const [refused] = await system.writeOrders([older]);
    await system.writeOrders([{ ...older, seen: refused?.stored, force: true }]);
  }

  it('an older version that a person forced is looked at in the shop once, and stays if that shows it', async () => {
    const { system, memory, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1', updatedAt: LATER });
    await forced(system, { orderNumber: 'A1' });
    const found = await look();
    expect([found.gone, numbersOf(found.doubtful), found.removed]).toEqual([[], ['A1'], []]);
    memory.asked(found.doubtful, Date.now());
    expect(await look()).toMatchObject({ gone: [], doubtful: [], removed: [] });
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'A1' }, fetchedAt: new Date() })]);
    const { gone, doubtful, removed } = await look();
    expect([gone, doubtful, numbersOf(removed)]).toEqual([[], [], ['A1']]);
  });

  it('an older version that got in because the newer one was forgotten is not taken for what was acked', async () => {
    const { system, memory, forget, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1', updatedAt: LATER });
    await forget('order_lines', 'orders', 'order_ledger');
    await synced(system, memory, { orderNumber: 'A1' });
    const found = await look();
    expect(numbersOf(found.doubtful)).toEqual(['A1']);
    memory.asked(found.doubtful, Date.now());
    await synced(system, memory, { orderNumber: 'A1', updatedAt: LATER });
    expect(await look()).toMatchObject({ gone: [], doubtful: [], removed: [], isAnyHeld: true });
  });

  it('an order that is written while it is looked for is not taken for one that staff deleted', async () => {
    const { system, memory, forget } = await aSystem();
    const snapshot = await synced(system, memory, { orderNumber: 'A1' });
    await forget('order_lines', 'orders', 'order_ledger');
    const { reconciliation } = system;
    const store = {
      readScan: reconciliation.readScan.bind(reconciliation),
      storedVersions: reconciliation.storedVersions.bind(reconciliation),
      knownOrders: async (orders: readonly OrderNames[]) => {
        // As the probe does whether the database takes orders.
        await system.writeOrders([snapshot]);
        return await reconciliation.knownOrders(orders);
      },
    };
    const found = await readBack(memory, store, 'all', new AbortController().signal);
    expect(found).toMatchObject({ gone: [], removed: [], isAnyHeld: true });
  });

  it('a forgotten order stays one while only an older version of it is back', async () => {
    const { system, memory, forget, look } = await aSystem();
    await synced(system, memory, { orderNumber: 'A1', updatedAt: LATER });
    await forget('order_lines', 'orders', 'order_ledger');
    memory.forgot((await look()).gone, Date.now(), 0);
    await synced(system, memory, { orderNumber: 'A1' });
    const { gone, returned } = await look();
    expect([numbersOf(gone), returned]).toEqual([['A1'], []]);
  });

  it('other content at the same time is forgotten, unless the ledger has a later write than was acked', async () => {
    const { system, memory, look } = await aSystem();
    const { order } = await synced(system, memory, { orderNumber: 'A1' });
    const refunded = { ...order, totals: { ...order.totals, refunded: '1.00' } };
    memory.note(ackedOrder(refunded, { writtenAt: Date.now() + 1_000, ackedAt: Date.now() + 1_000 }));
    expect(numbersOf((await look()).gone)).toEqual(['A1']);
    memory.note(ackedOrder(refunded, { writtenAt: Date.now() - 60_000, ackedAt: Date.now() - 60_000 }));
    expect(numbersOf((await look()).gone)).toEqual([]);
  });

  it('an order that failed since it was asked for is told apart: for good, for now, or not at all', async () => {
    const { system, memory, forget, look } = await aSystem();
    for (const orderNumber of ['A1', 'A2', 'A3']) await synced(system, memory, { orderNumber });
    await forget('order_lines', 'orders', 'order_ledger');
    const { gone } = await look();
    memory.forgot(gone, Date.now(), 0);
    memory.asked(gone, Date.now() - 1);
    const failure = (reference: string, state: 'retrying' | 'dead-lettered') => ({
      eventInfo: { reference, event: 'updated' as const, attempt: 5, receivedAt: new Date() },
      state,
      reason: 'order_not_found' as const,
      message: 'not there',
      failedAt: new Date(),
    });
    await system.recordFailures([failure('A1', 'dead-lettered'), failure('A2', 'retrying')]);
    const found = await look();
    expect([numbersOf(found.failed), numbersOf([...found.retrying])]).toEqual([['A1'], ['A2']]);
    expect(numbersOf(found.gone)).toEqual(['A2', 'A3']);
  });

  it('looks up ten thousand in a few queries', async () => {
    const { system, memory } = await aSystem();
    const { order } = await synced(system, memory, { orderNumber: 'A1' });
    const times = { writtenAt: 0, ackedAt: 0 };
    const acked = ackedOrder(order, times);
    for (let index = 0; index < 10_000; index += 1) memory.note({ ...acked, shopOrderId: `id-${index}` });
    let queries = 0;
    const store = {
      readScan: system.reconciliation.readScan.bind(system.reconciliation),
      knownOrders: async (orders: readonly unknown[]) =>
        orders.map(() => ({ stored: undefined, lastEvent: undefined })),
      storedVersions: async (ids: readonly string[]) => {
        queries += 1;
        return await system.reconciliation.storedVersions(ids);
      },
    };
    const { gone, isAnyHeld } = await readBack(memory, store, 'all', new AbortController().signal);
    expect([queries, gone.length, isAnyHeld]).toEqual([11, 10_000, true]);
  });

  it('ends although orders are acked all the while', async () => {
    const { system, memory } = await aSystem();
    const { order } = await synced(system, memory, { orderNumber: 'A1' });
    const acked = ackedOrder(order, { writtenAt: Date.now(), ackedAt: Date.now() });
    let queries = 0;
    const store = {
      readScan: system.reconciliation.readScan.bind(system.reconciliation),
      knownOrders: system.reconciliation.knownOrders.bind(system.reconciliation),
      storedVersions: async (ids: readonly string[]) => {
        queries += 1;
        if (queries < 10) memory.note({ ...acked, shopOrderId: `id-${queries}` });
        return await system.reconciliation.storedVersions(ids);
      },
    };
    const { gone, isAnyHeld } = await readBack(memory, store, 'all', new AbortController().signal);
    expect([queries, gone.length, isAnyHeld]).toEqual([1, 0, true]);
  });
});
