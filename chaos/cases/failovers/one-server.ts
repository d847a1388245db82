import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDrained } from '../../scene/quiescence.ts';
import type { Scene } from '../../scene/scene.ts';
import type { DatabaseKind } from '../../servers/internal-database.ts';
import type { ChaosCase } from '../case.ts';

/** Another database takes the place of the one that the daemon is connected to, or only half of it is left. */
export const oneServerCases: readonly ChaosCase[] = [
  {
    id: 'D9',
    fault: 'database file moved away and back; then a backup moved over it, and what it lacks reconciled',
    // Reconciliation skips the last two minutes, as their events may be on the way: this shop's clock is ahead.
    scene: { shopAheadMs: 600_000 },
    play: async (scene) => {
      const { file } = scene.database;
      const backup = join(scene.folder, 'backup.db');
      await scene.progress(0.2);
      await scene.database.run(`VACUUM INTO '${backup}'`);
      renameSync(file, `${file}.away`);
      await scene.daemon.said('is gone');
      await sleep(3_000);
      renameSync(`${file}.away`, file);
      await scene.progress(1);
      await scene.until('everything published is settled', () => isDrained(scene));
      renameSync(backup, file);
      if (!(await scene.daemon.said('was replaced'))) throw new Error('the daemon ended');
      // The events of what it lacks were acked long ago.
      await reconciled(scene, '--since', '1h');
      // A refund does not move `updatedAt`.
      await scene.until('what was published is settled', () => isDrained(scene));
      await reconciled(scene, '--since', '1h', '--deep');
      scene.healed();
    },
  },
  {
    id: 'D10',
    fault: 'failover: every connection there is stays with a server that has become read-only',
    databases: ['postgres', 'mariadb'],
    play: async (scene) => {
      await scene.progress(0.3);
      for (const statement of READ_ONLY_FOR_THOSE_THERE_ARE[scene.database.kind]) await scene.database.run(statement);
      scene.healed();
    },
  },
  {
    id: 'D11',
    fault: "PostgreSQL's synchronous standby is away for 16 s: no commit that was given up still waits on the server",
    databases: ['postgres'],
    play: async (scene) => {
      await scene.progress(0.3);
      const { run } = scene.database;
      scene.defer(() => standbys(scene, ''));
      await standbys(scene, 'away');
      // The daemon gives up after 12 s.
      await sleep(16_000);
      const forgotten = await run(
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND state_change < now() - interval '14 s'",
      );
      await standbys(scene, '');
      scene.healed();
      if (forgotten.length > 0) throw new Error(`${forgotten.length} server processes still wait for the standby`);
    },
  },
];

async function reconciled(scene: Scene, ...options: string[]): Promise<void> {
  const status = await scene.startCommand('reconcile', ...options).exited;
  if (status !== 0) throw new Error(`order-sync reconcile ended with ${status}, expected 0`);
}

async function standbys({ database }: Scene, names: string): Promise<void> {
  await database.run(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await database.run('SELECT pg_reload_conf()');
}

/** One server plays both parts: its sessions from before refuse to write, as those of a demoted primary do. */
const READ_ONLY_FOR_THOSE_THERE_ARE: Readonly<Record<DatabaseKind, readonly string[]>> = {
  sqlite: [],
  postgres: [
    "CREATE TABLE chaos_demoted AS SELECT pid FROM pg_stat_activity WHERE application_name = 'order-sync'",
    `CREATE FUNCTION chaos_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF pg_backend_pid() IN (SELECT pid FROM chaos_demoted) THEN
         RAISE EXCEPTION 'cannot execute in a read-only transaction' USING ERRCODE = '25006';
       END IF; RETURN NULL; END $$`,
    'CREATE TRIGGER chaos_refused BEFORE INSERT OR UPDATE ON orders FOR EACH STATEMENT EXECUTE FUNCTION chaos_refuse()',
  ],
  mariadb: [
    "CREATE TABLE chaos_demoted AS SELECT id FROM information_schema.processlist WHERE user = 'chaos'",
    ...['INSERT', 'UPDATE'].map(
      (event) => `CREATE TRIGGER chaos_refused_${event} BEFORE ${event} ON orders FOR EACH ROW
        IF connection_id() IN (SELECT id FROM chaos_demoted) THEN
          SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1290, MESSAGE_TEXT = 'running with --read-only';
        END IF`,
    ),
  ],
};
