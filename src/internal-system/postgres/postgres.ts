import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { withTimeout } from '../../async/deadline.ts';
import { ConfigError } from '../../errors.ts';
import type { Row } from '../sql/columns.ts';
import { migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import { parseServerUrl, type TlsMode } from '../sql/server-url.ts';
import type { NewOrder, SqlDatabase, SqlQuery, SqlTransaction } from '../sql/sql-database.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { WRITE_PROBES } from '../sql/write-probes.ts';
import { asSetupError, asWriteError, lostRace, lostStatement, serverAnswered } from './errors.ts';
import { POSTGRES_MIGRATIONS } from './schema.ts';
import { select } from './select.ts';
import { PostgresTransaction } from './transaction.ts';

/** An arbitrary number: it keeps two daemons from migrating at once. */
const MIGRATION_LOCK = 7_200_117;

/** Limits are set per transaction, not per session, so that they hold behind a connection pooler too. */
function beginWith(synchronousCommit: string): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL statement_timeout = ${TIME_LIMITS_MS.statement};
    SET LOCAL lock_timeout = ${TIME_LIMITS_MS.lock};
    SET LOCAL idle_in_transaction_session_timeout = ${TIME_LIMITS_MS.idleInTransaction};
    SET LOCAL synchronous_commit = ${synchronousCommit}`;
}

/**
 * Prepared statements are planned anew each time: a plan made while the tables were empty reads them whole, and would keep
 * doing so.
 */
const PLANNED_ANEW = 'SET LOCAL plan_cache_mode = force_custom_plan';

/** For a statement that spends most of its time on planning and has one good plan: each row by its key. */
const PLANNED_ONCE = 'SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off';

/** The driver also takes `query_timeout` per query, which its types don't know. */
const ROLLBACK = { text: 'ROLLBACK', query_timeout: TIME_LIMITS_MS.rollback };
const migrationStep = (text: string) => ({ text, query_timeout: TIME_LIMITS_MS.migration });

export class Postgres implements SqlDatabase {
  readonly documentAsText = 'o.document::text';
  /** So that one batch is on its way while the server works on the other. */
  readonly maxWrites = 2;
  readonly #pool: Pool;
  #closing: Promise<void> | undefined;
  #begin = beginWith('on');
  /** Whether to prepare statements: until it turns out that the connections do not keep them. */
  #prepares = true;

  /** @param url `postgres://user:password@host:port/database?sslmode=…&options=…` */
  constructor(url: string) {
    this.#pool = new Pool({
      ...clientConfig(url),
      max: 4,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    });
    // A connection lost while idle is replaced at the next use; one lost in use fails that use.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async open(): Promise<void> {
    try {
      await this.#readSettings();
      await migrate(this.#schema(), POSTGRES_MIGRATIONS);
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return await this.#write(work, PLANNED_ANEW);
  }

  async insertNew(shop: string, orders: readonly NewOrder[], syncedAt: string): Promise<ReadonlySet<string>> {
    const { inserted } = await this.#write(
      async (transaction) => transaction.insertNew(shop, orders, syncedAt),
      PLANNED_ONCE,
    );
    return new Set((await inserted).rows.map((row) => String(row['order_number'])));
  }

  async read(query: SqlQuery): Promise<Row[]> {
    try {
      return await this.#commit((client) => select(client, query));
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async check(): Promise<void> {
    try {
      await requireCurrentVersion(this.#schema(), POSTGRES_MIGRATIONS);
      await this.#commit(async (client) => {
        for (const probe of WRITE_PROBES) await client.query(probe);
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
  }

  /**
   * Overrides a server setting that reports commits before they are on disk: events are acked on the strength of a commit.
   * Every other setting stays.
   */
  async #readSettings(): Promise<void> {
    const sql = `SELECT current_setting('server_encoding') AS encoding, setting AS commits
                   FROM pg_settings WHERE name = 'synchronous_commit'`;
    const client = await this.#pool.connect();
    try {
      const [settings] = await select(client, { sql, values: [] });
      if (settings?.['encoding'] !== 'UTF8') {
        throw new ConfigError([
          `The PostgreSQL database has the encoding ${String(settings?.['encoding'])}, expected UTF8: create one with ENCODING 'UTF8'.`,
        ]);
      }
      this.#begin = beginWith(settings['commits'] === 'off' ? 'on' : String(settings['commits']));
    } finally {
      client.release();
    }
  }

  #schema(): SchemaAccess {
    return {
      version: () => this.#commit(schemaVersion),
      exclusively: (upgrade) =>
        this.#commit(async (client) => {
          await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
          await client.query(`SET LOCAL statement_timeout = ${TIME_LIMITS_MS.migration}`);
          await upgrade(async (text) => {
            await client.query(migrationStep(text));
          });
        }),
    };
  }

  async #write<T>(work: (transaction: PostgresTransaction) => Promise<T>, planning: string): Promise<T> {
    try {
      return await retryTransaction(
        () => this.#commit((client, sent) => work(new PostgresTransaction(client, sent, this.#prepares)), planning),
        (error) => lostStatement(error) || lostRace(error),
        (error) => {
          if (lostStatement(error)) this.#prepares = false;
        },
      );
    } catch (error) {
      throw asWriteError(error);
    }
  }

  /**
   * One transaction. After an error that the server reported, it is rolled back and the connection kept; after any other
   * (lost, silent), the connection is destroyed, and the server rolls back on its own.
   *
   * @param work adds to `sent` whatever it does not await itself
   */
  async #commit<T>(
    work: (client: PoolClient, sent: Promise<unknown>[]) => Promise<T>,
    planning = PLANNED_ANEW,
  ): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const begun = client.query(`${this.#begin}; ${planning}`);
      // The first caller to await it gets its failure.
      begun.catch(() => undefined);
      const sent: Promise<unknown>[] = [begun];
      const result = await work(client, sent);
      const [{ command }] = await Promise.all([client.query('COMMIT'), ...sent]);
      // PostgreSQL's answer to the COMMIT of a failed transaction.
      if (command !== 'COMMIT') throw new Error(`expected COMMIT, PostgreSQL answered ${command}`);
      client.release();
      return result;
    } catch (error) {
      client.release(!(serverAnswered(error) && (await rolledBack(client))));
      throw error;
    }
  }
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query(ROLLBACK);
    return true;
  } catch {
    return false;
  }
}

async function schemaVersion(client: PoolClient): Promise<number> {
  const found = await client.query<{ found: boolean }>("SELECT to_regclass('order_sync_schema') IS NOT NULL AS found");
  if (found.rows[0]?.found !== true) return 0;
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM order_sync_schema',
  );
  return rows[0]?.version ?? 0;
}

function clientConfig(url: string): ClientConfig {
  const { host, port, user, password, database, tls, options } = parseServerUrl(url, ['options']);
  return {
    host,
    port: port ?? 5432,
    database,
    ...(user === undefined ? {} : { user }),
    password: password ?? refuseMissingPassword,
    ...(options === undefined ? {} : { options }),
    ssl: tls === undefined ? false : tlsOptions(tls),
    application_name: 'order-sync',
    connectionTimeoutMillis: TIME_LIMITS_MS.connect,
    query_timeout: TIME_LIMITS_MS.answer,
    keepAlive: true,
    // Statements are sent without waiting for earlier answers, unless someone awaits one.
    pipeline: true,
  };
}

/** Only called when the server asks for a password. */
function refuseMissingPassword(): never {
  throw new ConfigError(['The PostgreSQL server asks for a password and INTERNAL_SYSTEM_URL has none.']);
}

function tlsOptions({ verify, ca, cert, key }: TlsMode): Exclude<ClientConfig['ssl'], undefined> {
  return {
    rejectUnauthorized: verify !== 'none',
    ...(verify === 'ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
