import type { PoolClient, QueryResult } from 'pg';
import { isInTime } from '../../async/deadline.ts';
import type { Row } from '../sql/columns.ts';
import { CommitHangs } from '../sql/commit-hangs.ts';
import { type Migrations, migrate, requireCurrentVersion, type SchemaAccess } from '../sql/migrate.ts';
import type { Server } from '../sql/renewed-pool.ts';
import { retryTransaction } from '../sql/retry-transaction.ts';
import type {
  KeyQuery,
  NewOrder,
  ServerOptions,
  SqlDatabase,
  SqlQuery,
  SqlTransaction,
  Trial,
} from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { lookUp } from './by-key.ts';
import { PostgresConnections } from './connections.ts';
import { asSetupError, asWriteError, lostRace, lostStatement } from './errors.ts';
import { findTables, type TablePlace } from './find-tables.ts';
import { insertNew, leftOut, newOrderRows } from './insert-new.ts';
import { postgresMigrations } from './schema.ts';
import { PostgresSearch } from './search.ts';
import { select } from './select.ts';
import type { Settings } from './settings.ts';
import { statement } from './statement.ts';
import { PostgresTransaction } from './transaction.ts';
import { findWait } from './waits.ts';

/** An arbitrary number: it keeps two daemons from migrating at once. */
const MIGRATION_LOCK = 7_200_117;

/**
 * What our transactions need to be set. That the server gave up waiting for its standby is said in a warning. Prepared statements
 * are planned anew each time: a plan made while the tables were empty reads them whole, and would keep doing so.
 */
const LIMITS = {
  statement_timeout: TIME_LIMITS_MS.statement,
  lock_timeout: TIME_LIMITS_MS.lock,
  idle_in_transaction_session_timeout: TIME_LIMITS_MS.idleInTransaction,
  client_min_messages: 'warning',
};
const PLANNED_ANEW = { plan_cache_mode: 'force_custom_plan', enable_seqscan: 'DEFAULT' };

/** For a statement that spends most of its time on planning and has one good plan: each row by its key. */
const PLANNED_ONCE = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' };

/** A planner without statistics would rather read a whole table for its first thousand rows. */
const SEARCHING = { ...PLANNED_ANEW, enable_seqscan: 'off', statement_timeout: TIME_LIMITS_MS.search };

type Planning = Readonly<Record<string, string | number>>;

/** Set for one transaction, so that it holds behind a connection pooler too. */
function begin({ synchronousCommit }: Settings, planning: Planning): string {
  const set = { ...LIMITS, synchronous_commit: synchronousCommit, ...planning };
  const settings = Object.entries(set).map(([name, value]) => `; SET LOCAL ${name} = ${value}`);
  return `BEGIN ISOLATION LEVEL READ COMMITTED${settings.join('')}`;
}

/** The same for a session, for a statement that is a transaction by itself. */
function setUpSession({ synchronousCommit }: Settings): string {
  const set = { ...LIMITS, synchronous_commit: synchronousCommit, ...PLANNED_ONCE };
  const settings = Object.entries(set).map(([name, value]) => `; SET ${name} = ${value}`);
  return `SET default_transaction_isolation = 'read committed'${settings.join('')}`;
}

/** The driver also takes `query_timeout` per query, which its types don't know. */
const migrationStep = (text: string) => ({ text, query_timeout: TIME_LIMITS_MS.migration });

export class Postgres implements SqlDatabase {
  readonly documentAsText = 'o.document::text';
  readonly clock = 'clock_timestamp()';
  /** So that one batch is on its way while the server works on the other. */
  readonly maxWrites = 2;
  readonly #connections: PostgresConnections;
  readonly #place: TablePlace;
  #tables: Tables | undefined;
  #insertNew = '';
  /** Whether to prepare statements: until it turns out that the connections do not keep them. */
  #prepares = true;
  /** Connections whose sessions are set up for `insertNew`. */
  readonly #sessions = new WeakSet<PoolClient>();

  /** @param options.schema where our tables are; undefined: wherever the search path leads */
  constructor({ schema, tablePrefix, ...options }: ServerOptions & { schema: string | undefined }) {
    this.#place = { schema, prefix: tablePrefix };
    this.#connections = new PostgresConnections(options);
  }

  get tables(): Tables {
    if (this.#tables === undefined) throw new TypeError('The internal system is used before it was opened.');
    return this.#tables;
  }

  get search(): PostgresSearch {
    return new PostgresSearch(this.tables, this.#place.prefix, {
      read: (query) => this.#read(query, SEARCHING),
      use: (work) =>
        this.#connections.use(async (client) => {
          // Nothing limits the time that an index takes.
          if (this.#sessions.delete(client)) await client.query('RESET ALL');
          return await work(client);
        }),
    });
  }

  async open(): Promise<void> {
    try {
      this.#tables = await this.#connections.use((client) => findTables(client, this.#place));
      this.#insertNew = insertNew(this.#tables);
      await migrate(this.#schema(), this.#migrations());
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return await this.#retried(() =>
      this.#commit((client, sent) => work(new PostgresTransaction(this.tables, client, sent, this.#prepares))),
    );
  }

  async insertNew(shop: string, orders: readonly NewOrder[], syncedAt: string): Promise<readonly string[]> {
    const values = [shop, newOrderRows(orders), syncedAt];
    const { rows } = await this.#retried(() => this.#commitOne(this.#insertNew, values));
    return leftOut(rows[0], orders);
  }

  async read(query: SqlQuery): Promise<Row[]> {
    return await this.#read(query, PLANNED_ANEW);
  }

  async lookUp(query: KeyQuery): Promise<Row[]> {
    try {
      return await this.#commit((client) => lookUp(client, this.tables, query));
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async check(probes: readonly string[], trial: Trial): Promise<void> {
    try {
      await requireCurrentVersion(this.#schema(), this.#migrations());
      await this.#tryCommit(probes, trial);
    } catch (error) {
      throw asSetupError(error);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #read(query: SqlQuery, planning: Planning): Promise<Row[]> {
    try {
      return await this.#commit((client) => select(client, query), planning);
    } catch (error) {
      throw asWriteError(error);
    }
  }

  async #tryCommit(probes: readonly string[], trial: Trial): Promise<void> {
    let pid = 0;
    const committed = this.#commit(async (client, sent) => {
      // Behind a pooler, the driver knows another one.
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      pid = rows[0]?.pid ?? 0;
      for (const probe of probes) await client.query(probe);
      await trial(new PostgresTransaction(this.tables, client, sent, false));
    });
    if (await isInTime(committed, TIME_LIMITS_MS.trial)) return;
    throw await this.#commit(async (client, _, server) => {
      const wait = await findWait(client, pid);
      await client.query('SELECT pg_cancel_backend($1)', [pid]);
      return new CommitHangs(`PostgreSQL at ${server.name}`, TIME_LIMITS_MS.trial, wait);
    });
  }

  #migrations(): Migrations {
    return postgresMigrations(this.tables, this.#place.prefix);
  }

  #schema(): SchemaAccess {
    const versionTable = this.tables.order_sync_schema;
    return {
      versionTable,
      version: () => this.#commit((client) => schemaVersion(client, versionTable)),
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

  async #retried<T>(commit: () => Promise<T>): Promise<T> {
    try {
      return await retryTransaction(
        commit,
        (error) => lostStatement(error) || lostRace(error, this.#place.prefix),
        (error) => {
          if (lostStatement(error)) this.#prepares = false;
        },
      );
    } catch (error) {
      throw asWriteError(error, this.#place.prefix);
    }
  }

  /** A transaction of one statement, with nothing around it where the session keeps its settings. */
  #commitOne(text: string, values: unknown[]): Promise<QueryResult<Row>> {
    return this.#connections.use(async (client, settings) => {
      const send = () => client.query<Row>(statement(text, values, this.#prepares));
      if (!settings.isDirect) return await inTransaction(client, begin(settings, PLANNED_ONCE), send);
      if (this.#sessions.has(client)) return await send();
      const [, result] = await Promise.all([client.query(setUpSession(settings)), send()]);
      this.#sessions.add(client);
      return result;
    });
  }

  /**
   * One transaction.
   *
   * @param work adds to `sent` whatever it does not await itself
   */
  #commit<T>(
    work: (client: PoolClient, sent: Promise<unknown>[], server: Server) => Promise<T>,
    planning: Planning = PLANNED_ANEW,
  ): Promise<T> {
    return this.#connections.use(async (client, settings, server) => {
      const begun = client.query(begin(settings, planning));
      // The first caller to await it gets its failure.
      begun.catch(() => undefined);
      const sent: Promise<unknown>[] = [begun];
      const result = await work(client, sent, server).catch(async (error: unknown) => {
        // What failed first is the cause; PostgreSQL then refuses everything else.
        await Promise.all(sent);
        throw error;
      });
      await commit(client, sent);
      return result;
    });
  }
}

/** Sends the COMMIT right behind the statement: nothing depends on its answer. */
async function inTransaction<T>(client: PoolClient, begin: string, send: () => Promise<T>): Promise<T> {
  const begun = client.query(begin);
  const result = send();
  await commit(client, [begun, result]);
  return await result;
}

/** @param sent what was sent before: all of it must have succeeded, and what failed first is the cause */
async function commit(client: PoolClient, sent: readonly Promise<unknown>[]): Promise<void> {
  const [{ command }] = await Promise.all([client.query('COMMIT'), ...sent]);
  // PostgreSQL's answer to the COMMIT of a failed transaction.
  if (command !== 'COMMIT') throw new Error(`expected COMMIT, PostgreSQL answered ${command}`);
}

async function schemaVersion(client: PoolClient, table: string): Promise<number> {
  const found = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table]);
  if (found.rows[0]?.found !== true) return 0;
  const { rows } = await client.query<{ version: number }>(`SELECT coalesce(max(version), 0) AS version FROM ${table}`);
  return rows[0]?.version ?? 0;
}
