import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { requireInstalled } from '../helpers/servers/installed.ts';
import { type PrivateServer, serverFolder, startPrivateServer } from '../helpers/servers/private-server.ts';

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ENTRYPOINT = script('../../deploy/cluster/postgres-pair.sh');
/** The two servers of compose.cluster.yaml, on one port of two loopback addresses. */
const HOSTS = ['127.0.0.21', '127.0.0.22'] as const;

test('the first server becomes the primary, the second its standby; after a failover, the former primary only joins as a standby', async () => {
  const [port = 0] = await freePorts(1);
  await using primary = await start(HOSTS[0], HOSTS[1], port);
  await sql(primary, "CREATE TABLE orders (number text); INSERT INTO orders VALUES ('10086')");
  await using standby = await start(HOSTS[1], HOSTS[0], port);
  await expect.poll(() => sql(standby, 'SELECT number FROM orders').catch(() => [])).toEqual([{ number: '10086' }]);
  expect(await sql(standby, 'SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }]);

  await primary.kill();
  await sql(standby, 'SELECT pg_promote()');
  await expect(primary.start()).rejects.toThrow(`${HOSTS[1]} is the primary now`);
  await sql(standby, "INSERT INTO orders VALUES ('10087')");

  await primary.kill();
  rmSync(join(primary.folder, 'data'), { recursive: true });
  await primary.start();
  expect(await sql(primary, 'SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }]);
  await expect.poll(() => sql(primary, 'SELECT number FROM orders')).toHaveLength(2);

  // A standby comes back as what it was.
  await primary.stop();
  await primary.start();
  expect(await sql(primary, 'SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }]);
});

async function start(host: string, peer: string, port: number): Promise<PrivateServer> {
  const folder = serverFolder('postgres-pair');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  copyFileSync(script('postgres-image.sh'), join(bin, 'docker-entrypoint.sh'));
  copyFileSync(script('../../deploy/cluster/replication.sh'), join(bin, 'replication.sh'));
  copyFileSync(ENTRYPOINT, join(bin, 'postgres-pair.sh'));
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, id('-u'), id('-g'));
  const user = isRoot ? ['setpriv', '--reuid=nobody', `--regid=${id('-g')}`, '--clear-groups'] : [];
  const settings = [`listen_addresses=${host}`, 'unix_socket_directories=', 'fsync=off'].flatMap((line) => [
    '-c',
    line,
  ]);
  const [program = '', ...args] = [...user, 'bash', join(bin, 'postgres-pair.sh'), ...settings];
  const url = `postgres://order-sync:a-password@${host}:${port}/order_sync`;
  return startPrivateServer({
    name: `PostgreSQL on ${host}`,
    program,
    args,
    env: {
      PATH: `${bin}:${requireInstalled('postgres')}:${process.env['PATH']}`,
      PGDATA: join(folder, 'data'),
      PGPORT: String(port),
      INIT_SCRIPT: join(bin, 'replication.sh'),
      PEER: peer,
      POSTGRES_DB: 'order_sync',
      POSTGRES_USER: 'order-sync',
      POSTGRES_PASSWORD: 'a-password',
      REPLICATION_PASSWORD: 'another-password',
    },
    folder,
    url,
    port,
    stopSignal: 'SIGINT',
    isReady: async () => (await sql({ url }, 'SELECT 1')).length === 1,
  });
}

async function sql({ url }: Pick<PrivateServer, 'url'>, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A server that ends during the query must not end the test.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
