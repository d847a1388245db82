import { expect, it } from 'vitest';
import type { TakenShipment } from '../../../src/internal-system/shipment-store.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import type { Shipment } from '../../../src/orders/shipment.ts';
import { recordShipment } from '../../../src/shipments/record-shipment.ts';
import { write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const LEASE_MS = 60_000;

function aShipment(overrides: Partial<Shipment> = {}): Shipment {
  return {
    orderNumber: 'S1',
    shopOrderId: null,
    shipmentId: 'P-1',
    carrier: '顺丰速运',
    trackingNumber: 'SF1000000000001',
    trackingUrl: null,
    shippedAt: '2026-11-22T16:00:00.120Z',
    lines: [{ lineId: null, sku: 'CUP-01', quantity: 1 }],
    ...overrides,
  };
}

describeDatabases('shipments', (workbench) => {
  const anOrderIn = async (shop = uniqueName()) => {
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'S1' });
    return { system, shop };
  };
  const pendingIds = async ({ shipments }: SqlInternalSystem) =>
    (await shipments.pending(10)).map(({ shipmentId }) => shipmentId);
  const take = async (system: SqlInternalSystem, shipmentId = 'P-1', holder = 'one') => {
    const taken = await system.shipments.take({ orderNumber: 'S1', shipmentId }, holder, LEASE_MS);
    if (taken === undefined || taken === 'taken') throw new Error(`expected ${shipmentId} to be free`);
    return taken satisfies TakenShipment;
  };

  it('that staff enter are pending until they were sent, and again once they are corrected', async () => {
    const { system, shop } = await anOrderIn();
    await workbench.database.sql(
      `INSERT INTO order_shipments (shop, order_number, shipment_id, carrier, tracking_number, items)
       VALUES ('${shop}', 'S1', 'P-1', 'DHL', '00340', '[{"sku": "CUP-01", "quantity": 1}]')`,
    );
    const [sent] = await system.shipments.pending(10);
    expect(sent).toMatchObject({ orderNumber: 'S1', shipmentId: 'P-1' });
    if (sent === undefined) return;
    await system.shipments.noteSent([sent]);
    expect(await pendingIds(system)).toEqual([]);
    const change = (set: string) =>
      workbench.database.sql(`UPDATE order_shipments SET ${set} WHERE shop = '${shop}' AND shipment_id = 'P-1'`);
    for (const set of [
      "carrier = 'UPS'",
      "tracking_number = '00341'",
      'tracking_number = NULL',
      "tracking_url = 'https://ups.example/00341'",
      "shipped_at = '2026-11-22 16:00:00'",
      `items = '[{"sku": "CUP-01", "quantity": 2}]'`,
      'items = NULL',
    ]) {
      await change(set);
      const [corrected] = await system.shipments.pending(10);
      expect(corrected, set).toBeDefined();
      if (corrected !== undefined) await system.shipments.noteSent([corrected]);
      expect(await pendingIds(system), set).toEqual([]);
    }
    await change("fulfilled_by = 'x'").catch(() => undefined);
    expect(await pendingIds(system)).toEqual([]);
  });

  it('that are corrected while their event is published stay pending', async () => {
    const { system } = await anOrderIn();
    await system.shipments.record(aShipment());
    const sent = await system.shipments.pending(10);
    await system.shipments.record(aShipment({ trackingNumber: 'SF2' }));
    await system.shipments.noteSent(sent);
    expect(await pendingIds(system)).toEqual(['P-1']);
  });

  it('are read with their order, exactly as they were entered', async () => {
    const { system } = await anOrderIn();
    expect(await system.shipments.record(aShipment())).toBe('recorded');
    expect(await system.shipments.record(aShipment())).toBe('unchanged');
    const taken = await take(system);
    expect(taken).toMatchObject({
      reportedContent: null,
      order: { shopOrderId: 'id-S1', status: 'paid' },
      entered: {
        orderNumber: 'S1',
        shopOrderId: 'id-S1',
        shipmentId: 'P-1',
        carrier: '顺丰速运',
        trackingNumber: 'SF1000000000001',
        trackingUrl: null,
        shippedAt: '2026-11-22T16:00:00.120Z',
        lines: [{ sku: 'CUP-01', quantity: 1 }],
      },
    });
    expect(JSON.parse(taken.order?.document ?? '{}')).toMatchObject({ orderNumber: 'S1' });
  });

  it('of one order are taken one at a time, also by another daemon and under another id', async () => {
    const { system, shop } = await anOrderIn();
    const other = await workbench.open(shop);
    await system.shipments.record(aShipment());
    await system.shipments.record(aShipment({ shipmentId: 'P-2' }));
    const first = () => system.shipments.take({ orderNumber: 'S1', shipmentId: 'P-1' }, 'one', LEASE_MS);
    const second = () => other.shipments.take({ orderNumber: 'S1', shipmentId: 'P-2' }, 'two', LEASE_MS);
    // In one process, SQLite would wait for itself.
    const both = workbench.kind === 'SQLite' ? [await first(), await second()] : await Promise.all([first(), second()]);
    expect(both.filter((taken) => taken === 'taken')).toHaveLength(1);
    const [winner, loser] = both[0] === 'taken' ? (['two', 'one'] as const) : (['one', 'two'] as const);
    // One that is entered meanwhile has to wait as well.
    await system.shipments.record(aShipment({ shipmentId: 'P-3' }));
    const third = { orderNumber: 'S1', shipmentId: 'P-3' };
    expect(await other.shipments.take(third, loser, LEASE_MS)).toBe('taken');
    await system.shipments.release(third, loser);
    expect(await other.shipments.take(third, loser, LEASE_MS)).toBe('taken');
    await system.shipments.release(third, winner);
    expect(await other.shipments.take(third, loser, LEASE_MS)).toMatchObject({ shipmentId: 'P-3' });
  });

  it('are free again once the lease of a daemon that died has expired', async () => {
    const { system } = await anOrderIn();
    await system.shipments.record(aShipment());
    const name = { orderNumber: 'S1', shipmentId: 'P-1' };
    await system.shipments.take(name, 'dead', 1);
    await expect.poll(() => system.shipments.take(name, 'two', LEASE_MS)).toMatchObject({ shipmentId: 'P-1' });
  });

  it('that were reported keep what was reported, not what is there by now', async () => {
    const { system } = await anOrderIn();
    await system.shipments.record(aShipment());
    const taken = await take(system);
    await system.shipments.record(aShipment({ trackingNumber: 'SF2' }));
    await system.shipments.noteReported(taken, 'no such carrier there');
    expect(await pendingIds(system)).toEqual(['P-1']);
    await system.shipments.release(taken, 'one');
    const again = await take(system);
    expect(again.reportedContent).toBe(taken.content);
    expect(again.content).not.toBe(taken.content);
    await system.shipments.noteReported(again, undefined);
    expect(await pendingIds(system)).toEqual([]);
    expect(await system.shipments.ofOrder('S1')).toMatchObject([
      { state: 'reported', isPending: false, trackingNumber: 'SF2', note: null, error: null },
    ]);
    expect((await system.shipments.reportedWithin(60_000)).map(({ shipmentId }) => shipmentId)).toEqual(['P-1']);
    await system.shipments.reportAgain(again);
    expect(await pendingIds(system)).toEqual(['P-1']);
    await system.shipments.release(again, 'one');
    expect((await take(system)).reportedContent).toBeNull();
  });

  it('that failed say why, and bring a conflict only if their order was cancelled', async () => {
    const { system } = await anOrderIn();
    await system.shipments.record(aShipment());
    await system.shipments.noteSent(await system.shipments.pending(10));
    const name = { orderNumber: 'S1', shipmentId: 'P-1' };
    expect(
      await system.shipments.noteFailed(name, { state: 'failed', error: 'shipment_refused: No.' }),
    ).toBeUndefined();
    expect(await system.shipments.ofOrder('S1')).toMatchObject([{ state: 'failed', error: 'shipment_refused: No.' }]);
    expect((await system.findOrders('S1'))[0]?.stored?.cancelConflict).toBe(false);
    expect(await system.shipments.noteFailed(name, { state: 'conflict', error: 'order_cancelled: …' })).toBe(
      'cancelled',
    );
    expect((await system.findOrders('S1'))[0]?.stored).toMatchObject({
      cancelConflict: true,
      conflicts: ['cancelled'],
    });
    expect(await system.shipments.noteFailed(name, { state: 'conflict', error: 'order_cancelled: …' })).toBeUndefined();
    // A correction begins anew.
    await system.shipments.record(aShipment({ carrier: 'DHL' }));
    expect(await pendingIds(system)).toEqual(['P-1']);
  });

  it('whose event was lost are sent again, and no others', async () => {
    const { system } = await anOrderIn();
    for (const shipmentId of ['P-1', 'P-2']) await system.shipments.record(aShipment({ shipmentId }));
    await system.shipments.noteSent(await system.shipments.pending(10));
    const taken = await take(system, 'P-2');
    await system.shipments.noteReported(taken, undefined);
    expect(await system.shipments.sendAgain(60_000)).toBe(0);
    expect(await system.shipments.sendAgain(-1_000)).toBe(1);
    expect(await pendingIds(system)).toEqual(['P-1']);
  });

  it('are recorded under the order number, by whichever name of the order, and only what the order has', async () => {
    const { system } = await anOrderIn();
    const record = (overrides: object) => recordShipment({ ...aShipment(), ...overrides }, system);
    expect(await record({ orderNumber: 'id-S1' })).toMatchObject({
      outcome: 'recorded',
      shipment: { orderNumber: 'S1' },
    });
    expect(await record({ orderNumber: 'NONE' })).toEqual({
      problem: 'No order NONE is stored here.',
      isOrderUnknown: true,
    });
    expect(await record({ lines: [{ sku: 'CUP-02', quantity: 1 }] })).toEqual({
      problem: 'The order has no line with SKU CUP-02.',
      isOrderUnknown: false,
    });
    expect(await record({ lines: [{ sku: 'CUP-01', quantity: 2 }] })).toEqual({
      problem: 'The order has 1 of CUP-01, not 2.',
      isOrderUnknown: false,
    });
    expect(await record({ shippedAt: 'yesterday' })).toMatchObject({ problem: expect.stringContaining('shippedAt') });
    expect(await record({ trackingNumber: 'SF2' })).toMatchObject({ outcome: 'corrected' });
    expect(await pendingIds(system)).toEqual(['P-1']);
  });
});
