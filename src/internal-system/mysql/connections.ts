import { type Connection, createConnection, createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { withTimeout } from '../../async/deadline.ts';
import type { Notify } from '../internal-system.ts';
import type { Row } from '../sql/columns.ts';
import { movedLine } from '../sql/moved-line.ts';
import { RenewedPool, type Server } from '../sql/renewed-pool.ts';
import { failedAt } from '../sql/server-failures.ts';
import type { ServerOptions } from '../sql/sql-database.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { asWriteError, gaveNoAnswer, isUnavailable, refusesCredentials, serverAnswered } from './errors.ts';
import { type MysqlServer, mysqlServers } from './server.ts';
import { readSettings } from './settings.ts';
import type { RunStatement } from './transaction.ts';

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

/** One connection in use: how it runs statements, and the largest one that its server takes. */
export interface Session {
  readonly run: RunStatement;
  /** One statement that may take minutes, as it changes a large table. */
  readonly runSlowly: (sql: string) => Promise<void>;
  readonly maxPacketBytes: number;
  readonly server: Server;
}

/** Connections to a MySQL server that stay with no server which can't be written to, and leave nothing behind there. */
export class MysqlConnections {
  readonly #pool: RenewedPool<MysqlServer, Pool, PoolConnection>;
  readonly #notify: Notify;
  readonly #warnings = new Set<string>();
  readonly #lent = new Map<PoolConnection, MysqlServer>();
  /** The connections that are set up, with their `max_allowed_packet`. */
  readonly #ready = new Map<Connection, number>();

  constructor({ url, currentUrl, notify, connected }: Omit<ServerOptions, 'tablePrefix'>) {
    this.#notify = notify;
    const driver = {
      serversOf: mysqlServers,
      create: ({ options }: MysqlServer) => createPool(options),
      borrow: (pool: Pool) => pool.getConnection(),
      drop: (connection: PoolConnection) => this.#drop(connection),
      keyOf: ({ connection }: PoolConnection) => connection,
      setUp: (connection: PoolConnection, server: MysqlServer) => this.#setUp(connection, server),
      refusesCredentials,
      movedTo: (server: MysqlServer, from: MysqlServer | undefined, failures: readonly unknown[]) =>
        notify(...movedLine('the MySQL server', server, from, failures.map(asWriteError))),
    };
    this.#pool = new RenewedPool(url, currentUrl, driver, connected);
  }

  /**
   * Lends out a connection. After an error that the server reported (a lock wait timeout rolls back only one statement), the
   * transaction is rolled back and the connection kept. After any other (lost, silent), it is destroyed, and the server rolls
   * back on its own; if the server takes no writes at all, so are all others.
   */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { connection, server } = await this.#pool.borrow();
    this.#lent.set(connection, server);
    try {
      const result = await work(this.#sessionOf(connection, server));
      connection.release();
      return result;
    } catch (error) {
      failedAt(server.name, error);
      if (isUnavailable(error)) this.#pool.distrust(server);
      if (gaveNoAnswer(error)) await killOnServer(connection, server);
      if (serverAnswered(error) && !isUnavailable(error) && (await rolledBack(connection))) connection.release();
      else this.#drop(connection);
      throw error;
    } finally {
      this.#lent.delete(connection);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await Promise.all([...this.#lent].map(([connection, server]) => killOnServer(connection, server)));
    for (const connection of this.#ready.keys()) connection.destroy();
  }

  #drop(connection: PoolConnection): void {
    this.#ready.delete(connection.connection);
    connection.destroy();
  }

  async #setUp(connection: PoolConnection, server: MysqlServer): Promise<void> {
    const core = connection.connection;
    // A connection lost while idle is replaced at the next use; one lost in use fails that use.
    core.on('error', () => this.#ready.delete(core));
    core.on('end', () => this.#ready.delete(core));
    const run: RunStatement = (sql, values) => runStatement(connection, sql, values, TIME_LIMITS_MS.connect);
    for (const statement of SESSION) await run(statement);
    const { maxPacketBytes, warnings } = await readSettings(run, server);
    this.#ready.set(core, maxPacketBytes);
    for (const warning of warnings) {
      if (!this.#warnings.has(warning)) this.#notify('warn', warning);
      this.#warnings.add(warning);
    }
  }

  #sessionOf(connection: PoolConnection, server: Server): Session {
    const run: RunStatement = (sql, values) => runStatement(connection, sql, values, TIME_LIMITS_MS.answer);
    const runSlowly = async (sql: string) => {
      await run(maxStatementTime(TIME_LIMITS_MS.migration));
      await runStatement(connection, sql, [], TIME_LIMITS_MS.migration);
      await run(maxStatementTime(TIME_LIMITS_MS.statement));
    };
    return { run, runSlowly, maxPacketBytes: this.#ready.get(connection.connection) ?? 0, server };
  }
}

/**
 * Ends the server's side of a connection that gave no answer. Dropping it is not enough: a COMMIT that waits for a replica does
 * not notice. Never rejects, as the server may be away.
 */
async function killOnServer({ threadId }: PoolConnection, { options }: MysqlServer): Promise<void> {
  try {
    const bystander = await createConnection({ ...options, connectTimeout: TIME_LIMITS_MS.cancel });
    await answerOf(bystander, `KILL ${threadId}`, [], TIME_LIMITS_MS.cancel).catch(() => undefined);
    bystander.destroy();
  } catch {
    // Then the server is away, and so is its side of the connection.
  }
}

async function runStatement(
  connection: PoolConnection,
  sql: string,
  values: readonly unknown[] = [],
  timeoutMs: number,
): Promise<Row[]> {
  const rows = await answerOf(connection, sql, values, timeoutMs);
  return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
}

/** The driver's own time limit would outlive a connection that is lost in the meantime, and keep the process from ending. */
async function answerOf(
  connection: Connection,
  sql: string,
  values: readonly unknown[],
  timeoutMs: number,
): Promise<unknown> {
  const answered = connection.query({ sql, ...(values.length === 0 ? {} : { values: [...values] }) });
  const [answer] = await withTimeout(answered, timeoutMs, () => {
    throw Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
  });
  return answer;
}

async function rolledBack(connection: PoolConnection): Promise<boolean> {
  try {
    await runStatement(connection, 'ROLLBACK', [], TIME_LIMITS_MS.rollback);
    return true;
  } catch {
    return false;
  }
}
