import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy } from '../network/tcp-proxy.ts';
import { alterSystem, query, runTool, serveData, startPostgres } from './postgres.ts';
import { type PrivateServer, serverFolder } from './private-server.ts';

/** A PostgreSQL primary, and a hot standby that receives its log over a link which can be held. */
export interface PostgresPair extends AsyncDisposable {
  /** Takes writes. After `promote`, it is the former standby. */
  readonly primary: PrivateServer;
  /** Read-only, follows the primary. After `promote`, it is the former primary: as it was left, until `mend`. */
  readonly standby: PrivateServer;
  /** The link goes silent: from here on the standby lags. Neither side notices for a minute. */
  holdReplication(): void;
  /** What has piled up reaches the standby. */
  releaseReplication(): void;
  /** Whether commits wait for the standby: `synchronous_standby_names`. What they wait for is up to `synchronous_commit`. */
  setSynchronous(on: boolean): Promise<void>;
  /** Resolves when the standby shows all that is committed by now. */
  caughtUp(): Promise<void>;
  /** The standby becomes the primary, with what it has received. Stop or kill the old primary first: nothing fences it. */
  promote(): Promise<void>;
  /**
   * Whatever state they are in, both run again and the standby follows, asynchronously. One that had another history, or is
   * down, is copied anew, under the address it had: so an old primary comes back as a standby.
   */
  mend(): Promise<void>;
}

interface Member {
  readonly server: PrivateServer;
  /** What its standby connects to. */
  readonly link: TcpProxy;
}

const PATIENCE_MS = 20_000;

/** Starts both on loopback: user root, no password, database test. It takes 3 to 6 s. */
export async function startPostgresPair(): Promise<PostgresPair> {
  await using started = new AsyncDisposableStack();
  const member = async (server: PrivateServer): Promise<Member> => {
    started.use(server);
    return { server, link: started.use(await startTcpProxy({ port: server.port })) };
  };
  let primary = await member(await startPostgres());
  const folder = serverFolder('postgres-standby');
  await copyData(primary, folder);
  let standby = await member(await serveData(folder));
  const running = started.move();

  return {
    get primary() {
      return primary.server;
    },
    get standby() {
      return standby.server;
    },
    holdReplication: () => primary.link.freeze(),
    releaseReplication: () => primary.link.thaw(),
    setSynchronous: (on) => setSynchronous(primary, on),
    caughtUp: async () => {
      const [row] = await query(primary.server.port, 'SELECT pg_current_wal_flush_lsn() AS position');
      const replayed = `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['position'])}' AS yes`;
      await until('the standby has caught up', standby, replayed);
    },
    promote: async () => {
      await query(standby.server.port, 'SELECT pg_promote()');
      [primary, standby] = [standby, primary];
    },
    mend: async () => {
      primary.link.thaw();
      if (!(await answers(primary))) {
        await primary.server.kill();
        await primary.server.start();
      }
      await setSynchronous(primary, false);
      if (!(await isFollowing(standby))) {
        await standby.server.kill();
        await copyData(primary, standby.server.folder);
        await standby.server.start();
      }
      await until('the standby follows', standby, FOLLOWS);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** As a base backup that starts as a standby of this server. */
async function copyData({ link }: Member, folder: string): Promise<void> {
  const data = join(folder, 'data');
  await rm(data, { recursive: true, force: true });
  const source = `host=127.0.0.1 port=${link.port} user=root`;
  const options = ['--checkpoint=fast', '--wal-method=stream', '--no-sync', '--write-recovery-conf'];
  await runTool('pg_basebackup', ['-D', data, '-d', source, ...options], folder);
}

async function setSynchronous(primary: Member, on: boolean): Promise<void> {
  const { port } = primary.server;
  await alterSystem(port, `SET synchronous_standby_names = '${on ? '*' : ''}'`);
  const counts = "SELECT count(*) > 0 AS yes FROM pg_stat_replication WHERE sync_state = 'sync'";
  if (on) await until('commits wait for the standby', primary, counts);
}

/** The link hides from a standby that its primary is gone, but not from the query. */
const FOLLOWS = "SELECT count(*) > 0 AS yes FROM pg_stat_wal_receiver WHERE status = 'streaming'";

async function isFollowing({ server }: Member): Promise<boolean> {
  return (await query(server.port, FOLLOWS).catch(() => []))[0]?.['yes'] === true;
}

async function answers({ server }: Member): Promise<boolean> {
  return query(server.port, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** @param sql its one row says `yes` */
async function until(what: string, { server }: Member, sql: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await query(server.port, sql))[0]?.['yes'] !== true) {
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE_MS} ms in vain until ${what}.`);
    await pause(20);
  }
}
