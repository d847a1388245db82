import { expect, it } from 'vitest';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { type PruneCounts, prune } from '../../../src/retention/prune.ts';
import { aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { aLedgeredSink } from '../helpers/ledgered-sink.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';

const DAY = 24 * 3_600_000;
const BEFORE = new Date(Date.now() - 400 * DAY);

function anOldOrder(orderNumber: string, daysAgo: number, more: Partial<OrderDocument> = {}) {
  const at = new Date(Date.now() - daysAgo * DAY).toISOString();
  return aSnapshot({ order: { orderNumber, status: 'completed', placedAt: at, updatedAt: at, ...more } });
}

function pruned(system: SqlInternalSystem, dryRun = false): Promise<PruneCounts | undefined> {
  const { retention, reconciliation: store } = system;
  return prune({ retention, store, before: BEFORE, dryRun, signal: new AbortController().signal });
}

async function rowsOf({ database }: Workbench, shop: string): Promise<Record<string, string[]>> {
  const tables = ['orders', 'order_lines', 'order_ledger', 'order_shipments'];
  const rows: Record<string, string[]> = {};
  for (const table of tables) {
    const found = await database.sql(
      `SELECT DISTINCT order_number AS n FROM ${table} WHERE shop = '${shop}' ORDER BY n`,
    );
    rows[table] = found.map(({ n }) => String(n));
  }
  return rows;
}

describeDatabases('pruning', (workbench) => {
  it('deletes what is old with everything that belongs to it, and nothing that anybody still needs', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([
      anOldOrder('OLD', 500),
      anOldOrder('YOUNG', 300),
      anOldOrder('UNSHIPPED', 500, { status: 'paid' }),
      anOldOrder('SHIPPED', 500, { status: 'paid' }),
      anOldOrder('CONFLICT', 500, { status: 'cancelled' }),
      anOldOrder('RETRYING', 500),
      anOldOrder('FAILED', 500),
      anOldOrder('DISCARDED', 500),
      anOldOrder('PARCEL', 500),
    ]);
    const of = (number: string) => `shop = '${shop}' AND order_number = '${number}'`;
    const { sql } = workbench.database;
    await sql(`UPDATE orders SET fulfilment_status = 'shipped' WHERE ${of('SHIPPED')}`);
    await sql(`UPDATE orders SET cancel_conflict = TRUE WHERE ${of('CONFLICT')}`);
    await sql(`INSERT INTO order_shipments (shop, order_number, shipment_id) VALUES ('${shop}', 'PARCEL', 'P-1')`);
    await sql(`INSERT INTO order_shipments (shop, order_number, shipment_id) VALUES ('${shop}', 'OLD', 'P-1')`);
    await sql(`UPDATE order_shipments SET state = 'reported', sent_content = content WHERE ${of('OLD')}`);
    await system.recordFailures([
      aFailure('RETRYING', { order: { orderNumber: 'RETRYING', shopOrderId: 'id-RETRYING' } }),
      aFailure('id-FAILED', { state: 'dead-lettered' }),
      aFailure('DISCARDED', { state: 'discarded' }),
    ]);
    const before = await rowsOf(workbench, shop);
    const kept = { conflict: 1, unshipped: 1, failed: 2, undelivered: 0, unreported: 1, unpublished: 0 };
    expect(await pruned(system, true)).toEqual({ pruned: 3, kept, ledgerRows: 0 });
    expect(await rowsOf(workbench, shop)).toEqual(before);
    expect(await pruned(system)).toEqual({ pruned: 3, kept, ledgerRows: 0 });
    const left = ['CONFLICT', 'FAILED', 'PARCEL', 'RETRYING', 'UNSHIPPED', 'YOUNG'];
    expect(await rowsOf(workbench, shop)).toMatchObject({
      orders: left,
      order_lines: left,
      order_shipments: ['PARCEL'],
    });
    expect((await system.findOrders('OLD')).concat(await system.findOrders('DISCARDED'))).toEqual([]);
  });

  it('passes many orders, deletes ledger rows of none, and leaves other shops alone', async () => {
    const [system, other] = [await workbench.open(), await workbench.open()];
    const numbers = Array.from({ length: 1_150 }, (_, index) => `N${1_000 + index}`);
    await system.writeOrders(numbers.map((number, index) => anOldOrder(number, index % 10 === 0 ? 500 : 1)));
    await other.writeOrders([anOldOrder('N1000', 500)]);
    const old = new Date(Date.now() - 500 * DAY);
    await system.recordFailures([
      aFailure('GONE', { state: 'discarded', failedAt: old }),
      aFailure('STUCK', { state: 'dead-lettered', failedAt: old }),
    ]);
    expect(await pruned(system)).toMatchObject({ pruned: 115, ledgerRows: 1 });
    expect(await pruned(system)).toMatchObject({ pruned: 0, ledgerRows: 0 });
    expect(await system.findOrders('N1010')).toEqual([]);
    expect(await system.findOrders('N1011')).toHaveLength(1);
    expect(await system.findOrders('STUCK')).toHaveLength(1);
    expect(await other.findOrders('N1000')).toHaveLength(1);
  });

  it('is noted, so that an order that comes back is not to be shipped once more', async () => {
    const system = await workbench.open();
    await system.writeOrders([anOldOrder('OLD', 500)]);
    await pruned(system);
    const { cursor } = await system.reconciliation.readScan('prune');
    expect(cursor).toBe(BEFORE.toISOString());
    const placedAt = new Date(Date.now() - 500 * DAY).toISOString();
    const updatedAt = new Date().toISOString();
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'OLD', status: 'paid', placedAt, updatedAt } })]);
    await system.writeOrders([anOldOrder('NEW', 50, { status: 'paid' })]);
    const [back] = await system.findOrders('OLD');
    const [other] = await system.findOrders('NEW');
    expect([back?.stored?.fulfilmentStatus, other?.stored?.fulfilmentStatus]).toEqual(['archived', 'new']);
  });

  it('goes by what the ERP has, where one is behind the ledger', async () => {
    const shop = uniqueName();
    const { system } = await aLedgeredSink(workbench.database.url, shop, {});
    const snapshots = [anOldOrder('HAS', 500, { status: 'paid' }), anOldOrder('HAS-NOT', 500, { status: 'paid' })];
    await system.writeOrders(snapshots);
    const call = { again: false, abandoned: new AbortController().signal, onOverdue: () => undefined };
    await system.delivery.deliver(snapshots[0] ?? anOldOrder('', 0), call);
    expect(await pruned(system)).toMatchObject({ pruned: 1, kept: { undelivered: 1, unshipped: 0 } });
    expect((await rowsOf(workbench, shop))['orders']).toEqual(['HAS-NOT']);
    const deliveries = await workbench.database.sql(
      `SELECT order_number FROM order_sync_deliveries WHERE shop = '${shop}'`,
    );
    expect(deliveries).toEqual([]);
  });
});
