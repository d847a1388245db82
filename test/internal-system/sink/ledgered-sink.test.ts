import { expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import type { SinkDelivery } from '../../../src/internal-system/sink/order-sink.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { aLedgeredSink } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const PAID = aSnapshot({ order: { orderNumber: 'A1' } });
const CANCELLED = aSnapshot({
  order: {
    orderNumber: 'A1',
    status: 'cancelled',
    cancelledAt: '2026-11-22T09:00:00Z',
    updatedAt: '2026-11-22T09:00:00Z',
  },
});

function facts({ key, revision, previous, uncertain, order }: SinkDelivery) {
  const before = previous && { revision: previous.revision, erpId: previous.erpId, status: previous.order.status };
  return { key, revision, previous: before, uncertain, status: order.status };
}

function failsWith(error: () => unknown) {
  return async () => {
    throw error();
  };
}

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

  it('an order that the ERP refuses stays undelivered, is not uncertain, and may be delivered at once', async () => {
    let refuses = true;
    const { system, deliver, deliveries } = await open(uniqueName(), {
      upsert: async () => {
        if (refuses) throw new SyncError('write_rejected', 'No such article.');
        return {};
      },
    });
    await system.writeOrders([PAID]);
    await expect(deliver(PAID)).rejects.toMatchObject({ reason: 'write_rejected' });
    refuses = false;
    await deliver(PAID);
    expect(deliveries.map(({ uncertain }) => uncertain)).toEqual([false, false]);
  });

  it.each([
    ['a lost connection', () => new Error('read ECONNRESET')],
    ['a failure', () => new SyncError('write_failed', 'Out of memory.')],
  ])('after %s, nobody delivers the order until it has settled; then it is uncertain', async (_, error) => {
    const shop = uniqueName();
    const one = await open(shop, { upsert: failsWith(error), settleMs: 60_000 });
    await one.system.writeOrders([PAID]);
    await expect(one.deliver(PAID)).rejects.toMatchObject({ reason: 'write_failed' });
    expect(await one.system.findOrders('A1')).toMatchObject([
      { state: 'undelivered', stored: { erp: { deliveredRevision: null, isUncertain: true } } },
    ]);
    const other = await open(shop);
    expect(await other.deliver(PAID)).toMatchObject({ outcome: 'busy' });
    await expireLeases();
    expect(await other.deliver(PAID)).toMatchObject({ outcome: 'delivered' });
    expect(other.deliveries).toMatchObject([{ uncertain: true }]);
  });

  it('after an answer that ends the call, the order may be delivered at once, and is uncertain all the same', async () => {
    const shop = uniqueName();
    const error = () => new SyncError('write_failed', 'HTTP 500', { isOver: true });
    const one = await open(shop, { upsert: failsWith(error) });
    await one.system.writeOrders([PAID]);
    await expect(one.deliver(PAID)).rejects.toMatchObject({ reason: 'write_failed' });
    const other = await open(shop);
    expect(await other.deliver(PAID)).toMatchObject({ outcome: 'delivered' });
    expect(other.deliveries).toMatchObject([{ uncertain: true }]);
  });

  it('an uncertain order stays uncertain when the ERP refuses it', async () => {
    const answers = [new SyncError('write_failed', 'gone', { isOver: true }), new SyncError('write_rejected', 'no')];
    const { system, deliver, deliveries } = await open(uniqueName(), {
      upsert: async () => {
        const answer = answers.shift();
        if (answer !== undefined) throw answer;
        return {};
      },
    });
    await system.writeOrders([PAID]);
    await deliver(PAID).catch(() => undefined);
    await deliver(PAID).catch(() => undefined);
    await deliver(PAID);
    expect(deliveries.map(({ uncertain }) => uncertain)).toEqual([false, true, true]);
  });

  it('one delivery of an order at a time, in whichever daemon', async () => {
    const shop = uniqueName();
    const [entered, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const one = await open(shop, {
      upsert: async () => {
        entered.resolve();
        await answer.promise;
        return {};
      },
    });
    const other = await open(shop);
    await one.system.writeOrders([PAID]);
    const delivered = one.deliver(PAID);
    await entered.promise;
    expect(await other.deliver(PAID)).toMatchObject({ outcome: 'busy' });
    answer.resolve();
    expect(await delivered).toMatchObject({ outcome: 'delivered' });
    expect(await other.deliver(PAID)).toEqual({ outcome: 'unchanged' });
    expect(other.deliveries).toEqual([]);
  });

  it('a delivery that outlasted its lease says nothing once another has begun', async () => {
    const shop = uniqueName();
    const [entered, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const one = await open(shop, {
      upsert: async () => {
        entered.resolve();
        await answer.promise;
        return { erpId: 'from the slow one' };
      },
    });
    const other = await open(shop);
    await one.system.writeOrders([PAID]);
    const slow = one.deliver(PAID);
    await entered.promise;
    await expireLeases();
    expect(await other.deliver(PAID)).toMatchObject({ outcome: 'delivered' });
    expect(other.deliveries).toMatchObject([{ uncertain: true }]);
    answer.resolve();
    await expect(slow).rejects.toMatchObject({ reason: 'write_failed' });
    expect(await one.system.findOrders('A1')).toMatchObject([{ stored: { erp: { id: 'S-A1' } } }]);
  });

  it('an upsert that does not answer is cut off in time, and its order is kept from others', async () => {
    const { system, deliver } = await open(uniqueName(), {
      timeoutMs: 1_000,
      upsert: (_: SinkDelivery, signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await system.writeOrders([PAID]);
    await expect(deliver(PAID)).rejects.toMatchObject({ reason: 'write_failed', message: /within 1000 ms/ });
    expect(await deliver(PAID)).toMatchObject({ outcome: 'busy' });
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

  it('delivers again on request what was delivered, and changes nothing by it', async () => {
    const { system, deliver, deliveries } = await open();
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await deliver(PAID, { again: true })).toMatchObject({ outcome: 'delivered' });
    expect(deliveries.map(facts)).toMatchObject([
      { revision: 1 },
      { revision: 1, uncertain: false, previous: { revision: 1 } },
    ]);
  });

  it('delivers nothing on request that is no longer stored', async () => {
    const shop = uniqueName();
    const { system, deliver, deliveries } = await open(shop);
    await system.writeOrders([PAID]);
    await deliver(PAID);
    for (const table of ['order_lines', 'orders'])
      await workbench.database.sql(`DELETE FROM ${table} WHERE shop = '${shop}'`);
    expect(await deliver(PAID, { again: true })).toEqual({ outcome: 'unchanged' });
    expect(deliveries).toHaveLength(1);
  });

  it('delivers nothing on request that somebody removed from the ERP, and the next version all the same', async () => {
    let found = [{ erpId: 'S-A1' }];
    const { system, deliver, deliveries } = await open(uniqueName(), { find: async () => found });
    await system.writeOrders([PAID]);
    await deliver(PAID);
    expect(await deliver(PAID, { again: true })).toMatchObject({ outcome: 'delivered' });
    found = [];
    expect(await deliver(PAID, { again: true })).toEqual({ outcome: 'unchanged' });
    expect(deliveries).toHaveLength(2);
    await system.writeOrders([CANCELLED]);
    expect(await deliver(CANCELLED)).toMatchObject({ outcome: 'delivered' });
    expect(deliveries.map(facts)).toMatchObject([{}, {}, { revision: 2, uncertain: false }]);
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

  /** As if their time had passed. */
  async function expireLeases(): Promise<void> {
    const past = workbench.kind === 'MySQL' ? '2026-01-01 00:00:00' : '2026-01-01T00:00:00.000Z';
    await workbench.database.sql(`UPDATE order_sync_deliveries SET lease_until = '${past}'`);
  }
});
