import pg from 'pg';
import type { PostgresPair } from '../../test/helpers/servers/postgres-pair.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import { aName, DATABASE_PASSWORD, type InternalDatabase, QUERY_LIMIT_MS } from './internal-database.ts';

export async function openPostgres(server: PrivateServer): Promise<InternalDatabase> {
  const { name, run, close } = await createPostgresDatabase(server);
  return {
    kind: 'postgres',
    server,
    pair: undefined,
    standby: undefined,
    file: '',
    url: (port = server.port) => `postgres://root:${DATABASE_PASSWORD}@127.0.0.1:${port}/${name}`,
    run: (sql, limitMs) => run(server, sql, limitMs),
    [Symbol.asyncDispose]: close,
  };
}

/** `url` names the server first that is the primary now. */
export async function openPostgresPair(pair: PostgresPair): Promise<InternalDatabase> {
  const { name, run, close } = await createPostgresDatabase(pair.primary);
  await pair.caughtUp();
  const hosts = [pair.primary, pair.standby].map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    kind: 'postgres',
    get server() {
      return pair.primary;
    },
    pair,
    standby: { kind: 'postgres', run: (sql, limitMs) => run(pair.standby, sql, limitMs) },
    file: '',
    url: () => `postgres://root:${DATABASE_PASSWORD}@${hosts}/${name}`,
    run: (sql, limitMs) => run(pair.primary, sql, limitMs),
    [Symbol.asyncDispose]: close,
  };
}

/** A new one. Statements run on whichever server holds it. */
async function createPostgresDatabase(server: PrivateServer) {
  const name = aName();
  const admin = new pg.Pool({ connectionString: server.url, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const pools = new Map<PrivateServer, pg.Pool>();
  const poolOf = (of: PrivateServer) => {
    const known = pools.get(of);
    if (known !== undefined) return known;
    const connectionString = of.url.replace(/test$/, name);
    const pool = new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 2_000 });
    pool.on('error', () => undefined);
    pools.set(of, pool);
    return pool;
  };
  return {
    name,
    run: async (on: PrivateServer, sql: string, limitMs = QUERY_LIMIT_MS) => {
      const query = { text: sql, query_timeout: limitMs };
      return (await poolOf(on).query<Record<string, unknown>>(query)).rows;
    },
    close: async () => {
      for (const pool of pools.values()) await pool.end();
    },
  };
}
