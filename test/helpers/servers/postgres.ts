import { execFile, execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePorts } from '../../../scripts/setup/free-ports.mjs';
import { requireInstalled } from './installed.ts';
import { type PrivateServer, serverFolder, startPrivateServer } from './private-server.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * Starts a private PostgreSQL: user root, no password, database test. It takes 1 to 3 s. Commits survive `kill`, but not a
 * power cut, as it does not wait for the disk.
 *
 * @param settings of postgresql.conf, such as `{ lock_timeout: '1s' }`
 */
export async function startPostgres(settings: Settings = {}): Promise<PrivateServer> {
  const folder = serverFolder('postgres');
  const options = ['-U', 'root', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await runTool('initdb', ['-D', join(folder, 'data'), ...options], folder);
  const server = await serveData(folder, settings);
  await query(server.port, 'CREATE DATABASE test');
  return server;
}

/** Starts a server on what lies in the folder `data` there. */
export async function serveData(folder: string, settings: Settings = {}): Promise<PrivateServer> {
  const [port = 0] = await freePorts(1);
  const all = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    ...settings,
  };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return await startPrivateServer({
    name: 'PostgreSQL',
    ...asOrdinaryUser(folder, 'postgres', ['-D', join(folder, 'data'), ...options]),
    folder,
    url: `postgres://root@127.0.0.1:${port}/test`,
    port,
    stopSignal: 'SIGINT',
    isReady: async () => (await query(port, 'SELECT 1')).length === 1,
  });
}

/** Runs one of PostgreSQL's programs to its end, as the user that owns the folder and that the server runs as. */
export async function runTool(name: string, args: readonly string[], folder: string): Promise<void> {
  const { program, args: all } = asOrdinaryUser(folder, name, args);
  await promisify(execFile)(program, all, { cwd: folder });
}

/** Runs one statement, on a connection of its own to the database `postgres`. @returns rows */
export async function query(port: number, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'root',
    database: 'postgres',
    connectionTimeoutMillis: 5000,
  });
  // A server that ends during the query must not end the test.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Changes settings, such as `SET ssl = on`. */
export async function alterSystem(port: number, ...changes: readonly string[]): Promise<void> {
  for (const change of changes) await query(port, `ALTER SYSTEM ${change}`);
  await reloadConfig(port);
}

/** Resolves once new sessions have the changes, and those that exist are told. */
export async function reloadConfig(port: number): Promise<void> {
  const loadedAt = async () => String((await query(port, 'SELECT pg_conf_load_time()::text AS at'))[0]?.['at']);
  const before = await loadedAt();
  await query(port, 'SELECT pg_reload_conf()');
  while ((await loadedAt()) === before);
}

/** From now on, every commit waits for a standby that is away. Commits learn of it from another process, a moment later. */
export async function awaitAbsentStandby(port: number): Promise<void> {
  await alterSystem(port, "SET synchronous_standby_names = 'away'");
  while (!(await commitWaits(port)));
}

/** Whether a commit waits for a standby; it is told not to. */
async function commitWaits(port: number): Promise<boolean> {
  let isOver = false;
  const commit = query(port, "SELECT pg_logical_emit_message(true, 'probe', '')").finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const [waiting] = await query(
      port,
      "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%probe%'",
    );
    if (waiting === undefined) continue;
    await query(port, `SELECT pg_cancel_backend(${waiting['pid']})`);
    await commit;
    return true;
  }
  await commit;
  return false;
}

/** PostgreSQL refuses to run as root. `setpriv` execs the program, so signals reach it. */
function asOrdinaryUser(folder: string, name: string, args: readonly string[]): { program: string; args: string[] } {
  const program = join(requireInstalled('postgres'), name);
  if (process.getuid?.() !== 0) return { program, args: [...args] };
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  chownSync(folder, id('-u'), id('-g'));
  return { program: 'setpriv', args: ['--reuid=nobody', `--regid=${id('-g')}`, '--clear-groups', program, ...args] };
}
