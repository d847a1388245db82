import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { ORDER_COLUMNS } from '../../../src/internal-system/sql/columns.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem, tryToOpen } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';

const NOT_STAFF_OWNED = ORDER_COLUMNS.filter((column) => column !== 'fulfilment_status').join(', ');

describeDatabases(
  'a role',
  (workbench) => {
    const role = uniqueName();
    const password = 'p@ss/word%?';
    const urlOf = (user: string, secret: string) => {
      const url = new URL(workbench.database.url);
      url.username = user;
      url.password = encodeURIComponent(secret);
      return url.href;
    };
    const grants = grantsOf(workbench, role, password);

    beforeAll(() => grants.createRole());
    beforeEach(() => grants.mayUseNoTable());
    afterAll(() => grants.dropRole());

    it('that may not create tables is told which privileges it needs, while there are no tables', async () => {
      const refusal = await tryToOpen(urlOf(role, password));
      expect(refusal).toBeInstanceOf(ConfigError);
      expect(refusal).toMatchObject({ message: expect.stringMatching(/[Gg]rant/) });
      expect(String(refusal)).not.toContain(password);
    });

    it('that may not create tables works once they exist (on PostgreSQL without the privilege to update what staff own)', async () => {
      await workbench.open();
      await grants.mayWrite();
      const system = await sqlSystem(urlOf(role, password));
      try {
        await system.open();
        await system.check();
        const older = aSnapshot({ order: { orderNumber: 'G1', shopOrderId: 'g1', updatedAt: '2026-01-01T00:00:00Z' } });
        const newer = aSnapshot({ order: { orderNumber: 'G1', shopOrderId: 'g1' } });
        await system.writeOrders([older]);
        expect(await system.writeOrders([newer])).toEqual([{ outcome: 'synced', conflict: false }]);
        expect(await system.findOrders('g1')).toHaveLength(1);
      } finally {
        await system.close();
      }
    });

    it('that may not write fails check before the first order arrives', async () => {
      await workbench.open();
      await grants.mayRead();
      const system = await sqlSystem(urlOf(role, password));
      try {
        await system.open();
        await expect(system.check()).rejects.toThrow(ConfigError);
        // While the daemon works, revoked privileges are an outage, not a failure of this order.
        await expect(system.writeOrders([aSnapshot()])).rejects.toMatchObject({
          reason: 'internal_system_unavailable',
        });
      } finally {
        await system.close();
      }
    });

    it.each([
      ['INSERT', 'order_sync_audit'],
      ['DELETE', 'order_sync_discarded'],
    ])('that may not %s in %s fails check before a person discards a dead letter', async (privilege, table) => {
      await workbench.open();
      await grants.mayWrite();
      await grants.mayNot(privilege, table);
      const system = await sqlSystem(urlOf(role, password));
      try {
        await system.open();
        await expect(system.check()).rejects.toThrow(table);
      } finally {
        await system.close();
      }
    });

    it('that does not exist, or a database that does not, is a configuration error', async () => {
      const unknown = await tryToOpen(urlOf('nobody_at_all', password));
      expect(unknown).toBeInstanceOf(ConfigError);
      expect(String(unknown)).not.toContain(password);
      const url = new URL(workbench.database.url);
      url.pathname = '/no_such_database';
      expect(await tryToOpen(url.href)).toBeInstanceOf(ConfigError);
    });
  },
  ['PostgreSQL', 'MySQL'],
);

interface Grants {
  createRole(): Promise<void>;
  mayUseNoTable(): Promise<void>;
  mayRead(): Promise<void>;
  /** Rows but no tables; nor what staff own, if the database grants by column. */
  mayWrite(): Promise<void>;
  mayNot(privilege: string, table: string): Promise<void>;
  dropRole(): Promise<void>;
}

function grantsOf(workbench: Workbench, role: string, password: string): Grants {
  const run = async (...statements: string[]) => {
    for (const statement of statements) await workbench.database.sql(statement);
  };
  if (workbench.kind === 'PostgreSQL') {
    const schema = () => /search_path%3D(\w+)/.exec(workbench.database.url)?.[1] ?? '';
    return {
      createRole: () =>
        run(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`, `GRANT USAGE ON SCHEMA ${schema()} TO ${role}`),
      mayUseNoTable: () => run(`REVOKE ALL ON ALL TABLES IN SCHEMA ${schema()} FROM ${role}`),
      mayRead: () => run(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema()} TO ${role}`),
      mayWrite: () =>
        run(
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema()} TO ${role}`,
          `REVOKE INSERT, UPDATE, DELETE ON order_sync_schema FROM ${role}`,
          `REVOKE UPDATE ON orders FROM ${role}`,
          `GRANT UPDATE (${NOT_STAFF_OWNED}) ON orders TO ${role}`,
        ),
      mayNot: (privilege, table) => run(`REVOKE ${privilege} ON ${table} FROM ${role}`),
      dropRole: () => run(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`),
    };
  }
  const database = () => new URL(workbench.database.url).pathname.slice(1);
  const account = `'${role}'@'%'`;
  return {
    createRole: () => run(`CREATE USER ${account} IDENTIFIED BY '${password}'`),
    mayUseNoTable: () =>
      run(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account}`, `GRANT SHOW VIEW ON ${database()}.* TO ${account}`),
    mayRead: () => run(`GRANT SELECT ON ${database()}.* TO ${account}`),
    // SELECT … FOR UPDATE needs the privilege to update every column it reads, including those that staff own.
    async mayWrite() {
      const tables = (await workbench.database.sql('SHOW TABLES')).flatMap((row) => Object.values(row)).map(String);
      for (const table of tables) {
        const privileges = table === 'order_sync_schema' ? 'SELECT' : 'SELECT, INSERT, UPDATE, DELETE';
        await run(`GRANT ${privileges} ON ${database()}.${table} TO ${account}`);
      }
    },
    mayNot: (privilege, table) => run(`REVOKE ${privilege} ON ${database()}.${table} FROM ${account}`),
    dropRole: () => run(`DROP USER ${account}`),
  };
}
