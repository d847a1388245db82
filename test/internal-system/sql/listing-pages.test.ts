import { expect, it } from 'vitest';
import type { OrderCriteria, OrderRecord } from '../../../src/internal-system/ledger.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { anOrderDocument, aSnapshot } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const names = (records: readonly OrderRecord[]) =>
  records.map(({ orderNumber, reference }) => orderNumber ?? reference);

/** Every page of the list, two orders each. */
async function pages(system: SqlInternalSystem, criteria: OrderCriteria): Promise<string[][]> {
  const found: string[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await system.listOrders({ ...criteria, limit: 2, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return found;
    found.push(names(page));
    after = page.at(-1)?.cursor;
    expect(after).toBeDefined();
  }
}

describeDatabases('the pages of a list', (workbench) => {
  const day = (date: number, hour = 12) => new Date(Date.UTC(2026, 10, date, hour));
  const anOrder = (orderNumber: string, placedAt: Date, totals = {}) =>
    aSnapshot({
      order: {
        orderNumber,
        shopOrderId: `id-${orderNumber}`,
        placedAt: placedAt.toISOString(),
        totals: { ...anOrderDocument().totals, ...totals },
      },
    });

  it('follow each other without a gap or an order twice, even of one instant', async () => {
    const system = await workbench.open();
    await system.recordFailures(['a', 'b', 'c', 'd', 'e'].map((name) => aFailure(name, { failedAt: day(1) })));
    expect(await pages(system, {})).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
  });

  it('stay where they are while newer orders arrive', async () => {
    const system = await workbench.open();
    await system.recordFailures(['1', '2', '3'].map((name, index) => aFailure(name, { failedAt: day(index + 1) })));
    const [, second] = await system.listOrders({ limit: 2 });
    await system.recordFailures([aFailure('4', { failedAt: day(9) })]);
    const rest = await system.listOrders({
      limit: 2,
      ...(second?.cursor === undefined ? {} : { after: second.cursor }),
    });
    expect(names(rest)).toEqual(['1']);
  });

  it('can end at a time, exclusive', async () => {
    const system = await workbench.open();
    await system.recordFailures(['1', '2', '3'].map((name, index) => aFailure(name, { failedAt: day(index + 1) })));
    expect(names(await system.listOrders({ since: day(1), until: day(3), limit: 9 }))).toEqual(['2', '1']);
  });

  it('go by when orders were placed, with what became of each last', async () => {
    const system = await workbench.open();
    await system.writeOrders([anOrder('old', day(1)), anOrder('new', day(3)), anOrder('mid', day(2))]);
    const order = { orderNumber: 'mid', shopOrderId: 'id-mid' };
    await system.recordFailures([
      aFailure('id-mid', { order, failedAt: new Date('2040-01-01T00:00:00Z'), state: 'dead-lettered' }),
      aFailure('nameless', { failedAt: day(3) }),
    ]);
    expect(await pages(system, { by: 'placed' })).toEqual([['new', 'mid'], ['old']]);
    const range = { by: 'placed', since: day(2), until: day(3) } as const;
    expect(await system.listOrders({ ...range, limit: 9 })).toMatchObject([
      { orderNumber: 'mid', state: 'dead-lettered', stored: { status: 'paid' } },
    ]);
    expect(names(await system.listOrders({ by: 'placed', state: 'synced', limit: 9 }))).toEqual(['new', 'old']);
  });

  it('can be limited to orders whose amounts do not add up', async () => {
    const system = await workbench.open();
    await system.writeOrders([
      anOrder('right', day(1)),
      anOrder('wrong', day(2), { grand: '1.00' }),
      anOrder('off', day(3), { grand: '2.00' }),
    ]);
    expect(names(await system.listOrders({ mismatchOnly: true, by: 'placed', limit: 9 }))).toEqual(['off', 'wrong']);
    expect(names(await system.listOrders({ mismatchOnly: true, limit: 9 })).sort()).toEqual(['off', 'wrong']);
  });

  it('have an order once that is stored and has no row in the ledger any more', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([anOrder('kept', day(1))]);
    await workbench.database.sql(`DELETE FROM order_ledger WHERE shop = '${shop}'`);
    expect(await system.listOrders({ by: 'placed', state: 'synced', limit: 9 })).toMatchObject([
      { orderNumber: 'kept' },
    ]);
  });

  it('are counted, no further than asked', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders(['1', '2', '3'].map((number) => anOrder(number, day(1))));
    await workbench.database.sql(
      `UPDATE orders SET cancel_conflict = TRUE WHERE shop = '${shop}' AND order_number <> '2'`,
    );
    await system.recordFailures([aFailure('9', { failedAt: day(1) })]);
    expect(await system.countOrders({}, 100)).toBe(4);
    expect(await system.countOrders({}, 3)).toBe(3);
    expect(await system.countOrders({ conflictsOnly: true }, 100)).toBe(2);
    expect(await system.countOrders({ state: 'retrying' }, 100)).toBe(1);
    expect(await system.countOrders({ by: 'placed', since: day(2) }, 100)).toBe(0);
  });

  it('begin only at a place that a list named', async () => {
    const system = await workbench.open();
    await expect(system.listOrders({ after: 'page 2', limit: 1 })).rejects.toMatchObject({ reason: 'unexpected' });
  });

  it('are exported with the parcels of many orders at once', async () => {
    const system = await workbench.open();
    await system.writeOrders(['1', '2', '3'].map((number) => anOrder(number, day(1))));
    const parcel = {
      shopOrderId: null,
      carrier: null,
      trackingUrl: null,
      shippedAt: day(2).toISOString(),
      lines: null,
    };
    for (const orderNumber of ['1', '3']) {
      for (const shipmentId of ['a', 'b']) {
        const trackingNumber = `00${orderNumber}${shipmentId}`;
        await system.shipments.record({ ...parcel, orderNumber, shipmentId, trackingNumber });
      }
    }
    const found = await system.shipments.ofOrders(['1', '2', '3']);
    expect(found.map(({ trackingNumber }) => trackingNumber).sort()).toEqual(['001a', '001b', '003a', '003b']);
    expect(await system.shipments.ofOrders([])).toEqual([]);
  });
});
