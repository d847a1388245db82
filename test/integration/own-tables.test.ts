import { expect, test } from 'vitest';
import { jsonLines, orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { companyRows, createCompanyTables } from '../helpers/company-tables.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aLine, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { type DatabaseKind, describeDatabases, type StaffSession } from '../internal-system/helpers/test-databases.ts';
import { EXAMPLE } from '../internal-system/mapping/mapped-system.ts';

const COUNT = 80;
const numbers = Array.from({ length: COUNT }, (_, index) => `T${100 + index}`);

const PLACED = numbers.map((orderNumber) => anOrderDocument({ orderNumber, lines: [aLine()] }));

/** A third is cancelled, a third edited, a third stays as it is. */
const CHANGED = PLACED.map((order, index): OrderDocument => {
  const updatedAt = '2026-11-23T08:00:00Z';
  if (index % 3 === 0) return { ...order, updatedAt, status: 'cancelled', cancelledAt: updatedAt, lines: [] };
  if (index % 3 === 1)
    return { ...order, updatedAt, lines: [aLine({ quantity: 7 }), aLine({ lineId: '2', sku: 'CUP' })] };
  return order;
});

const EXPECTED = CHANGED.map(({ orderNumber, status, lines }) => ({
  sn: orderNumber,
  status: status === 'cancelled' ? '2' : '1',
  goods: lines.map(({ sku, quantity }) => `${quantity} ${sku}`),
}));

/** Ends the daemons' connections that are writing these tables at this moment. */
async function cutConnections(kind: DatabaseKind, staff: StaffSession): Promise<number> {
  if (kind === 'PostgreSQL') {
    const cut = await staff.sql(
      `SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation
        WHERE relnamespace = current_schema()::regnamespace AND pid <> pg_backend_pid()) AS writing`,
    );
    return cut.length;
  }
  const rows = await staff.sql(
    `SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id() AND command <> 'Sleep'`,
  );
  for (const { id } of rows) await staff.sql(`KILL ${id}`).catch(() => undefined);
  return rows.length;
}

describeDatabases(
  'tables of a company, with two daemons',
  (workbench) => {
    const { kind, database } = { kind: workbench.kind, database: () => workbench.database };
    const sold = async () => {
      const { orders, goods } = await companyRows(database());
      return orders.map(({ order_sn: sn, order_status: status }) => ({
        sn,
        status,
        goods: goods.filter((row) => row['order_sn'] === sn).map((row) => `${row['goods_number']} ${row['goods_sn']}`),
      }));
    };

    test('hold exactly what is stored, after kills, cut connections, duplicates, changes and cancellations', async () => {
      await createCompanyTables(kind, database());
      const shop = await aShop({ orders: PLACED, latencyMs: 5 });
      const env = { ...shopEnv(shop), INTERNAL_SYSTEM_URL: database().url, MAPPING: EXAMPLE };
      // A connection that is cut costs no order its attempts.
      const place = aWorkplace({ ...env, RETRY_DELAYS_MS: '100,100,100,200,200,200,400,400' });
      const daemons = [startDaemon(place), startDaemon(place)];
      await Promise.all(daemons.map((daemon) => daemon.ready()));
      const bystander = await aBystander();
      const publish = async (some: readonly string[], event: string) => {
        for (const orderNumber of some) await bystander.publish(place.queue, JSON.stringify({ orderNumber, event }));
      };

      await publish([...numbers, ...numbers.toReversed()], 'paid');
      await expect.poll(async () => (await sold()).length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(5);
      let cut = 0;
      const cutting = expect
        .poll(async () => (cut += await cutConnections(kind, database())), { timeout: 30_000, interval: 20 })
        .toBeGreaterThan(3);
      daemons[0]?.signal('SIGKILL');
      const third = startDaemon(place);
      await Promise.all([third.ready(), cutting]);

      for (const order of CHANGED) shop.put(order);
      await database().sql("UPDATE ecs_order_info SET to_buyer = 'by staff'");
      const byStaff = async () =>
        (await database().sql("SELECT order_sn FROM ecs_order_info WHERE to_buyer = 'by staff'")).length;
      const touched = await byStaff();
      await publish([...numbers, ...numbers.toSorted(() => 0.5 - Math.random())], 'updated');
      third.signal('SIGKILL');
      await startDaemon(place).ready();
      await expect.poll(sold, { timeout: 40_000, interval: 100 }).toEqual(EXPECTED);

      expect(await byStaff()).toBe(touched);
      const { stdout, status } = await orderSync(place, ['backfill', '--dry-run', '--json']);
      expect({ status, lines: jsonLines(stdout) }).toEqual({
        status: 0,
        lines: [{ orders: COUNT, failed: 0, last: numbers.at(-1) }],
      });
    }, 120_000);
  },
  ['PostgreSQL', 'MySQL'],
);
