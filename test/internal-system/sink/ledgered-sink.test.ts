import { expect, it } from 'vitest';
import type { SinkDelivery } from '../../../src/internal-system/sink/order-sink.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { aLedgeredSink, CANCELLED, facts, PAID } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases('a ledger before an ERP', (workbench) => {
  const open = (shop = uniqueName(), sink = {}) => aLedgeredSink(workbench.database.url, shop, sink);

  it('an order is undelivered once it is stored, and synced once the ERP has it, under its name there', async () => {
    const { system, deliver } = await open('demo', {
      upsert: async () => ({ erpId: 'SO-1', note: 'without its gift wrap' }),
    });
    expect(await system.writeOrders([PAID])).toMatchObject([{ outcome: 'synced' }]);
    expect(await system.findOrders('A1')).toMatchObject([{ state: 'undelivered', syncedAt: null }]);
    expect(await deliver(PAID)).toEqual({ outcome: 'delivered', conflicts: [] });
    const [record] = await system.findOrders('A1');
    expect(record).toMatchObject({
      state: 'synced',
      stored: {
        erp: { id: 'SO-1', revision: 1, deliveredRevision: 1, note: 'without its gift wrap', isUncertain: false },
      },
    });
    expect(record?.syncedAt).toBe(record?.stored?.erp?.deliveredAt);
    expect(record?.syncedAt).not.toBeNull();
  });

  it('what was delivered is not delivered again; a newer version is, and gets what was there before', async () => {
    const { system, deliver, deliveries } = await open('demo2');
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await deliver(PAID)).toEqual({ outcome: 'unchanged' });
    await system.writeOrders([CANCELLED]);
    expect(await system.findOrders('A1')).toMatchObject([
      { state: 'undelivered', stored: { erp: { revision: 2, deliveredRevision: 1 } } },
    ]);
    await deliver(CANCELLED);
    expect(deliveries.map(facts)).toEqual([
      { key: 'demo2/id-A1', revision: 1, previous: undefined, uncertain: false, status: 'paid' },
      {
        key: 'demo2/id-A1',
        revision: 2,
        previous: { revision: 1, erpId: 'S-A1', status: 'paid' },
        uncertain: false,
        status: 'cancelled',
      },
    ]);
  });

  it('delivers what is stored, not what an event had fetched', async () => {
    const { system, deliver, deliveries } = await open();
    await system.writeOrders([PAID]);
    await system.writeOrders([CANCELLED]);
    await deliver(PAID);
    expect(deliveries.map(facts)).toMatchObject([{ revision: 2, status: 'cancelled', previous: undefined }]);
    expect(await system.findOrders('A1')).toMatchObject([{ state: 'synced' }]);
  });

  it('what is stored while the ERP is at it stays undelivered, and is delivered then', async () => {
    const { system, deliver, deliveries } = await open(uniqueName(), {
      upsert: async ({ revision }: SinkDelivery) => {
        if (revision === 1) await system.writeOrders([CANCELLED]);
        return {};
      },
    });
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await system.findOrders('A1')).toMatchObject([
      { state: 'undelivered', stored: { erp: { revision: 2, deliveredRevision: 1 } } },
    ]);
    await deliver(CANCELLED);
    expect(deliveries.map(facts)).toMatchObject([{ revision: 1 }, { revision: 2, previous: { revision: 1 } }]);
    expect(await system.findOrders('A1')).toMatchObject([{ state: 'synced' }]);
  });

  it('conflicts that the ERP tells of are stored with the order, as it is delivered', async () => {
    const { system, deliver } = await open(uniqueName(), {
      upsert: async ({ revision }: SinkDelivery) => (revision === 2 ? { conflict: ['cancelled'] } : {}),
    });
    await system.writeOrders([PAID]);
    await deliver(PAID);
    await system.writeOrders([CANCELLED]);
    expect(await deliver(CANCELLED)).toEqual({ outcome: 'delivered', conflicts: ['cancelled'] });
    const [record] = await system.listOrders({ conflictsOnly: true, limit: 5 });
    expect(record).toMatchObject({ orderNumber: 'A1', stored: { cancelConflict: true, conflicts: ['cancelled'] } });
    expect(record?.stored?.conflictAt).not.toBeNull();
  });

  it('an order that got another number is delivered under that one, and is undelivered under none', async () => {
    const { system, deliver, deliveries } = await open();
    await system.writeOrders([PAID]);
    const renamed = aSnapshot({
      order: { orderNumber: 'B1', shopOrderId: 'id-A1', updatedAt: '2026-11-22T10:00:00Z' },
    });
    await system.writeOrders([renamed]);
    await deliver(PAID);
    expect(deliveries).toMatchObject([{ order: { orderNumber: 'B1' } }]);
    expect(await system.listOrders({ undeliveredOnly: true, limit: 5 })).toEqual([]);
    expect(await system.findOrders('B1')).toMatchObject([{ orderNumber: 'B1', state: 'synced' }]);
  });

  it('lists what is not delivered, with why it failed, and no other order', async () => {
    const { system, deliver } = await open();
    const other = aSnapshot({ order: { orderNumber: 'A2' } });
    await system.writeOrders([PAID, other]);
    await deliver(other);
    const failure = { reason: 'write_rejected', message: 'No such article.' } as const;
    const { eventInfo, order } = PAID;
    await system.recordFailures([{ eventInfo, order, state: 'dead-lettered', ...failure, failedAt: new Date() }]);
    const records = await system.listOrders({ undeliveredOnly: true, limit: 5 });
    expect(records).toMatchObject([
      { orderNumber: 'A1', state: 'dead-lettered', lastError: 'write_rejected: No such article.' },
    ]);
    expect(await system.listOrders({ state: 'synced', limit: 5 })).toMatchObject([{ orderNumber: 'A2' }]);
  });

  it('reconciliation learns from the ledger what has not been delivered for a while', async () => {
    const { system, deliver } = await open();
    const others = ['A2', 'A3'].map((orderNumber) => aSnapshot({ order: { orderNumber } }));
    await system.writeOrders([PAID, ...others]);
    expect(await system.reconciliation.undeliveredOrders(null)).toEqual([]);
    const past = workbench.kind === 'MySQL' ? '2026-01-01 00:00:00' : '2026-01-01T00:00:00.000Z';
    await workbench.database.sql(`UPDATE order_ledger SET updated_at = '${past}'`);
    if (others[0] !== undefined) await deliver(others[0]);
    const found = await system.reconciliation.undeliveredOrders(null);
    expect(found).toMatchObject([{ orderNumber: 'A1', shopOrderId: 'id-A1', status: 'paid' }, { orderNumber: 'A3' }]);
    expect(await system.reconciliation.undeliveredOrders(found[0]?.key ?? null)).toMatchObject([{ orderNumber: 'A3' }]);
    expect(await system.reconciliation.knownOrders(found)).toMatchObject([
      { lastEvent: { state: 'undelivered' } },
      { lastEvent: { state: 'undelivered' } },
    ]);
  });

  it('an order that was stored before there was an ERP is delivered with its next event', async () => {
    const shop = uniqueName();
    const plain = await workbench.open(shop);
    await plain.writeOrders([PAID]);
    const { system, deliver, deliveries } = await open(shop);
    expect(await system.writeOrders([PAID])).toMatchObject([{ outcome: 'unchanged' }]);
    expect(await deliver(PAID)).toMatchObject({ outcome: 'delivered' });
    expect(deliveries).toHaveLength(1);
  });
});
