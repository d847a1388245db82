import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { TABLE_NAMES } from '../../../src/internal-system/sql/tables.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { aFailure } from '../helpers/a-failure.ts';
import { createTablesOf, MIGRATIONS } from '../helpers/earlier-tables.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';

/** Tables of the company's own, named as ours are, with an index named as ours are, and a row each. */
async function createTheirs({ database }: Workbench, schema = ''): Promise<() => Promise<unknown>> {
  for (const name of TABLE_NAMES) {
    await database.sql(`CREATE TABLE ${schema}${name} (shop VARCHAR(20), order_number VARCHAR(20), state VARCHAR(20))`);
    await database.sql(`INSERT INTO ${schema}${name} VALUES ('demo', 'A1', 'theirs')`);
  }
  for (const index of ['orders_identity', 'orders_shop_order_id', 'orders_placed_at', 'order_shipments_pending']) {
    await database.sql(`CREATE INDEX ${index} ON ${schema}orders (state)`);
  }
  return async () => Promise.all(TABLE_NAMES.map((name) => database.sql(`SELECT * FROM ${schema}${name}`)));
}

/** All that the daemon does with its tables. */
async function useAll(system: SqlInternalSystem): Promise<void> {
  onTestFinished(() => system.close());
  await system.open();
  await system.check();
  const order = { orderNumber: 'A1', shopOrderId: 'a1' };
  await system.writeOrders([aSnapshot({ order: { ...order, updatedAt: '2026-01-01T00:00:00Z' } })]);
  const changed = aSnapshot({ order: { ...order, orderNumber: 'A2' }, eventInfo: { event: 'updated' } });
  expect(await system.writeOrders([changed])).toMatchObject([{ outcome: 'synced', previousNumber: 'A1' }]);
  await system.recordFailures([aFailure('A3')]);
  for (const name of ['A1', 'A2', 'a1'])
    expect(await system.findOrders(name)).toMatchObject([{ reference: 'A2', orderNumber: 'A2', state: 'synced' }]);
  expect(await system.listOrders({ limit: 9 })).toHaveLength(2);
  expect(await system.listOrders({ limit: 9, conflictsOnly: true })).toEqual([]);
  await system.reconciliation.takeLease('changes', 'me', 1000);
  await system.reconciliation.releaseLease('changes', 'me');
  expect(await system.reconciliation.knownOrders([{ orderNumber: 'A2', shopOrderId: 'a1' }])).toMatchObject([
    { stored: { shopOrderId: 'a1' } },
  ]);
  expect(await system.shipments.pending(9)).toEqual([]);
}

describeDatabases('beside tables and indexes of the same names', (workbench) => {
  it('a prefix keeps ours apart: theirs stay as they are', async () => {
    const theirs = await createTheirs(workbench);
    const before = await theirs();
    await useAll(await sqlSystem(workbench.database.url, 'demo', { tablePrefix: 'os_' }));
    expect(await theirs()).toEqual(before);
    const rows = await workbench.database.sql('SELECT order_number, revision FROM os_orders');
    expect(rows).toEqual([{ order_number: 'A2', revision: 2 }]);
  });

  it('without one, the first start is refused, and says what to set', async () => {
    const system = await sqlSystem(workbench.database.url);
    onTestFinished(() => system.close());
    const refusal = await system.open().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(String(refusal)).toContain('INTERNAL_SYSTEM_TABLE_PREFIX');
  });
});

describeDatabases(
  'daemons that insert the same orders into prefixed tables',
  (workbench) => {
    it('see who came first', async () => {
      const open = async () => {
        const system = await sqlSystem(workbench.database.url, 'demo', { tablePrefix: 'os_' });
        onTestFinished(() => system.close());
        await system.open();
        return system;
      };
      const systems = [await open(), await open()];
      const snapshots = Array.from({ length: 20 }, (_, index) =>
        aSnapshot({ order: { orderNumber: `R${index}` }, eventInfo: { event: 'updated' } }),
      );
      const results = await Promise.all(
        snapshots.flatMap((snapshot) => systems.map((system) => system.writeOrders([snapshot]))),
      );
      expect(results.flat().map(({ outcome }) => outcome)).not.toContain('refused');
      expect(await workbench.database.sql('SELECT DISTINCT revision FROM os_orders')).toEqual([{ revision: 1 }]);
    });
  },
  ['PostgreSQL', 'MySQL'],
);

describeDatabases(
  'an upgrade',
  (workbench) => {
    it('takes no table of theirs for a new one of ours', async () => {
      const migrations = MIGRATIONS[workbench.kind];
      const creating = migrations.findIndex((statements) =>
        statements.some((each) => creates(each, 'order_shipments')),
      );
      await createTablesOf(creating, workbench);
      await workbench.database.sql('CREATE TABLE order_shipments (theirs VARCHAR(20))');
      const system = await sqlSystem(workbench.database.url);
      onTestFinished(() => system.close());
      await expect(system.open()).rejects.toThrow(ConfigError);
      expect(await workbench.database.sql('SELECT theirs FROM order_shipments')).toEqual([]);
    });
  },
  ['PostgreSQL', 'MySQL'],
);

describe.each([
  { what: 'named by INTERNAL_SYSTEM_SCHEMA', version: 0, isNamed: true },
  { what: 'found on the search path behind theirs', version: MIGRATIONS.PostgreSQL.length - 1, isNamed: false },
  { what: 'of version 1, found on the search path behind theirs', version: 1, isNamed: false },
])('a schema $what', ({ version, isNamed }) => {
  describeDatabases(
    'with their tables first on the search path',
    (workbench) => {
      it('is where every statement goes', async () => {
        const { url, sql } = workbench.database;
        await createTablesOf(version, workbench);
        const schema = uniqueName();
        await sql(`CREATE SCHEMA ${schema}`);
        onTestFinished(async () => void (await sql(`DROP SCHEMA ${schema} CASCADE`)));
        await createTheirs(workbench, `${schema}.`);
        if (!isNamed) await sql(`DROP TABLE ${schema}.order_sync_schema`);
        else await sql(`ALTER TABLE ${schema}.order_sync_schema RENAME COLUMN state TO version`);
        const names = TABLE_NAMES.filter((name) => name !== 'order_sync_schema');
        const contents = () => Promise.all(names.map((name) => sql(`SELECT * FROM ${schema}.${name}`)));
        const before = await contents();
        const ours = /search_path%3D(\w+)/.exec(url)?.[1] ?? '';
        const behind = url.replace('search_path%3D', `search_path%3D${schema}%2C`);
        await useAll(await sqlSystem(behind, 'demo', isNamed ? { schema: ours } : {}));
        expect(await contents()).toEqual(before);
        expect(await sql(`SELECT count(*)::int AS stored FROM ${ours}.orders`)).toEqual([{ stored: 1 }]);
      });
    },
    ['PostgreSQL'],
  );
});

describeDatabases(
  'a schema that does not exist',
  (workbench) => {
    it('is refused with the statement that creates it', async () => {
      const system = await sqlSystem(workbench.database.url, 'demo', { schema: 'no_such_schema' });
      onTestFinished(() => system.close());
      await expect(system.open()).rejects.toThrow('CREATE SCHEMA "no_such_schema"');
    });
  },
  ['PostgreSQL'],
);

function creates(statement: string, table: string): boolean {
  return statement.startsWith('CREATE TABLE ') && statement.includes(` ${table} `);
}
