import { beforeAll, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { OrderWriter } from '../../../src/internal-system/order-writer.ts';
import { createCompanyTables } from '../../helpers/company-tables.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases } from '../helpers/test-databases.ts';
import { aMappedSystem, aMapping, EXAMPLE } from './mapped-system.ts';

describeDatabases('tables that a mapping cannot write', (workbench) => {
  const { kind } = workbench;
  const sql = (statement: string) => workbench.database.sql(statement);
  const problemOf = async (body: string): Promise<string> => {
    const error = await aMappedSystem(workbench, await aMapping(body)).catch((thrown: unknown) => thrown);
    return error instanceof ConfigError ? error.message : `started, or ${String(error)}`;
  };

  beforeAll(async () => {
    await createCompanyTables(kind, workbench.database);
    await sql('CREATE TABLE notes (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL)');
    await (await workbench.open()).close();
  });

  it('is said at the start: no such table, no such column', async () => {
    expect(await problemOf("await tables.upsert('nowhere', { id: 1 }, { name: 'a' })")).toMatch(
      /^MAPPING=.*adapter\.mjs: The mapping can't write: there is no table nowhere in the database of INTERNAL_SYSTEM_URL\. Create it/,
    );
    expect(await problemOf("await tables.upsert('notes', { id: 1 }, { name: 'a', color: 1, size: 2 })")).toMatch(
      /The mapping can't write: notes has no column color, size\. Add it/,
    );
  });

  it.each(['orders', 'order_lines', 'order_ledger'])("is order-sync's own: %s", async (table) => {
    expect(await problemOf(`await tables.insert('${table}', { shop: 'x' })`)).toContain(
      `${table} is order-sync's own table`,
    );
  });

  it.runIf(kind === 'MySQL')('has no transactions, even in a statement of the mapping itself', async () => {
    await sql('CREATE TABLE isam (id INT PRIMARY KEY) ENGINE=MyISAM');
    const problem = /isam is in an engine without transactions.*ALTER TABLE isam ENGINE=InnoDB/;
    expect(await problemOf("await tables.upsert('isam', { id: 1 }, {})")).toMatch(problem);
    expect(await problemOf("await tables.query('INSERT INTO isam VALUES (1)')")).toMatch(problem);
    expect(await sql('SELECT * FROM isam')).toEqual([]);
  });

  it('lacks a code of a state, whichever state the order has', async () => {
    const problem = await problemOf(
      'toolkit.statusCode(order, { pending: 0, paid: 1, completed: 2, refunded: 3, cancelled: 4 })',
    );
    expect(problem).toMatch(/^MAPPING=.*: The mapping: statusCode\(\) has no code for on_hold/);
  });

  it('starts all the same if only the order at hand does not fit', async () => {
    expect(await problemOf("await tables.insert('notes', { id: 1, name: null })")).toMatch(/^started/);
  });

  it('writes nothing when it is tried out', async () => {
    const system = await aMappedSystem(workbench);
    expect(await sql('SELECT * FROM ecs_order_info')).toEqual([]);
    await expect(system.mapping?.tryOut()).resolves.toMatchObject({
      orderNumber: null,
      changes: [{ table: 'ecs_order_info' }, { table: 'ecs_order_goods' }],
    });
    expect(await sql('SELECT * FROM ecs_order_info')).toEqual([]);
  });

  it('is an outage while a person changes them, and none once they are back', async () => {
    const system = await sqlSystem(workbench.database.url, 'changing', EXAMPLE);
    await system.open();
    const writer = new OrderWriter(system);
    const order = (orderNumber: string) => writer.write(aSnapshot({ order: { orderNumber } }));
    await order('C1');
    expect(await writer.works()).toBe(true);
    await sql('ALTER TABLE ecs_order_info RENAME COLUMN pay_time TO paid_time');
    // SQLite's answer does not tell this from any other failure; then the columns are looked up anew.
    if (kind === 'SQLite') await expect(order('C2')).rejects.toMatchObject({ reason: 'write_failed' });
    await expect(order('C2')).rejects.toMatchObject({ reason: 'internal_system_unavailable' });
    // What is stored already is not mapped again: it must not look as if all were well.
    expect(await writer.works()).toBe(false);
    await sql('ALTER TABLE ecs_order_info RENAME COLUMN paid_time TO pay_time');
    expect(await writer.works()).toBe(true);
    await order('C2');
    expect(await sql("SELECT order_sn FROM ecs_order_info WHERE order_sn = 'C2'")).toHaveLength(1);
    await system.close();
  });
});
