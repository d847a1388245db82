import { expect, it } from 'vitest';
import type { Migrations } from '../../../src/internal-system/sql/migrate.ts';
import { MIGRATIONS } from '../helpers/earlier-tables.ts';
import { write } from '../helpers/one-order.ts';
import { type DatabaseKind, describeDatabases } from '../helpers/test-databases.ts';

/** The migrations that version 0.1.0 knew. */
const OF_0_1_0: Readonly<Record<DatabaseKind, Migrations>> = {
  SQLite: MIGRATIONS.SQLite.slice(0, 3),
  PostgreSQL: MIGRATIONS.PostgreSQL.slice(0, 3),
  MySQL: MIGRATIONS.MySQL.slice(0, 2),
};

const ORDER = {
  shop: 'old',
  order_number: 'A1',
  shop_order_id: '1',
  status: 'paid',
  currency: 'CNY',
  grand_total: '129.400000000000',
  items_total: '119.400000000000',
  shipping_total: '10.000000000000',
  tax_total: '0.000000000000',
  discount_total: '0.000000000000',
  refunded_total: '0.000000000000',
  placed_at: '2026-11-22 08:00:00.000',
  updated_at: '2026-11-22 08:00:05.120',
  buyer_name: '王小明',
  fulfilment_status: 'picking',
  content_hash: 'x',
  fetched_at: '2026-11-22 08:00:06.000',
  synced_at: '2026-11-22 08:00:06.100',
  document: '{}',
};
const LINE = {
  shop: 'old',
  order_number: 'A1',
  line_no: 1,
  line_id: '1',
  sku: 'TEA',
  name: '龙井茶',
  quantity: '2.000000000000',
  unit_price: '59.900000000000',
  discount: '0.000000000000',
  tax: '0.000000000000',
  line_total: '119.800000000000',
};

/** A guest's order of a product that was deleted since. */
const GUEST_ORDER = {
  orderNumber: 'G1',
  buyer: null,
  shippingAddress: null,
  lines: [
    { lineId: null, sku: null, name: null, quantity: 1, unitPrice: null, discount: null, tax: null, lineTotal: null },
  ],
  totals: { items: null, shipping: null, tax: null, discount: null, refunded: null, grand: '10' },
};

describeDatabases('tables of version 0.1.0', (workbench) => {
  const { kind } = workbench;
  it('are upgraded with everything in them, and then take the orders of guests and of deleted products', async () => {
    const { database } = workbench;
    await asOf010(kind, database.sql);
    await database.sql("ALTER TABLE orders ADD COLUMN carrier VARCHAR(20) DEFAULT 'post'");
    await database.sql(
      "CREATE VIEW to_pick AS SELECT order_number, carrier FROM orders WHERE fulfilment_status = 'new'",
    );
    // Held by staff, or by a daemon of the earlier version, while the tables change.
    const session = await database.session();
    const before = await contents(session.sql);
    const system = await workbench.open('old');
    await system.check();
    expect(await contents(session.sql)).toEqual(before);
    expect((await write(system, GUEST_ORDER))?.outcome).toBe('synced');
    const sums = 'items_total, shipping_total, tax_total, discount_total, refunded_total';
    const [order] = await session.sql(`SELECT buyer_name, ${sums}, carrier FROM orders WHERE order_number = 'G1'`);
    expect(order).toEqual({
      ...{ buyer_name: null, items_total: null, shipping_total: null, tax_total: null },
      ...{ discount_total: null, refunded_total: null, carrier: 'post' },
    });
    expect(await session.sql('SELECT order_number FROM to_pick')).toEqual([{ order_number: 'G1' }]);
    if (kind === 'SQLite') expect(await session.sql('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await session.close();
  });
});

type Sql = (statement: string) => Promise<Record<string, unknown>[]>;

async function asOf010(kind: DatabaseKind, sql: Sql): Promise<void> {
  for (const [index, statements] of OF_0_1_0[kind].entries()) {
    for (const statement of statements) await sql(statement);
    await sql(`INSERT INTO order_sync_schema (version) VALUES (${index + 1})`);
  }
  await sql(insertInto('orders', ORDER));
  await sql(insertInto('order_lines', LINE));
}

function insertInto(table: string, row: Readonly<Record<string, string | number>>): string {
  const values = Object.values(row).map((value) => `'${value}'`);
  return `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`;
}

async function contents(sql: Sql): Promise<unknown> {
  const order = await sql(`SELECT ${Object.keys(ORDER).join(', ')}, carrier FROM orders WHERE order_number = 'A1'`);
  return [order, await sql(`SELECT * FROM order_lines WHERE order_number = 'A1'`)];
}
