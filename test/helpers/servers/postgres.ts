import { execFile, execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePorts } from '../../../scripts/setup/free-ports.mjs';
import { requireInstalled } from './installed.ts';
import { type PrivateServer, serverFolder, startPrivateServer } from './private-server.ts';

/**
 * Starts a private PostgreSQL: user root, no password, database test. It takes 1 to 3 s. Commits survive `kill`, but not a
 * power cut, as it does not wait for the disk.
 *
 * @param settings of postgresql.conf, such as `{ lock_timeout: '1s' }`
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PrivateServer> {
  const binaries = requireInstalled('postgres');
  const folder = serverFolder('postgres');
  const [port = 0] = await freePorts(1);
  const data = join(folder, 'data');
  const all = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    ...settings,
  };

  const initialise = asOrdinaryUser(folder, join(binaries, 'initdb'), [
    '-D',
    data,
    '-U',
    'root',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ]);
  await promisify(execFile)(initialise.program, initialise.args, { cwd: folder });

  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startPrivateServer({
    name: 'PostgreSQL',
    ...asOrdinaryUser(folder, join(binaries, 'postgres'), ['-D', data, ...options]),
    folder,
    url: `postgres://root@127.0.0.1:${port}/test`,
    port,
    stopSignal: 'SIGINT',
    isReady: () => query(port, 'SELECT 1'),
  });
  await query(port, 'CREATE DATABASE test');
  return server;
}

async function query(port: number, sql: string): Promise<true> {
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
    await client.query(sql);
    return true;
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root. `setpriv` execs the program, so signals reach it. */
function asOrdinaryUser(folder: string, program: string, args: string[]): { program: string; args: string[] } {
  if (process.getuid?.() !== 0) return { program, args };
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  chownSync(folder, id('-u'), id('-g'));
  return { program: 'setpriv', args: ['--reuid=nobody', `--regid=${id('-g')}`, '--clear-groups', program, ...args] };
}
