import { isInTime } from '../../async/deadline.ts';
import { ConfigError, SyncError } from '../../errors.ts';
import { anyOf } from '../sql/any-of.ts';
import type { Row } from '../sql/columns.ts';
import { CommitHangs } from '../sql/commit-hangs.ts';
import { type Migrations, migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import type { KeyQuery, ServerOptions, SqlDatabase, SqlQuery, SqlTransaction, Trial } from '../sql/sql-database.ts';
import { prefixedTables, type Tables } from '../sql/tables.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { MysqlConnections, type Session } from './connections.ts';
import { asSetupError, asWriteError, isThereAlready, lostRace } from './errors.ts';
import { creates, MYSQL_TABLE_COMMENT, mysqlMigrations } from './schema.ts';
import { MysqlSearch } from './search.ts';
import { MysqlTransaction, type RunStatement } from './transaction.ts';
import { findWait } from './waits.ts';

export class Mysql implements SqlDatabase {
  readonly documentAsText = 'CAST(o.document AS CHAR CHARACTER SET utf8mb4)';
  readonly clock = 'utc_timestamp(3)';
  /** So that one batch is on its way while the server works on the other. */
  readonly maxWrites = 2;
  readonly tables: Tables;
  readonly search: MysqlSearch;
  readonly #migrations: Migrations;
  readonly #connections: MysqlConnections;

  constructor({ tablePrefix, ...options }: ServerOptions) {
    this.tables = prefixedTables(tablePrefix);
    this.#migrations = mysqlMigrations(this.tables);
    this.#connections = new MysqlConnections(options);
    const add = (statement: string) =>
      this.#connections.use(({ runSlowly }) => runSlowly(statement)).catch(unlessThere);
    this.search = new MysqlSearch(this.tables, { read: (query) => this.read(query), add });
  }

  async open(): Promise<void> {
    try {
      await migrate(this.#schema(), this.#migrations);
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    try {
      return await retryTransaction(
        () => this.#commit((session) => work(new MysqlTransaction(this.tables, session.run, session.maxPacketBytes))),
        lostRace,
      );
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async read({ sql, values }: SqlQuery): Promise<Row[]> {
    try {
      return await this.#connections.use(({ run }) => run(sql, values));
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async lookUp(query: KeyQuery): Promise<Row[]> {
    return await this.read(anyOf(this.tables, query));
  }

  async check(probes: readonly string[], trial: Trial): Promise<void> {
    try {
      await requireCurrentVersion(this.#schema(), this.#migrations);
      await this.#tryCommit(probes, trial);
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #tryCommit(probes: readonly string[], trial: Trial): Promise<void> {
    let connectionId = 0;
    const committed = this.#commit(async (session) => {
      const rows = await session.run('SELECT connection_id() AS id');
      connectionId = Number(rows[0]?.['id']);
      for (const probe of probes) await session.run(probe);
      await trial(new MysqlTransaction(this.tables, session.run, session.maxPacketBytes));
    });
    if (await isInTime(committed, TIME_LIMITS_MS.trial)) return;
    throw await this.#connections.use(async ({ run, server }) => {
      const wait = await findWait(run, connectionId);
      await run(`KILL QUERY ${connectionId}`);
      return new CommitHangs(`The MySQL server at ${server.name}`, TIME_LIMITS_MS.trial, wait);
    });
  }

  #schema(): SchemaAccess {
    const versionTable = this.tables.order_sync_schema;
    return {
      versionTable,
      version: () => this.#connections.use(({ run }) => schemaVersion(run, versionTable)),
      exclusively: (upgrade) =>
        this.#connections.use(({ run, runSlowly }) =>
          withMigrationLock(run, async () => {
            await refuseForeignTables(run, this.#tablesSince(await schemaVersion(run, versionTable)));
            await upgrade(runSlowly);
          }),
        ),
    };
  }

  /** The tables that the migrations from this version on create. */
  #tablesSince(version: number): string[] {
    const statements = this.#migrations.slice(version).flat();
    return Object.values(this.tables).filter((table) => statements.some((statement) => creates(statement, table)));
  }

  async #commit<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await this.#connections.use(async (session) => {
      await session.run('START TRANSACTION');
      const result = await work(session);
      await session.run('COMMIT');
      return result;
    });
  }
}

/** What another daemon has added meanwhile is there as well. */
function unlessThere(error: unknown): void {
  if (!isThereAlready(error)) throw asWriteError(error);
}

async function schemaVersion(run: RunStatement, table: string): Promise<number> {
  const found = await run('SHOW TABLES LIKE ?', [table.replaceAll('_', '\\_')]);
  if (found.length === 0) return 0;
  const rows = await run(`SELECT coalesce(max(version), 0) AS version FROM ${table}`);
  return Number(rows[0]?.['version']);
}

/** One daemon at a time migrates this database: tables are committed one by one. */
async function withMigrationLock(run: RunStatement, work: () => Promise<void>): Promise<void> {
  const name = "concat('order-sync.', sha1(database()))";
  const seconds = TIME_LIMITS_MS.lock / 1000;
  const rows = await run(`SELECT GET_LOCK(${name}, ${seconds}) AS taken`);
  if (rows[0]?.['taken'] !== 1) {
    throw new SyncError(
      'internal_system_unavailable',
      `Another daemon has been migrating the tables for ${seconds} s.`,
    );
  }
  try {
    await work();
  } finally {
    await run(`SELECT RELEASE_LOCK(${name})`);
  }
}

async function refuseForeignTables(run: RunStatement, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const foreign = await run(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = database() AND table_name IN (?) AND table_comment <> ?`,
    [tables, MYSQL_TABLE_COMMENT],
  );
  if (foreign.length === 0) return;
  const names = foreign.map((row) => String(row['name'])).join(', ');
  throw new ConfigError([
    `The database of INTERNAL_SYSTEM_URL already has tables of these names: ${names}. Give order-sync a database of its own, or set INTERNAL_SYSTEM_TABLE_PREFIX.`,
  ]);
}
