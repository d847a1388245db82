import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ConfigError } from '../../errors.ts';
import type { Row } from '../sql/columns.ts';
import { migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import type { SqlDatabase, SqlQuery, SqlTransaction } from '../sql/sql-database.ts';
import { WRITE_PROBES } from '../sql/write-probes.ts';
import { asSetupError, asWriteError, orderAppeared } from './errors.ts';
import { SQLITE_MIGRATIONS } from './schema.ts';
import { SqliteTransaction, sqliteValue } from './transaction.ts';

/** Every call blocks the event loop: a lock held for longer than this is an outage. */
const BUSY_TIMEOUT_MS = 2_000;

/** The embedded database: one file, for daemons on one machine. */
export class Sqlite implements SqlDatabase {
  readonly documentAsText = 'o.document';
  /** The file has one writer at a time. */
  readonly maxWrites = 1;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();
  #database: DatabaseSync | undefined;
  #lastCall: Promise<unknown> = Promise.resolve();

  /** @param path of the database file, relative to the working directory; its directory is created */
  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<void> {
    await this.#enqueue(async () => {
      try {
        this.#close();
        this.#database = openFile(this.#path);
        await migrate(this.#schema(), SQLITE_MIGRATIONS);
      } catch (error) {
        this.#close();
        throw asSetupError(error);
      }
    });
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return await this.#enqueue(async () => {
      try {
        const run = () => this.#commit(() => work(new SqliteTransaction((sql) => this.#prepare(sql))));
        return await retryTransaction(run, orderAppeared);
      } catch (error) {
        throw asWriteError(error);
      }
    });
  }

  async read({ sql, values }: SqlQuery): Promise<Row[]> {
    return await this.#enqueue(async () => {
      try {
        return this.#prepare(sql).all(...values.map(sqliteValue));
      } catch (error) {
        throw asWriteError(error);
      }
    });
  }

  async check(): Promise<void> {
    await this.#enqueue(async () => {
      try {
        await requireCurrentVersion(this.#schema(), SQLITE_MIGRATIONS);
        await this.#commit(async () => {
          for (const probe of WRITE_PROBES) this.#prepare(probe).run();
        });
      } catch (error) {
        throw asSetupError(error);
      }
    });
  }

  async close(): Promise<void> {
    await this.#enqueue(async () => this.#close());
  }

  #close(): void {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  /** There is one connection: first come, first served, or a reader would see half a transaction. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const call = this.#lastCall.then(work);
    this.#lastCall = call.catch(() => undefined);
    return call;
  }

  /** IMMEDIATE takes the write lock before the first read, so that no one writes between read and write. */
  async #commit<T>(work: () => Promise<T>): Promise<T> {
    const database = this.#opened();
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = await work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #schema(): SchemaAccess {
    return {
      version: async () => {
        const found = this.#prepare("SELECT 1 FROM sqlite_schema WHERE name = 'order_sync_schema'").get();
        if (found === undefined) return 0;
        const row = this.#prepare('SELECT coalesce(max(version), 0) AS version FROM order_sync_schema').get();
        return Number(row?.['version']);
      },
      exclusively: (upgrade) => this.#commit(() => upgrade(async (statement) => this.#opened().exec(statement))),
    };
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#opened().prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #opened(): DatabaseSync {
    if (this.#database === undefined) throw new TypeError('The internal system is used before it was opened.');
    return this.#database;
  }
}

function openFile(path: string): DatabaseSync {
  if (path !== ':memory:') makeDirectory(dirname(path));
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Readers don't wait for writers, and a commit is on disk before it is reported: events are acked on the strength of it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError([
      `The directory ${directory} of the SQLite database can't be created (${code}): check the path in INTERNAL_SYSTEM_URL, and that this user may write there.`,
    ]);
  }
}
