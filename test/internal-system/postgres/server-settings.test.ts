import { expect, it } from 'vitest';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases(
  'a PostgreSQL server',
  (workbench) => {
    it.each([
      ['off', 'on'],
      ['local', 'local'],
    ])('that defaults to synchronous_commit %s commits our writes with %s', async (setting, expected) => {
      const url = `${workbench.database.url}%20-csynchronous_commit%3D${setting}`;
      const system = await sqlSystem(url, uniqueName());
      try {
        await system.open();
        await workbench.database.sql('CREATE TABLE seen (setting text)');
        await workbench.database.sql(
          `CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN new; END $$`,
        );
        await workbench.database.sql('CREATE TRIGGER see AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION see()');
        await system.writeOrders([aSnapshot()]);
        expect(await workbench.database.sql('SELECT setting FROM seen')).toEqual([{ setting: expected }]);
      } finally {
        await system.close();
        await workbench.database.sql('DROP TRIGGER see ON orders');
        await workbench.database.sql('DROP FUNCTION see');
        await workbench.database.sql('DROP TABLE seen');
      }
    });
  },
  ['PostgreSQL'],
);
