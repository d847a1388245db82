import { type Connection, createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
import { withTimeout } from '../../async/deadline.ts';
import { ConfigError, SyncError } from '../../errors.ts';
import type { Row } from '../sql/columns.ts';
import { migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import { parseServerUrl, type TlsMode } from '../sql/server-url.ts';
import type { SqlDatabase, SqlQuery, SqlTransaction } from '../sql/sql-database.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { WRITE_PROBES } from '../sql/write-probes.ts';
import { asSetupError, asWriteError, lostRace, serverAnswered } from './errors.ts';
import { MYSQL_MIGRATIONS, MYSQL_TABLE_COMMENT } from './schema.ts';
import { MysqlTransaction, type RunStatement } from './transaction.ts';

/**
 * Settings of every connection. READ COMMITTED: locks on rows, not on the gaps between them. `/*M!` is for MariaDB alone,
 * which can end statements and idle transactions on its own.
 */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION time_zone = '+00:00',
    sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    innodb_lock_wait_timeout = ${TIME_LIMITS_MS.lock / 1000},
    lock_wait_timeout = ${TIME_LIMITS_MS.lock / 1000}
    /*M!100300 , max_statement_time = ${TIME_LIMITS_MS.statement / 1000},
    idle_transaction_timeout = ${TIME_LIMITS_MS.idleInTransaction / 1000} */`,
];

/** Only MariaDB ends statements that change something. */
function maxStatementTime(ms: number): string {
  return `SET SESSION lock_wait_timeout = ${TIME_LIMITS_MS.lock / 1000} /*M!100300 , max_statement_time = ${ms / 1000} */`;
}

const OWN_TABLES = ['orders', 'order_lines', 'order_ledger', 'order_sync_schema', 'order_sync_reconciliation'];

/** One connection in use: how it runs statements, and the largest one that its server takes. */
interface Session {
  readonly run: RunStatement;
  /** One that may take minutes: it changes a large table. */
  readonly runSlowly: (sql: string) => Promise<void>;
  readonly maxPacketBytes: number;
}

export class Mysql implements SqlDatabase {
  readonly documentAsText = 'CAST(o.document AS CHAR CHARACTER SET utf8mb4)';
  /** So that one batch is on its way while the server works on the other. */
  readonly maxWrites = 2;
  readonly #pool: Pool;
  #closing: Promise<void> | undefined;
  /** The connections that are set up, with their `max_allowed_packet`. */
  readonly #ready = new Map<Connection, number>();

  /** @param url `mysql://user:password@host:port/database?sslmode=…` */
  constructor(url: string) {
    this.#pool = createPool(poolOptions(url));
  }

  async open(): Promise<void> {
    try {
      await migrate(this.#schema(), MYSQL_MIGRATIONS);
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    try {
      return await retryTransaction(
        () => this.#commit((session) => work(new MysqlTransaction(session.run, session.maxPacketBytes))),
        lostRace,
      );
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async read({ sql, values }: SqlQuery): Promise<Row[]> {
    try {
      return await this.#withSession(({ run }) => run(sql, values));
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async check(): Promise<void> {
    try {
      await requireCurrentVersion(this.#schema(), MYSQL_MIGRATIONS);
      await this.#commit(async ({ run }) => {
        for (const probe of WRITE_PROBES) await run(probe);
      });
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    // A dead peer must not keep the daemon from ending.
    await withTimeout(
      this.#closing.catch(() => undefined),
      TIME_LIMITS_MS.close,
      () => undefined,
    );
    for (const connection of this.#ready.keys()) connection.destroy();
  }

  #schema(): SchemaAccess {
    return {
      version: () => this.#withSession(({ run }) => schemaVersion(run)),
      exclusively: (upgrade) =>
        this.#withSession(({ run, runSlowly }) =>
          withMigrationLock(run, async () => {
            if ((await schemaVersion(run)) === 0) await refuseForeignTables(run);
            await upgrade(runSlowly);
          }),
        ),
    };
  }

  async #commit<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await this.#withSession(async (session) => {
      await session.run('START TRANSACTION');
      const result = await work(session);
      await session.run('COMMIT');
      return result;
    });
  }

  /**
   * Lends out a connection. After an error that the server reported (a lock wait timeout rolls back only one statement), the
   * transaction is rolled back and the connection kept; after any other (lost, silent), it is destroyed, and the server rolls
   * back on its own.
   */
  async #withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.#pool.getConnection();
    try {
      const result = await work(await this.#setUp(connection));
      connection.release();
      return result;
    } catch (error) {
      if (serverAnswered(error) && (await rolledBack(connection))) connection.release();
      else {
        this.#ready.delete(connection.connection);
        connection.destroy();
      }
      throw error;
    }
  }

  async #setUp(connection: PoolConnection): Promise<Session> {
    const run: RunStatement = (sql, values) => runStatement(connection, sql, values, TIME_LIMITS_MS.answer);
    const runSlowly = async (sql: string) => {
      await run(maxStatementTime(TIME_LIMITS_MS.migration));
      await runStatement(connection, sql, [], TIME_LIMITS_MS.migration);
      await run(maxStatementTime(TIME_LIMITS_MS.statement));
    };
    const known = this.#ready.get(connection.connection);
    if (known !== undefined) return { run, runSlowly, maxPacketBytes: known };
    const core = connection.connection;
    // A connection lost while idle is replaced at the next use; one lost in use fails that use.
    core.on('error', () => this.#ready.delete(core));
    core.on('end', () => this.#ready.delete(core));
    for (const statement of SESSION) await run(statement);
    const rows = await run('SELECT @@max_allowed_packet AS bytes');
    const maxPacketBytes = Number(rows[0]?.['bytes']);
    this.#ready.set(core, maxPacketBytes);
    return { run, runSlowly, maxPacketBytes };
  }
}

async function runStatement(
  connection: PoolConnection,
  sql: string,
  values: readonly unknown[] = [],
  timeout: number,
): Promise<Row[]> {
  const [rows] = await connection.query({ sql, timeout, ...(values.length === 0 ? {} : { values: [...values] }) });
  return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
}

async function rolledBack(connection: PoolConnection): Promise<boolean> {
  try {
    await runStatement(connection, 'ROLLBACK', [], TIME_LIMITS_MS.rollback);
    return true;
  } catch {
    return false;
  }
}

async function schemaVersion(run: RunStatement): Promise<number> {
  const found = await run('SHOW TABLES LIKE ?', ['order\\_sync\\_schema']);
  if (found.length === 0) return 0;
  const rows = await run('SELECT coalesce(max(version), 0) AS version FROM order_sync_schema');
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

async function refuseForeignTables(run: RunStatement): Promise<void> {
  const foreign = await run(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = database() AND table_name IN (?) AND table_comment <> ?`,
    [OWN_TABLES, MYSQL_TABLE_COMMENT],
  );
  if (foreign.length === 0) return;
  const names = foreign.map((row) => String(row['name'])).join(', ');
  throw new ConfigError([
    `The database of INTERNAL_SYSTEM_URL already has tables of these names: ${names}. Give order-sync a database of its own.`,
  ]);
}

function poolOptions(url: string): PoolOptions {
  const { host, port, user, password, database, tls } = parseServerUrl(url);
  return {
    ...(host.startsWith('/') ? { socketPath: host } : { host, port: port ?? 3306 }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database,
    ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: TIME_LIMITS_MS.connect,
    connectionLimit: 4,
    enableKeepAlive: true,
  };
}

function tlsOptions({ verify, ...files }: TlsMode): NonNullable<Exclude<PoolOptions['ssl'], string>> {
  return { rejectUnauthorized: verify !== 'none', verifyIdentity: verify === 'full', ...files };
}
