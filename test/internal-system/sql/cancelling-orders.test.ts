import { expect, it } from 'vitest';
import { stored, write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON } from '../helpers/writes.ts';

describeDatabases('a cancellation', (workbench) => {
  const sql = (statement: string) => workbench.database.sql(statement);

  const cancelled = { status: 'cancelled' as const, cancelledAt: LATER, updatedAt: LATER };

  it('of an unknown order is stored, and a late paid event does not undo it', async () => {
    const system = await workbench.open();
    expect(await write(system, { orderNumber: 'C1', ...cancelled })).toEqual({ outcome: 'synced', conflict: false });
    expect((await write(system, { orderNumber: 'C1', updatedAt: NOON }))?.outcome).toBe('stale');
    expect((await write(system, { orderNumber: 'C1', updatedAt: LATER }, '2027-01-01T00:00:00Z'))?.outcome).toBe(
      'stale',
    );
    expect(await stored(system, 'C1')).toMatchObject({ status: 'cancelled', cancelledAt: LATER });
  });

  it('of an order that staff are picking raises one conflict and leaves their column alone', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'C2', updatedAt: NOON });
    await sql(`UPDATE orders SET fulfilment_status = 'picking' WHERE shop = '${shop}'`);
    expect(await write(system, { orderNumber: 'C2', ...cancelled })).toEqual({
      outcome: 'synced',
      conflict: ['cancelled'],
    });
    expect(await stored(system, 'C2')).toMatchObject({ fulfilmentStatus: 'picking', cancelConflict: true });

    const again = { orderNumber: 'C2', ...cancelled, updatedAt: '2026-11-22T12:00:01Z' };
    expect(await write(system, again)).toEqual({ outcome: 'synced', conflict: false });
    expect((await system.listOrders({ conflictsOnly: true, limit: 10 })).map((record) => record.reference)).toEqual([
      'C2',
    ]);
  });

  it('whose conflict staff have resolved stays resolved', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber: 'C3', updatedAt: NOON });
    await sql(`UPDATE orders SET fulfilment_status = 'picking' WHERE shop = '${shop}'`);
    await write(system, { orderNumber: 'C3', ...cancelled });
    await sql(`UPDATE orders SET cancel_conflict = FALSE, fulfilment_status = 'put back' WHERE shop = '${shop}'`);
    await write(system, { orderNumber: 'C3', ...cancelled, updatedAt: '2026-11-22T12:00:01Z' });
    expect(await stored(system, 'C3')).toMatchObject({ fulfilmentStatus: 'put back', cancelConflict: false });
  });

  it('of an order that staff have not begun to pick is no conflict', async () => {
    const system = await workbench.open();
    await write(system, { orderNumber: 'C4', updatedAt: NOON });
    expect(await write(system, { orderNumber: 'C4', ...cancelled })).toEqual({ outcome: 'synced', conflict: false });
  });
});
