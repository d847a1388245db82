import { expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import type { SinkDelivery } from '../../../src/internal-system/sink/order-sink.ts';
import { aLedgeredSink, PAID } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

function failsWith(error: () => unknown) {
  return async () => {
    throw error();
  };
}

describeDatabases('a delivery to an ERP that fails, or whose end nobody knows', (workbench) => {
  const open = (shop = uniqueName(), sink = {}) => aLedgeredSink(workbench.database.url, shop, sink);

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

  /** As if their time had passed. */
  async function expireLeases(): Promise<void> {
    const past = workbench.kind === 'MySQL' ? '2026-01-01 00:00:00' : '2026-01-01T00:00:00.000Z';
    await workbench.database.sql(`UPDATE order_sync_deliveries SET lease_until = '${past}'`);
  }
});
