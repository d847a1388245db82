import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { freePorts } from '../../../scripts/setup/free-ports.mjs';
import { findProgram } from '../../../scripts/setup/system-packages.mjs';
import { requireInstalled } from './installed.ts';
import { type PrivateServer, serverFolder, startPrivateServer } from './private-server.ts';

/**
 * Starts a private MariaDB: user root, no password, database test. It takes 2 to 4 s.
 *
 * @param settings of the server, such as `{ 'innodb-lock-wait-timeout': '1' }`
 */
export async function startMariadb(settings: Readonly<Record<string, string>> = {}): Promise<PrivateServer> {
  const binaries = requireInstalled('mariadb');
  const folder = serverFolder('mariadb');
  const [port = 0] = await freePorts(1);
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = `--datadir=${join(folder, 'data')}`;

  const install = findProgram('mariadb-install-db') ?? 'mysql_install_db';
  const installOptions = ['--no-defaults', ...user, data, '--auth-root-authentication-method=normal', '--skip-test-db'];
  // Two at a time would delete each other's temporary tables in /tmp.
  await promisify(execFile)(install, [...installOptions, `--tmpdir=${folder}`], { cwd: folder });

  const all = { 'bind-address': '127.0.0.1', port: String(port), socket: join(folder, 'socket'), ...settings };
  const options = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const server = await startPrivateServer({
    name: 'MariaDB',
    program: join(binaries, 'mariadbd'),
    args: ['--no-defaults', ...user, data, ...options],
    folder,
    url: `mysql://root@127.0.0.1:${port}/test`,
    port,
    stopSignal: 'SIGTERM',
    isReady: () => query(port, 'SELECT 1'),
  });
  await query(port, 'CREATE DATABASE test CHARACTER SET utf8mb4');
  return server;
}

async function query(port: number, sql: string): Promise<true> {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 5000 });
  try {
    await connection.query(sql);
    return true;
  } finally {
    await connection.end();
  }
}
