import { afterEach, beforeEach, expect, it } from 'vitest';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { firstBlockedBy } from '../helpers/blocked-sessions.ts';
import { describeDatabases, type StaffSession, uniqueName } from '../helpers/test-databases.ts';
import { LATER, NOON, outcomesOf, versions } from '../helpers/writes.ts';

/** SQLite has no such races: one writer at a time locks the whole file. */
describeDatabases(
  'a race for the same order',
  (workbench) => {
    let staff: StaffSession;
    beforeEach(async () => {
      staff = await workbench.database.session();
      await staff.sql('BEGIN');
    });
    afterEach(() => staff.close());

    const pick = (shop: string, number: string) =>
      `UPDATE orders SET fulfilment_status = 'picking' WHERE shop = '${shop}' AND order_number = '${number}'`;

    it('with staff who begin to pick it: the cancellation waits, sees it and raises the conflict', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(NOON, 'C1'));
      await staff.sql(pick(shop, 'C1'));
      const cancelled = aSnapshot({ order: { orderNumber: 'C1', status: 'cancelled', updatedAt: LATER } });
      const write = daemon.writeOrders([cancelled]);
      await firstBlockedBy(staff, workbench.kind);
      await staff.sql('COMMIT');
      expect(await write).toEqual([{ outcome: 'synced', conflict: ['cancelled'] }]);
    });

    it('with another daemon that inserts a newer version: the older one does not overwrite it', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(LATER, 'seed'));
      await staff.sql(`CREATE TEMPORARY TABLE copied AS SELECT * FROM orders WHERE shop = '${shop}'`);
      await staff.sql(`UPDATE copied SET order_number = 'N1', shop_order_id = 'id-N1'`);
      await staff.sql('INSERT INTO orders SELECT * FROM copied');
      const write = outcomesOf(daemon.writeOrders(versions(NOON, 'N0', 'N1', 'N2')));
      await firstBlockedBy(staff, workbench.kind);
      await staff.sql('COMMIT');
      expect(await write).toEqual(['synced', 'stale', 'synced']);
      const records = await Promise.all(['N0', 'N1', 'N2'].map((number) => daemon.findOrders(number)));
      expect(records.map(([record]) => [record?.stored?.updatedAt, record?.stored?.lines])).toEqual([
        [NOON, 2],
        [LATER, 0],
        [NOON, 2],
      ]);
    });

    it('that ends in a deadlock: the write is its victim, runs again at once and sees what the other wrote', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      const others = Array.from({ length: 50 }, (_, index) => `other${index}`);
      await daemon.writeOrders(versions(NOON, 'D1', 'D2', ...others));
      await staff.sql(pick(shop, 'D2'));
      // MySQL picks the transaction that has changed less as the victim.
      await staff.sql(`UPDATE order_ledger SET attempts = 9 WHERE shop = '${shop}'`);
      const write = outcomesOf(daemon.writeOrders(versions(LATER, 'D1', 'D2')));
      await firstBlockedBy(staff, workbench.kind);
      await staff.sql(pick(shop, 'D1'));
      await staff.sql('COMMIT');
      expect(await write).toEqual(['synced', 'synced']);
      const [record] = await daemon.findOrders('D1');
      expect(record?.stored).toMatchObject({ updatedAt: LATER, fulfilmentStatus: 'picking' });
    });
  },
  ['PostgreSQL', 'MySQL'],
);

describeDatabases(
  'a race for the same order',
  (workbench) => {
    it('that another daemon wins between lookup and insert: the transaction runs again and sees it', async () => {
      const shop = uniqueName();
      const daemon = await workbench.open(shop);
      await daemon.writeOrders(versions(LATER, 'seed'));
      const { sql } = workbench.database;
      const gate = `'${shop}'`;
      // Our insert waits at the gate, after the lookup; the other one goes through.
      await sql(`CREATE TRIGGER gate BEFORE INSERT ON orders FOR EACH ROW
        IF new.buyer_name <> 'other' THEN SET @passed = GET_LOCK(${gate}, 5), @closed = RELEASE_LOCK(${gate}); END IF`);
      await sql(`SELECT GET_LOCK(${gate}, 0)`);
      const write = outcomesOf(daemon.writeOrders(versions(NOON, 'N1')));
      const waiting = `SELECT id FROM information_schema.processlist WHERE db = database() AND state = 'User lock'`;
      await expect.poll(() => sql(waiting)).toHaveLength(1);
      await sql(`CREATE TEMPORARY TABLE copied AS SELECT * FROM orders WHERE shop = '${shop}'`);
      await sql("UPDATE copied SET order_number = 'N1', shop_order_id = 'id-N1', buyer_name = 'other'");
      await sql('INSERT INTO orders SELECT * FROM copied');
      await sql(`SELECT RELEASE_LOCK(${gate})`);
      expect(await write).toEqual(['stale']);
      const [record] = await daemon.findOrders('N1');
      expect(record?.stored).toMatchObject({ updatedAt: LATER, lines: 0 });
    });
  },
  ['MySQL'],
);
