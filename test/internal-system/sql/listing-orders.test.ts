import { expect, it } from 'vitest';
import type { OrderRecord } from '../../../src/internal-system/ledger.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases('the list of orders', (workbench) => {
  const minute = (minutes: number) => new Date(Date.UTC(2020, 10, 22, 8, minutes));

  async function threeFailures() {
    const system = await workbench.open();
    await system.recordFailures([
      aFailure('first', { failedAt: minute(1) }),
      aFailure('third', { failedAt: minute(3), state: 'dead-lettered' }),
      aFailure('second', { failedAt: minute(2) }),
    ]);
    return system;
  }
  const references = (records: readonly OrderRecord[]) => records.map((record) => record.reference);

  it('starts with the one touched last, and has at most as many as requested', async () => {
    const system = await threeFailures();
    expect(references(await system.listOrders({ limit: 10 }))).toEqual(['third', 'second', 'first']);
    expect(references(await system.listOrders({ limit: 2 }))).toEqual(['third', 'second']);
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'now' } })]);
    expect(references(await system.listOrders({ limit: 1 }))).toEqual(['now']);
  });

  it('can begin at a time, inclusive', async () => {
    const system = await threeFailures();
    expect(references(await system.listOrders({ since: minute(2), limit: 10 }))).toEqual(['third', 'second']);
    const justAfter = new Date(minute(2).getTime() + 1);
    expect(references(await system.listOrders({ since: justAfter, limit: 10 }))).toEqual(['third']);
  });

  it('can be limited to one state', async () => {
    const system = await threeFailures();
    expect(references(await system.listOrders({ state: 'dead-lettered', limit: 10 }))).toEqual(['third']);
    expect(references(await system.listOrders({ state: 'synced', limit: 10 }))).toEqual([]);
    const late = { state: 'retrying', since: minute(2), limit: 10 } as const;
    expect(references(await system.listOrders(late))).toEqual(['second']);
  });

  it('can be limited to conflicts', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders(['K1', 'K2', 'K3'].map((orderNumber) => aSnapshot({ order: { orderNumber } })));
    await workbench.database.sql(
      `UPDATE orders SET cancel_conflict = TRUE WHERE shop = '${shop}' AND order_number <> 'K2'`,
    );
    expect(references(await system.listOrders({ conflictsOnly: true, limit: 10 })).sort()).toEqual(['K1', 'K3']);
    const retrying = { conflictsOnly: true, state: 'retrying', limit: 10 } as const;
    expect(references(await system.listOrders(retrying))).toEqual([]);
    const later = { conflictsOnly: true, since: new Date(Date.now() + 60_000), limit: 10 } as const;
    expect(references(await system.listOrders(later))).toEqual([]);
  });

  it('has an order once, by the latest of its events, and an event whose order is not known', async () => {
    const system = await workbench.open();
    await system.writeOrders([aSnapshot({ order: { orderNumber: 'L1', shopOrderId: '901' } })]);
    const order = { orderNumber: 'L1', shopOrderId: '901' };
    await system.recordFailures([
      aFailure('901', { order, failedAt: new Date('2040-01-01T00:00:00Z') }),
      aFailure('L1', { failedAt: minute(1) }),
    ]);
    expect(await system.listOrders({ limit: 10 })).toMatchObject([
      { reference: '901', orderNumber: 'L1', state: 'retrying', stored: { status: 'paid' } },
      { reference: 'L1', orderNumber: null, state: 'retrying', stored: null },
    ]);
  });
});
