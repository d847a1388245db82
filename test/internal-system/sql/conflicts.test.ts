import { expect, it } from 'vitest';
import { aLine, anAddress, aSnapshot } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { stored, write } from '../helpers/one-order.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();

describeDatabases('a conflict', (workbench) => {
  const sql = (statement: string) => workbench.database.sql(statement);

  /** A shop with one order, stored at second 0. */
  async function aPickedOrder(orderNumber: string, fulfilment = 'packing') {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await write(system, { orderNumber, updatedAt: at(0) });
    await sql(`UPDATE orders SET fulfilment_status = '${fulfilment}' WHERE shop = '${shop}'`);
    return { shop, system };
  }

  it('says what has changed; several add up in the order they arose, each with its own result', async () => {
    const { system } = await aPickedOrder('P1');
    const shippingAddress = anAddress({ city: '宁波市' });
    expect(await write(system, { orderNumber: 'P1', shippingAddress, updatedAt: at(1) })).toEqual({
      outcome: 'synced',
      conflict: ['address_changed'],
    });
    const first = await stored(system, 'P1');
    expect(first).toMatchObject({ cancelConflict: true, conflicts: ['address_changed'] });
    expect(first.conflictAt).not.toBeNull();
    const fewer = { orderNumber: 'P1', shippingAddress, lines: [aLine()] };
    expect((await write(system, { ...fewer, updatedAt: at(2) }))?.conflict).toEqual(['items_removed']);
    expect((await write(system, { ...fewer, updatedAt: at(3) }))?.conflict).toBe(false);
    expect((await write(system, { ...fewer, status: 'refunded', updatedAt: at(4) }))?.conflict).toEqual(['refunded']);
    expect(await stored(system, 'P1')).toMatchObject({
      conflicts: ['address_changed', 'items_removed', 'refunded'],
      conflictAt: first.conflictAt,
      fulfilmentStatus: 'packing',
    });
    expect(await system.listOrders({ conflictsOnly: true, limit: 10 })).toHaveLength(1);
  });

  it('is found between two versions in one batch', async () => {
    const { system } = await aPickedOrder('P2');
    const of = (second: number, quantity: number) =>
      aSnapshot({ order: { orderNumber: 'P2', updatedAt: at(second), lines: [aLine({ quantity })] } });
    const results = await system.writeOrders([of(1, 2), of(2, 1)]);
    expect(results.map(({ conflict }) => conflict)).toEqual([['items_removed'], ['items_removed']]);
  });

  it('is cleared by staff, with one column, and a later one starts afresh', async () => {
    const { shop, system } = await aPickedOrder('P3');
    await write(system, { orderNumber: 'P3', lines: [aLine()], updatedAt: at(1) });
    await sql(`UPDATE orders SET cancel_conflict = FALSE WHERE shop = '${shop}'`);
    expect(await stored(system, 'P3')).toMatchObject({ cancelConflict: false, conflicts: [], conflictAt: null });
    await write(system, { orderNumber: 'P3', lines: [], updatedAt: at(2) });
    expect((await stored(system, 'P3')).conflicts).toEqual(['nothing_to_ship']);
  });

  it('of a hold is over once the order is released, and the warehouse reads the state in one column', async () => {
    const { shop, system } = await aPickedOrder('P5');
    const order = { orderNumber: 'P5', updatedAt: at(0) };
    const [seen] = await system.writeOrders([aSnapshot({ order: { ...order, status: 'on_hold' } })]);
    expect(seen?.outcome).toBe('tied');
    const held = aSnapshot({ order: { ...order, status: 'on_hold' }, seen: seen?.stored });
    expect(await system.writeOrders([held])).toEqual([{ outcome: 'synced', conflict: ['on_hold'] }]);
    expect(await sql(`SELECT status, conflicts FROM orders WHERE shop = '${shop}'`)).toEqual([
      { status: 'on_hold', conflicts: 'on_hold' },
    ]);
    expect(await write(system, { ...order, updatedAt: at(1) })).toEqual({ outcome: 'synced', conflict: false });
    expect(await stored(system, 'P5')).toMatchObject({ status: 'paid', cancelConflict: false, conflicts: [] });
  });

  it('is readable with plain SQL', async () => {
    const { shop, system } = await aPickedOrder('P4');
    await write(system, { orderNumber: 'P4', lines: [aLine({ sku: 'OTHER' })], updatedAt: at(1) });
    expect(
      await sql(`SELECT conflicts FROM orders WHERE shop = '${shop}' AND cancel_conflict AND conflict_at IS NOT NULL`),
    ).toEqual([{ conflicts: 'items_removed, items_added' }]);
  });

  it('is an order on hold that the shop no longer has: it is paid, and may be released', async () => {
    const { system } = await aPickedOrder('G3', 'new');
    await write(system, { orderNumber: 'G3', status: 'on_hold', updatedAt: at(1) });
    const final = aFailure('G3', { reason: 'order_not_found', state: 'dead-lettered' });
    expect(await system.recordFailures([final])).toEqual([['gone']]);
    expect(await stored(system, 'G3')).toMatchObject({ status: 'on_hold', conflicts: ['gone'] });
  });

  describeGone('its number', 'G1', 'G1');
  describeGone("the shop's id", 'G2', 'id-G2');

  function describeGone(by: string, orderNumber: string, reference: string): void {
    it(`is an order stored as paid that the shop no longer has, by ${by}, until it turns up again`, async () => {
      const { system } = await aPickedOrder(orderNumber, 'new');
      const failed = { reason: 'order_not_found', state: 'retrying' } as const;
      expect(await system.recordFailures([aFailure(reference, failed)])).toEqual([[]]);
      expect((await stored(system, orderNumber)).conflicts).toEqual([]);
      const final = aFailure(reference, { ...failed, state: 'dead-lettered' });
      expect(await system.recordFailures([aFailure('other'), final])).toEqual([[], ['gone']]);
      expect(await stored(system, orderNumber)).toMatchObject({
        status: 'paid',
        cancelConflict: true,
        conflicts: ['gone'],
        conflictAt: final.failedAt.toISOString(),
      });
      expect(await system.listOrders({ conflictsOnly: true, limit: 10 })).toHaveLength(1);
      const again = await write(system, { orderNumber, updatedAt: at(0) }, '2026-11-23T00:00:00Z');
      expect(again).toEqual({ outcome: 'unchanged', conflict: false });
      expect(await stored(system, orderNumber)).toMatchObject({
        cancelConflict: false,
        conflicts: [],
        conflictAt: null,
      });
    });
  }

  it('of an order that is gone adds to the others, and leaves them when it turns up again', async () => {
    const { system } = await aPickedOrder('G3');
    await write(system, { orderNumber: 'G3', lines: [aLine()], updatedAt: at(1) });
    await system.recordFailures([aFailure('G3', { reason: 'order_not_found', state: 'dead-lettered' })]);
    expect((await stored(system, 'G3')).conflicts).toEqual(['items_removed', 'gone']);
    await write(system, { orderNumber: 'G3', lines: [aLine()], updatedAt: at(2) });
    expect((await stored(system, 'G3')).conflicts).toEqual(['items_removed']);
  });

  it.each(['cancelled', 'refunded', 'pending', 'completed'] as const)(
    'is not an order that is gone and stored as %s: nobody would ship it now',
    async (status) => {
      const system = await workbench.open();
      await write(system, { orderNumber: 'G4', status });
      const failure = aFailure('G4', { reason: 'order_not_found', state: 'dead-lettered' });
      expect(await system.recordFailures([failure])).toEqual([[]]);
      expect((await stored(system, 'G4')).conflicts).toEqual([]);
    },
  );
});
