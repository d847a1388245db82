import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import { BenchError } from '../bench-error.ts';
import { GRAND_TOTAL } from '../shop/order-template.ts';
import type { Orders } from './orders.ts';

/** The same servers as in the tests. */
const POSTGRES_URL = process.env['TEST_POSTGRES_URL'] ?? 'postgres://root@127.0.0.1:5432/test';
const MYSQL_URL = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';

export type DatabaseKind = 'PostgreSQL' | 'MariaDB' | 'SQLite';

type Sql = (statement: string) => Promise<Record<string, unknown>[]>;

interface Place {
  readonly url: string;
  readonly sql: Sql;
  remove(): Promise<void>;
}

/** A new schema, database or file with order-sync's tables. Removed when disposed of. */
export class BenchDatabase {
  readonly kind: DatabaseKind;
  readonly url: string;
  readonly #place: Place;

  private constructor(kind: DatabaseKind, place: Place) {
    this.kind = kind;
    this.url = place.url;
    this.#place = place;
  }

  /** @throws BenchError when the server does not answer */
  static async create(kind: DatabaseKind, folder: string): Promise<BenchDatabase> {
    const place = await PLACES[kind](folder).catch((cause: unknown) => {
      throw new BenchError(`${kind} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
    const database = new BenchDatabase(kind, place);
    const system = await createInternalSystem({ url: place.url, shop: 'shop', env: {} });
    await system.open();
    // Those of the search, too: all contenders write into the same indexes.
    await system.prepareSearch?.((_, message) => {
      throw new BenchError(message);
    });
    await system.close?.();
    return database;
  }

  sql(statement: string): Promise<Record<string, unknown>[]> {
    return this.#place.sql(statement);
  }

  /** Orders of this run that are committed. */
  async countOrders(orders: Orders): Promise<number> {
    return await this.#count(`orders WHERE ${isOf(orders)}`);
  }

  /** Orders of this run whose row is right, and all their lines. */
  async stored(orders: Orders): Promise<{ orders: number; lines: number }> {
    const isRight = `status = 'paid' AND CAST(grand_total AS DECIMAL(20,2)) = ${GRAND_TOTAL}`;
    return {
      orders: await this.#count(`orders WHERE ${isOf(orders)} AND ${isRight}`),
      lines: await this.#count(`order_lines WHERE ${isOf(orders)}`),
    };
  }

  /** So that every run begins with an empty write-ahead log. */
  async settle(): Promise<void> {
    if (this.kind !== 'PostgreSQL') return;
    // Only a superuser may do this. Without it, runs vary a little more.
    await this.sql('CHECKPOINT').catch(() => undefined);
  }

  async version(): Promise<string> {
    const call = this.kind === 'SQLite' ? 'sqlite_version()' : 'version()';
    const [row] = await this.sql(`SELECT ${call} AS version`);
    const version = String(row?.['version']);
    return /^[\w ]*?(\d+\.\d+(?:\.\d+)?)/.exec(version)?.[1] ?? version;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place.remove();
  }

  async #count(rows: string): Promise<number> {
    const [row] = await this.sql(`SELECT count(*) AS n FROM ${rows}`);
    return Number(row?.['n']);
  }
}

function isOf({ prefix }: Orders): string {
  return `shop = 'shop' AND order_number >= '${prefix}' AND order_number < '${prefix}:'`;
}

const PLACES: Readonly<Record<DatabaseKind, (folder: string) => Promise<Place>>> = {
  PostgreSQL: postgres,
  MariaDB: mariadb,
  SQLite: sqlite,
};

async function postgres(): Promise<Place> {
  const schema = uniqueName();
  const url = `${POSTGRES_URL}?options=-csearch_path%3D${schema}`;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  const sql: Sql = async (statement) => (await client.query<Record<string, unknown>>(statement)).rows;
  await sql(`CREATE SCHEMA ${schema}`);
  return {
    url,
    sql,
    async remove() {
      await sql('SET client_min_messages = warning');
      await sql(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
    },
  };
}

async function mariadb(): Promise<Place> {
  const name = uniqueName();
  const url = new URL(MYSQL_URL);
  const connection = await createConnection({ uri: url.href, connectTimeout: 5000 });
  connection.on('error', () => undefined);
  const sql: Sql = async (statement) => {
    const [rows] = await connection.query(statement);
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
  };
  await sql(`CREATE DATABASE ${name}`);
  await sql(`USE ${name}`);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    sql,
    async remove() {
      await sql(`DROP DATABASE ${name}`);
      await connection.end();
    },
  };
}

async function sqlite(folder: string): Promise<Place> {
  const path = join(folder, `${uniqueName()}.db`);
  const database = new DatabaseSync(path, { timeout: 5000 });
  return {
    url: `sqlite:${path}`,
    sql: async (statement) => database.prepare(statement).all(),
    async remove() {
      database.close();
      for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
    },
  };
}

function uniqueName(): string {
  return `order_sync_bench_${randomBytes(5).toString('hex')}`;
}
