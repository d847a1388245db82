import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../src/internal-system/ledger.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const IN_2040 = new Date('2040-01-01T00:00:00.000Z');

describeDatabases('the ledger', (workbench) => {
  async function sync(system: SqlInternalSystem, order: Partial<OrderDocument>, reference?: string) {
    const eventInfo = reference === undefined ? {} : { reference };
    await system.writeOrders([aSnapshot({ order, eventInfo })]);
  }

  /** The one record that each of these names finds. */
  async function theRecord(system: SqlInternalSystem, ...references: string[]): Promise<OrderRecord> {
    const found = await Promise.all(references.map((reference) => system.findOrders(reference)));
    const [record] = found[0] ?? [];
    if (record === undefined) throw new Error(`expected a record of ${references[0]}`);
    expect(found).toEqual(references.map(() => [record]));
    return record;
  }

  it('has no record of an order that never arrived', async () => {
    expect(await (await workbench.open()).findOrders('20261122000123456789')).toEqual([]);
  });

  describe('a failed delivery', () => {
    it("of an order that was never stored is kept under the event's name for it", async () => {
      const system = await workbench.open();
      const eventInfo = { event: 'cancelled' as const, attempt: 4 };
      await system.recordFailures([aFailure('X1', { state: 'dead-lettered', eventInfo })]);
      expect(await theRecord(system, 'X1')).toEqual({
        reference: 'X1',
        orderNumber: null,
        shopOrderId: null,
        state: 'dead-lettered',
        attempts: 4,
        lastEvent: 'cancelled',
        lastError: 'shop_timeout: The shop took too long.',
        receivedAt: '2026-11-22T08:00:06.001Z',
        fetchedAt: null,
        syncedAt: null,
        notedAt: '2026-11-22T08:00:16.002Z',
        stored: null,
      });
    });

    it('replaces the previous one in the ledger', async () => {
      const system = await workbench.open();
      await system.recordFailures([aFailure('X2')]);
      await system.recordFailures([
        aFailure('X2', { reason: 'order_not_found', message: 'No.', eventInfo: { attempt: 2 } }),
      ]);
      const record = await theRecord(system, 'X2');
      expect(record).toMatchObject({ attempts: 2, lastError: 'order_not_found: No.' });
    });

    it.each([
      ['its number', 'N3'],
      ["the shop's id", '98231'],
    ])(
      'of a stored order, by %s, is shown with it once the shop has answered, and what was synced stays',
      async (_, name) => {
        const shop = uniqueName();
        const system = await workbench.open(shop);
        await sync(system, { orderNumber: 'N3', shopOrderId: '98231' });
        const before = await theRecord(system, 'N3');
        const order = { orderNumber: 'N3', shopOrderId: '98231' };
        const failed = { order, failedAt: IN_2040, eventInfo: { attempt: 2 } };
        await system.recordFailures([aFailure(name, failed)]);
        // The next attempt fails before the fetch.
        await system.recordFailures([aFailure(name, { ...failed, order: undefined, eventInfo: { attempt: 3 } })]);
        expect(await theRecord(system, 'N3', '98231')).toEqual({
          ...before,
          reference: name,
          state: 'retrying',
          attempts: 3,
          lastError: 'shop_timeout: The shop took too long.',
          receivedAt: '2026-11-22T08:00:06.001Z',
          notedAt: IN_2040.toISOString(),
        });
      },
    );

    it('of a stored order before the fetch is kept apart: nobody knows which order it means', async () => {
      const system = await workbench.open();
      await sync(system, { orderNumber: 'N3', shopOrderId: '98231' });
      const before = await theRecord(system, 'N3');
      await system.recordFailures([aFailure('98231')]);
      expect(await system.findOrders('98231')).toEqual([before, expect.objectContaining({ orderNumber: null })]);
      expect(await system.findOrders('N3')).toEqual([before]);
    });

    it('is cleared once the order is synced', async () => {
      const system = await workbench.open();
      await system.recordFailures([aFailure('N4', { eventInfo: { attempt: 3 } })]);
      await sync(system, { orderNumber: 'N4' });
      const record = await theRecord(system, 'N4');
      expect(record).toMatchObject({ state: 'synced', attempts: 1, lastError: null, orderNumber: 'N4' });
    });

    it('that wrote its order within the same millisecond has failed all the same', async () => {
      const system = await workbench.open();
      const order = { orderNumber: 'N5', shopOrderId: 'id-N5' };
      await sync(system, { ...order, status: 'pending' });
      const { syncedAt } = await theRecord(system, 'N5');
      const failedAt = new Date(syncedAt ?? '');
      await system.recordFailures([aFailure('N5', { order, reason: 'not_yet_paid', failedAt })]);
      const record = await theRecord(system, 'N5', 'id-N5');
      expect(record).toMatchObject({ state: 'retrying', syncedAt, stored: { status: 'pending' } });
      expect(record.lastError).toMatch(/^not_yet_paid: /);
      const [known] = await system.reconciliation.knownOrders([order]);
      expect(known?.lastEvent).toEqual({ state: 'retrying', at: syncedAt, reason: 'not_yet_paid' });
    });

    it('counts once per name: of several in a batch, the last is kept', async () => {
      const system = await workbench.open();
      await system.recordFailures([
        aFailure('555', { message: 'first' }),
        aFailure('Z', { message: 'other' }),
        aFailure('555', { message: 'last' }),
      ]);
      expect((await theRecord(system, '555')).lastError).toBe('shop_timeout: last');
      expect(await system.listOrders({ limit: 10 })).toHaveLength(2);
    });

    it('may have a message of any length, in any characters', async () => {
      const system = await workbench.open();
      const message = `\0${'很🍵'.repeat(3000)}`;
      await system.recordFailures([aFailure('N6', { message })]);
      const { lastError } = await theRecord(system, 'N6');
      expect(lastError).toMatch(/^shop_timeout: \uFFFD很🍵很🍵/);
      expect(lastError?.length).toBe(2000);
    });

    it('may be missing: an empty batch changes nothing', async () => {
      const system = await workbench.open();
      await system.recordFailures([]);
      expect(await system.listOrders({ limit: 10 })).toEqual([]);
    });
  });

  it("has one row for an order first known by the shop's id, once an event of that name is synced", async () => {
    const system = await workbench.open();
    await system.recordFailures([aFailure('777', { state: 'dead-lettered' })]);
    await sync(system, { orderNumber: 'N7', shopOrderId: '777' }, '777');
    expect(await theRecord(system, '777', 'N7')).toMatchObject({
      reference: 'N7',
      state: 'synced',
      shopOrderId: '777',
    });
    expect(await system.listOrders({ limit: 10 })).toHaveLength(1);
  });

  describe('with numbers and ids from one range', () => {
    const first = { orderNumber: '1005', shopOrderId: '1042' };
    const second = { orderNumber: '1042', shopOrderId: '1080' };

    it.each([
      ['by number', ['1005', '1042']],
      ['by id', ['1042', '1080']],
      ['once by number, once by id', ['1005', '1080']],
    ])('has a row of its own for each order, synced by events %s', async (_, [one, other]) => {
      const system = await workbench.open();
      await sync(system, first, one);
      await sync(system, second, other);
      await sync(system, { ...first, updatedAt: '2026-11-22T09:00:00Z' }, one);
      const found = await system.findOrders('1042');
      expect(found.map(({ orderNumber, state, attempts }) => [orderNumber, state, attempts]).sort()).toEqual([
        ['1005', 'synced', 1],
        ['1042', 'synced', 1],
      ]);
      expect(await system.listOrders({ limit: 10 })).toHaveLength(2);
    });

    it('keeps a failure of that name until an event of that name is synced', async () => {
      const system = await workbench.open();
      const failed = { orderNumber: null, state: 'dead-lettered', stored: null };
      await system.recordFailures([aFailure('1042', { state: 'dead-lettered' })]);
      await sync(system, first, '1005');
      await sync(system, second, '1080');
      expect((await system.findOrders('1042')).filter(({ state }) => state !== 'synced')).toMatchObject([failed]);
      expect(await system.listOrders({ limit: 10 })).toHaveLength(3);
      await sync(system, { ...second, updatedAt: '2026-11-22T09:00:00Z' }, '1042');
      expect((await system.findOrders('1042')).map(({ state }) => state)).toEqual(['synced', 'synced']);
    });

    it('books a failure on neither of the stored orders', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await sync(system, first, '1042');
      await sync(system, second, '1080');
      const rows = () =>
        workbench.database.sql(`SELECT * FROM order_ledger WHERE shop = '${shop}' AND reference IN ('1005', '1042')`);
      const before = await rows();
      await system.recordFailures([aFailure('1042')]);
      await system.recordFailures([aFailure('1042', { order: first })]);
      expect(await rows()).toEqual(before);
    });
  });

  it('has one row for an order whose number and id are the same', async () => {
    const system = await workbench.open();
    await system.recordFailures([aFailure('42')]);
    await sync(system, { orderNumber: '42', shopOrderId: '42' });
    expect(await theRecord(system, '42')).toMatchObject({ state: 'synced', orderNumber: '42', shopOrderId: '42' });
  });

  it('keeps shops apart', async () => {
    const one = await workbench.open();
    const other = await workbench.open();
    await sync(one, { orderNumber: 'N9', shopOrderId: '999' });
    await one.recordFailures([aFailure('888')]);
    await other.recordFailures([aFailure('999')]);
    await sync(other, { orderNumber: 'O9', shopOrderId: '888' });
    expect((await theRecord(one, '999')).state).toBe('synced');
    expect((await theRecord(one, '888')).state).toBe('retrying');
    expect((await theRecord(other, '999')).orderNumber).toBeNull();
    expect(await one.listOrders({ limit: 10 })).toHaveLength(2);
  });

  describe('an order missing from the ledger', () => {
    const lose = (shop: string) => workbench.database.sql(`DELETE FROM order_ledger WHERE shop = '${shop}'`);

    it('is found all the same', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await sync(system, { orderNumber: 'N10', shopOrderId: '1010' });
      const before = await theRecord(system, 'N10');
      await lose(shop);
      expect(await theRecord(system, 'N10', '1010')).toEqual({
        ...before,
        attempts: 0,
        lastEvent: 'unspecified',
        receivedAt: before.fetchedAt,
      });
    });

    it('is found by number and id once its next delivery has failed', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await sync(system, { orderNumber: 'N11', shopOrderId: '1111' });
      await lose(shop);
      const order = { orderNumber: 'N11', shopOrderId: '1111' };
      await system.recordFailures([aFailure('N11', { order, failedAt: IN_2040 })]);
      const record = await theRecord(system, 'N11', '1111');
      expect(record).toMatchObject({ state: 'retrying', stored: { status: 'paid' } });
    });

    it('still shows its conflict', async () => {
      const shop = uniqueName();
      const system = await workbench.open(shop);
      await sync(system, { orderNumber: 'N12' });
      await workbench.database.sql(`UPDATE orders SET cancel_conflict = TRUE WHERE shop = '${shop}'`);
      await lose(shop);
      const [record] = await system.listOrders({ conflictsOnly: true, state: 'synced', since: new Date(0), limit: 1 });
      expect(record).toMatchObject({ reference: 'N12', stored: { cancelConflict: true } });
    });
  });
});
