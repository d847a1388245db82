import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import {
  aName,
  DATABASE_PASSWORD,
  type DatabaseKind,
  type InternalDatabase,
  QUERY_LIMIT_MS,
} from './internal-database.ts';
import { openPostgres, openPostgresPair } from './postgres-databases.ts';
import type { Servers } from './servers.ts';

export interface DatabaseChoice {
  readonly database: DatabaseKind;
  readonly hasStandby?: boolean;
}

export async function openDatabase(
  { database: kind, hasStandby }: DatabaseChoice,
  servers: Servers,
  folder: string,
): Promise<InternalDatabase> {
  if (kind === 'sqlite') return openSqlite(folder);
  if (kind === 'postgres' && hasStandby) return openPostgresPair(await servers.postgresPair());
  return kind === 'postgres' ? openPostgres(await servers.postgres()) : openMariadb(await servers.mariadb());
}

function openSqlite(folder: string): InternalDatabase {
  const file = join(folder, 'internal.db');
  let connection: DatabaseSync | undefined;
  let inode = 0;
  return {
    kind: 'sqlite',
    server: undefined,
    pair: undefined,
    standby: undefined,
    file,
    url: () => `sqlite:${file}`,
    run: async (sql) => {
      // A case may move another file there.
      const found = statSync(file).ino;
      if (found !== inode) connection?.close();
      if (found !== inode) connection = undefined;
      inode = found;
      connection ??= new DatabaseSync(file, { timeout: 5_000 });
      return connection
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    },
    [Symbol.asyncDispose]: async () => connection?.close(),
  };
}

async function openMariadb(server: PrivateServer): Promise<InternalDatabase> {
  const name = aName();
  const admin = await mysql.createConnection(server.url);
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await admin.query(`CREATE USER IF NOT EXISTS chaos@'%' IDENTIFIED BY '${DATABASE_PASSWORD}'`);
  await admin.query(`CREATE USER IF NOT EXISTS chaos@localhost IDENTIFIED BY '${DATABASE_PASSWORD}'`);
  await admin.query(`GRANT ALL ON ${name}.* TO chaos@'%'`);
  await admin.query(`GRANT ALL ON ${name}.* TO chaos@localhost`);
  await admin.end();
  const pool = mysql.createPool({ uri: server.url.replace(/test$/, name), connectionLimit: 4, connectTimeout: 2_000 });
  return {
    kind: 'mariadb',
    server,
    pair: undefined,
    standby: undefined,
    file: '',
    url: (port = server.port) => `mysql://chaos:${DATABASE_PASSWORD}@127.0.0.1:${port}/${name}`,
    run: async (sql, limitMs = QUERY_LIMIT_MS) => {
      const [rows] = await pool.query({ sql, timeout: limitMs });
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
