import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { sqlSystem } from './sql-system.ts';

/** The servers that the tests use by default, and the variables that name others. */
const POSTGRES_URL = process.env['TEST_POSTGRES_URL'] ?? 'postgres://root@127.0.0.1:5432/test';
const MYSQL_URL = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';

type Row = Record<string, unknown>;

/** A connection that staff opened. */
export interface StaffSession {
  /** Runs one statement. */
  sql(statement: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database, or a schema, that starts empty and is dropped at the end. */
export interface TestDatabase extends StaffSession {
  readonly url: string;
  session(): Promise<StaffSession>;
  drop(): Promise<void>;
}

export type DatabaseKind = 'SQLite' | 'PostgreSQL' | 'MySQL';

interface Server {
  readonly kind: DatabaseKind;
  create(): Promise<TestDatabase>;
}

const SERVERS: readonly Server[] = [
  { kind: 'SQLite', create: createSqlite },
  { kind: 'PostgreSQL', create: createPostgres },
  { kind: 'MySQL', create: createMysql },
];

/** What a suite works with: one database for all its tests, and systems that are closed after it. */
export interface Workbench {
  readonly kind: DatabaseKind;
  readonly database: TestDatabase;
  /** An open system, for a shop of its own unless one is named. @param mapping the path of a module */
  open(shop?: string, mapping?: string): Promise<SqlInternalSystem>;
}

/**
 * One suite per kind of database. A server that does not answer fails the suite on CI and is a visible skip elsewhere.
 */
export function describeDatabases(
  title: string,
  suite: (workbench: Workbench) => void,
  kinds: readonly DatabaseKind[] = ['SQLite', 'PostgreSQL', 'MySQL'],
): void {
  for (const server of SERVERS.filter(({ kind }) => kinds.includes(kind))) describeDatabase(title, server, suite);
}

function describeDatabase(title: string, server: Server, suite: (workbench: Workbench) => void): void {
  const absent = absentServers.get(server.kind);
  if (absent !== undefined) {
    it(`${title} (${absent})`, ({ skip }) => skip(absent));
    return;
  }
  describe(`${title} (${server.kind})`, () => {
    const systems: SqlInternalSystem[] = [];
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      database = await server.create();
    });
    afterAll(async () => {
      await Promise.all(systems.map((system) => system.close()));
      await database?.drop();
    });
    const workbench: Workbench = {
      kind: server.kind,
      get database() {
        if (database === undefined) throw new Error('The database exists only while tests run.');
        return database;
      },
      async open(shop = uniqueName(), mapping) {
        const system = await sqlSystem(workbench.database.url, shop, mapping === undefined ? {} : { mapping });
        systems.push(system);
        await system.open();
        return system;
      },
    };
    suite(workbench);
  });
}

export function uniqueName(): string {
  return `order_sync_${randomBytes(6).toString('hex')}`;
}

async function createSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'order-sync-'));
  const path = join(directory, 'internal.db');
  const staff = sqliteSession(path);
  return {
    url: `sqlite:${path}`,
    ...staff,
    session: async () => sqliteSession(path),
    async drop() {
      await staff.close();
      await rm(directory, { recursive: true });
    },
  };
}

function sqliteSession(path: string): StaffSession {
  const database = new DatabaseSync(path, { timeout: 2000 });
  return {
    sql: async (statement) => database.prepare(statement).all(),
    close: async () => database.close(),
  };
}

async function createPostgres(): Promise<TestDatabase> {
  const schema = uniqueName();
  const url = `${POSTGRES_URL}?options=-csearch_path%3D${schema}`;
  const staff = await postgresSession(url);
  await staff.sql(`CREATE SCHEMA ${schema}`);
  return {
    url,
    ...staff,
    session: () => postgresSession(url),
    async drop() {
      await staff.sql('SET client_min_messages = warning');
      await staff.sql(`DROP SCHEMA ${schema} CASCADE`);
      await staff.close();
    },
  };
}

async function postgresSession(url: string): Promise<StaffSession> {
  const client = new Client({ connectionString: url, application_name: 'staff', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  return {
    sql: async (statement) => (await client.query<Row>(statement)).rows,
    close: () => client.end(),
  };
}

async function createMysql(): Promise<TestDatabase> {
  const name = uniqueName();
  const url = new URL(MYSQL_URL);
  const server = await mysqlSession(url.href);
  await server.sql(`CREATE DATABASE ${name}`);
  await server.sql(`USE ${name}`);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    ...server,
    session: () => mysqlSession(url.href),
    async drop() {
      await server.sql(`DROP DATABASE ${name}`);
      await server.close();
    },
  };
}

async function mysqlSession(uri: string): Promise<StaffSession> {
  const connection = await createConnection({ uri, timezone: 'Z', charset: 'utf8mb4', connectTimeout: 5000 });
  connection.on('error', () => undefined);
  return {
    async sql(statement) {
      const [rows] = await connection.query(statement);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    close: () => connection.end(),
  };
}

/** Why a server can't be used, by kind. */
const absentServers = new Map(
  await Promise.all([
    absence('PostgreSQL', () => postgresSession(POSTGRES_URL)),
    absence('MySQL', () => mysqlSession(MYSQL_URL)),
  ]).then((found) => found.flatMap((entry) => (entry === undefined ? [] : [entry]))),
);

async function absence(
  kind: DatabaseKind,
  connect: () => Promise<StaffSession>,
): Promise<readonly [DatabaseKind, string] | undefined> {
  try {
    await (await connect()).close();
    return undefined;
  } catch (cause) {
    if (process.env['CI']) throw new Error(`${kind} does not answer, and CI needs it`, { cause });
    return [kind, `${kind} does not answer, at TEST_${kind.toUpperCase()}_URL or else on this machine`];
  }
}
