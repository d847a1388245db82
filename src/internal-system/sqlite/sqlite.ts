import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ConfigError, SyncError } from '../../errors.ts';
import type { Notify } from '../internal-system.ts';
import { anyOf } from '../sql/any-of.ts';
import type { Row } from '../sql/columns.ts';
import { type Migrations, migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import type {
  Connected,
  KeyQuery,
  ServerOptions,
  SqlDatabase,
  SqlQuery,
  SqlTransaction,
  Trial,
} from '../sql/sql-database.ts';
import { prefixedTables, type Tables } from '../sql/tables.ts';
import { DatabaseFile } from './database-file.ts';
import { asSetupError, asWriteError, leadsNowhere, orderAppeared } from './errors.ts';
import { sqliteMigrations } from './schema.ts';
import { SqliteSearch } from './search.ts';
import { SqliteTransaction, sqliteValue } from './transaction.ts';

/** Orders are stored later than they were changed in the shop, by the time that their events waited. */
const EVENTS_WAIT_MS = 3_600_000;

type SqliteOptions = Pick<ServerOptions, 'tablePrefix' | 'notify' | 'connected'>;

/** The embedded database: one file, for daemons on one machine. */
export class Sqlite implements SqlDatabase {
  readonly documentAsText = 'o.document';
  readonly clock = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  /** The file has one writer at a time. */
  readonly maxWrites = 1;
  readonly tables: Tables;
  readonly search: SqliteSearch;
  readonly #migrations: Migrations;
  readonly #file: DatabaseFile;
  readonly #notify: Notify;
  readonly #connected: Connected;
  readonly #statements = new Map<string, StatementSync>();
  #database: DatabaseSync | undefined;
  #lastCall: Promise<unknown> = Promise.resolve();
  #idleWatch: NodeJS.Timeout | undefined;

  /**
   * @param path of the database file, relative to the working directory; its directory is created
   */
  constructor(path: string, { tablePrefix, notify, connected }: SqliteOptions) {
    this.tables = prefixedTables(tablePrefix);
    this.search = new SqliteSearch(this.tables, tablePrefix, (query) => this.read(query));
    this.#migrations = sqliteMigrations(this.tables, tablePrefix);
    this.#file = new DatabaseFile(path);
    this.#notify = notify;
    this.#connected = connected;
  }

  async open(): Promise<void> {
    await this.#enqueue(async () => {
      try {
        this.#close();
        this.#database = this.#file.open();
        configure(this.#database);
        await migrate(this.#schema(), this.#migrations);
        this.#file.remember();
        this.#connected(this.#file.path);
      } catch (error) {
        this.#close();
        throw asSetupError(error);
      }
    });
    // Beside a new file, other programs find the old one's log until we remove it.
    this.#idleWatch ??= setInterval(
      () => void this.#enqueue(() => this.#follow()).catch(() => undefined),
      1_000,
    ).unref();
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return await this.#enqueue(async () => {
      try {
        await this.#ensureInPlace();
        const run = () => this.#commit(() => work(this.#newTransaction()));
        const result = await retryTransaction(run, (error) => orderAppeared(error, this.tables.orders));
        if (this.#file.holdsCommits) return result;
        await this.#follow();
        throw unavailable(`The SQLite file ${this.#file.path} or its log was moved away in the middle of a commit.`);
      } catch (error) {
        throw this.#afterFailure(error);
      }
    });
  }

  async read({ sql, values }: SqlQuery): Promise<Row[]> {
    return await this.#enqueue(async () => {
      try {
        await this.#ensureInPlace();
        return this.#prepare(sql).all(...values.map(sqliteValue));
      } catch (error) {
        throw this.#afterFailure(error);
      }
    });
  }

  async lookUp(query: KeyQuery): Promise<Row[]> {
    return await this.read(anyOf(this.tables, query));
  }

  async check(probes: readonly string[], trial: Trial): Promise<void> {
    await this.#enqueue(async () => {
      try {
        await this.#ensureInPlace();
        await requireCurrentVersion(this.#schema(), this.#migrations);
        await this.#commit(async () => {
          for (const probe of probes) this.#prepare(probe).run();
          await trial(this.#newTransaction());
        });
      } catch (error) {
        throw asSetupError(error);
      }
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#idleWatch);
    await this.#enqueue(async () => this.#close());
  }

  /** Cheap, as it comes before each call; the rest is looked at once a second. */
  async #ensureInPlace(): Promise<void> {
    if (this.#database === undefined || !this.#file.isInPlace) await this.#follow();
  }

  /**
   * Makes sure that the open file is the one at the path. Another one is only taken if it is a database of ours, such as a
   * restored backup: the first start creates one, but from then on its absence is a fault.
   *
   * @throws SyncError `internal_system_unavailable`
   */
  async #follow(): Promise<void> {
    const { path } = this.#file;
    const change = this.#file.compare();
    if (change === 'same' && (this.#database !== undefined || !this.#file.isKnown)) return;
    if (change === 'gone') {
      throw unavailable(
        `The SQLite file ${path} is gone, deleted, moved or unmounted, since it was opened: put it back, or restart order-sync to begin an empty one.`,
      );
    }
    if (this.#database !== undefined) this.#file.leave(this.#database);
    this.#close();
    await this.#reopen();
    if (change === 'replaced') this.#notify('error', this.#replacedMessage());
    else if (change === 'damaged')
      this.#notify('warn', `${path}-wal or -shm was removed in use. Nothing was lost this time.`);
  }

  async #reopen(): Promise<void> {
    const { path } = this.#file;
    try {
      this.#database = this.#file.open();
      if ((await this.#schema().version()) === 0) {
        throw unavailable(
          `The SQLite file ${path} was replaced by one that is not order-sync's: put the right one there.`,
        );
      }
      configure(this.#database);
      await migrate(this.#schema(), this.#migrations);
      this.#file.remember();
      this.#connected(path);
    } catch (error) {
      this.#close();
      const failure = asSetupError(error);
      throw failure instanceof ConfigError ? unavailable(failure.message) : failure;
    }
  }

  #replacedMessage(): string {
    const row = this.#prepare(`SELECT max(updated_at) AS newest FROM ${this.tables.order_ledger}`).get();
    const newest = row?.['newest'];
    const since = typeof newest === 'string' ? `what was stored after ${newest} is` : 'all orders are';
    const from = typeof newest === 'string' ? new Date(Date.parse(newest) - EVENTS_WAIT_MS).toISOString() : '30d';
    return (
      `The SQLite file ${this.#file.path} was replaced while order-sync ran; from now on it writes to the new one. In there, ` +
      `${since} missing. To get it back: order-sync reconcile --since ${from}, then the same with --deep`
    );
  }

  #afterFailure(error: unknown): unknown {
    if (this.#file.isKnown && leadsNowhere(error)) this.#close();
    return asWriteError(error);
  }

  #close(): void {
    this.#statements.clear();
    if (this.#database?.isOpen === true) this.#database.close();
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

  #newTransaction(): SqliteTransaction {
    return new SqliteTransaction(this.tables, (sql) => this.#prepare(sql));
  }

  #schema(): SchemaAccess {
    const versionTable = this.tables.order_sync_schema;
    return {
      versionTable,
      version: async () => {
        const found = this.#prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(versionTable);
        if (found === undefined) return 0;
        const row = this.#prepare(`SELECT coalesce(max(version), 0) AS version FROM ${versionTable}`).get();
        return Number(row?.['version']);
      },
      exclusively: async (upgrade) => {
        // A migration may edit a table's definition, which the defensive mode of Node 25 and later forbids.
        this.#opened().enableDefensive?.(false);
        await this.#commit(() => upgrade(async (statement) => this.#opened().exec(statement)));
        this.#opened().enableDefensive?.(true);
      },
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

/** Readers don't wait for writers, and a commit is on disk before it is reported: events are acked on the strength of it. */
function configure(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
}

function unavailable(message: string): SyncError {
  return new SyncError('internal_system_unavailable', message);
}
