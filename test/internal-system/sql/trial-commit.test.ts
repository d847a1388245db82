import mysql from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { startMariadb } from '../../helpers/servers/mariadb.ts';
import { awaitAbsentStandby, query, startPostgres } from '../../helpers/servers/postgres.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases('check', (workbench) => {
  it('commits a row of its own, and touches no other', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([aSnapshot()]);
    const rows = () => workbench.database.sql(`SELECT walk FROM order_sync_reconciliation WHERE shop = '${shop}'`);
    expect(await rows()).toEqual([]);
    await system.check();
    await system.check();
    expect(await rows()).toEqual([{ walk: 'check' }]);
    expect(await system.writeOrders([aSnapshot()])).toEqual([{ outcome: 'unchanged', conflict: false }]);
  });
});

describeDatabases(
  'check on a server where a table is locked',
  (workbench) => {
    it('says which process has the lock, and leaves none waiting', async () => {
      const system = await workbench.open();
      const staff = await workbench.database.session();
      onTestFinished(() => staff.close());
      await staff.sql('BEGIN');
      await staff.sql('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
      const [row] = await staff.sql('SELECT pg_backend_pid() AS pid');
      expect(await system.check().catch((error: unknown) => error)).toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringContaining(`waits for a lock (relation) that process ${row?.['pid']} holds`),
        remedy: expect.stringContaining(`pg_terminate_backend(${row?.['pid']})`),
      });
      const blocked = `SELECT pid FROM pg_stat_activity WHERE ${row?.['pid']} = ANY(pg_blocking_pids(pid))`;
      await expect.poll(() => staff.sql(blocked)).toEqual([]);
    });
  },
  ['PostgreSQL'],
);

it('check on a PostgreSQL whose standby is away says so, and leaves no process waiting for it', async () => {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const system = await sqlSystem(server.url);
  onTestFinished(() => system.close());
  await system.open();
  await awaitAbsentStandby(server.port);
  expect(await system.check().catch((error: unknown) => error)).toMatchObject({
    reason: 'internal_system_unavailable',
    message: expect.stringMatching(/127\.0\.0\.1:\d+ did not finish a commit within 5 s: .*SyncRep.*'away'/),
    remedy: expect.stringContaining('synchronous_standby_names'),
  });
  const waiting = () => query(server.port, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  await expect.poll(waiting).toEqual([]);
});

it('check on a MariaDB whose replica is away says so, and leaves no process waiting for it', async () => {
  const server = await startMariadb({ 'log-bin': 'binlog', 'rpl-semi-sync-master-timeout': '600000' });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const system = await sqlSystem(server.url);
  onTestFinished(() => system.close());
  await system.open();
  const admin = await mysql.createConnection(server.url);
  onTestFinished(() => admin.end());
  await admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON');
  expect(await system.check().catch((error: unknown) => error)).toMatchObject({
    reason: 'internal_system_unavailable',
    message: expect.stringMatching(/127\.0\.0\.1:\d+ did not finish a commit within 5 s: .*semi-sync/),
    remedy: expect.stringContaining('rpl_semi_sync_master_enabled'),
  });
  const waiting = async () =>
    (await admin.query("SELECT id FROM information_schema.processlist WHERE state LIKE '%semi-sync%'"))[0];
  await expect.poll(waiting).toEqual([]);
});
