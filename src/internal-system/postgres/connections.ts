import { Pool, type PoolClient } from 'pg';
import { SyncError } from '../../errors.ts';
import type { Notify } from '../internal-system.ts';
import { movedLine } from '../sql/moved-line.ts';
import { RenewedPool, type Server } from '../sql/renewed-pool.ts';
import { failedAt } from '../sql/server-failures.ts';
import type { ServerOptions } from '../sql/sql-database.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { cancelOnServer } from './cancel.ts';
import { asWriteError, gaveNoAnswer, isUnavailable, refusesCredentials, serverAnswered } from './errors.ts';
import { type PostgresServer, postgresServers } from './server.ts';
import { readSettings, type Settings } from './settings.ts';

/** The driver also takes `query_timeout` per query, which its types don't know. */
const ROLLBACK = { text: 'ROLLBACK', query_timeout: TIME_LIMITS_MS.rollback };

/** The routine of the server that warns when it gave up waiting for its standby. Unlike the text, it is never translated. */
const GAVE_UP_ON_STANDBY = 'SyncRepWaitForLSN';

/** Connections to a PostgreSQL server that stay with no server which can't be written to, and leave nothing behind there. */
export class PostgresConnections {
  readonly #pool: RenewedPool<PostgresServer, Pool, PoolClient>;
  readonly #notify: Notify;
  readonly #settings = new WeakMap<PoolClient, Settings>();
  readonly #warnings = new Set<string>();
  readonly #lent = new Map<PoolClient, PostgresServer>();
  /** Those whose last commit may be on this server alone. */
  readonly #unreplicated = new WeakSet<PoolClient>();

  constructor({ url, currentUrl, notify, connected }: Omit<ServerOptions, 'tablePrefix'>) {
    this.#notify = notify;
    const driver = {
      serversOf: postgresServers,
      create: (server: PostgresServer) => this.#createPool(server),
      borrow: (pool: Pool) => pool.connect(),
      drop: (client: PoolClient) => client.release(true),
      keyOf: (client: PoolClient) => client,
      setUp: (client: PoolClient, server: PostgresServer) => this.#setUp(client, server),
      refusesCredentials,
      movedTo: (server: PostgresServer, from: PostgresServer | undefined, failures: readonly unknown[]) =>
        notify(
          ...movedLine(
            'PostgreSQL',
            server,
            from,
            failures.map((failure) => asWriteError(failure)),
          ),
        ),
    };
    this.#pool = new RenewedPool(url, currentUrl, driver, connected);
  }

  /**
   * Lends out a connection, which `work` leaves outside a transaction unless it throws. After an error that the server
   * reported, the transaction is rolled back and the connection kept. After any other (lost, silent), it is destroyed, and
   * the server rolls back on its own; if the server takes no writes at all, so are all others.
   */
  async use<T>(work: (client: PoolClient, settings: Settings, server: Server) => Promise<T>): Promise<T> {
    const { connection: client, server } = await this.#pool.borrow();
    this.#lent.set(client, server);
    try {
      const result = await work(client, this.#settingsOf(client), server);
      if (this.#unreplicated.delete(client)) throw unreplicated(server);
      client.release();
      return result;
    } catch (error) {
      failedAt(server.name, error);
      if (isUnavailable(error)) this.#pool.distrust(server);
      if (gaveNoAnswer(error)) await cancelOnServer(client, server.config);
      const isKept = serverAnswered(error) && !isUnavailable(error) && (await rolledBack(client));
      client.release(!isKept);
      throw error;
    } finally {
      this.#lent.delete(client);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await Promise.all([...this.#lent].map(([client, { config }]) => cancelOnServer(client, config)));
  }

  #createPool({ config }: PostgresServer): Pool {
    const pool = new Pool({ ...config, max: 4, idleTimeoutMillis: 30_000, allowExitOnIdle: true });
    // A connection lost while idle is replaced at the next use; one lost in use fails that use.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      client.on('notice', ({ routine }) => {
        if (routine === GAVE_UP_ON_STANDBY) this.#unreplicated.add(client);
      });
    });
    return pool;
  }

  async #setUp(client: PoolClient, server: PostgresServer): Promise<void> {
    const settings = await readSettings(client, server);
    this.#settings.set(client, settings);
    for (const warning of settings.warnings) {
      if (!this.#warnings.has(warning)) this.#notify('warn', warning);
      this.#warnings.add(warning);
    }
  }

  #settingsOf(client: PoolClient): Settings {
    const settings = this.#settings.get(client);
    if (settings === undefined) throw new TypeError('A connection is lent before it was set up.');
    return settings;
  }
}

/** Not acked, so the order is written again; that commit waits for the standby too. */
function unreplicated({ name }: PostgresServer): SyncError {
  return new SyncError(
    'internal_system_unavailable',
    `PostgreSQL at ${name} gave up waiting for its synchronous standby: the commit may be on this server alone.`,
  );
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query(ROLLBACK);
    return true;
  } catch {
    return false;
  }
}
