import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { ConfigError, SyncError } from '../../errors.ts';
import { RenewedPool } from '../sql/renewed-pool.ts';
import { parseServerUrl, serverName, type TlsMode } from '../sql/server-url.ts';
import type { Connected } from '../sql/sql-database.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { cancelOnServer, type ServerAddress } from './cancel.ts';
import { gaveNoAnswer, isUnavailable, refusesCredentials, serverAnswered } from './errors.ts';

/** The driver also takes `query_timeout` per query, which its types don't know. */
const ROLLBACK = { text: 'ROLLBACK', query_timeout: TIME_LIMITS_MS.rollback };

/** The routine of the server that warns when it gave up waiting for its standby. Unlike the text, it is never translated. */
const GAVE_UP_ON_STANDBY = 'SyncRepWaitForLSN';

/** Connections to a PostgreSQL server that stay with no server which can't be written to, and leave nothing behind there. */
export class PostgresConnections {
  readonly #pool: RenewedPool<Pool, PoolClient>;
  #config: ClientConfig & ServerAddress;
  readonly #connected: Connected;
  readonly #lent = new Set<PoolClient>();
  /** Those whose last commit may be on this server alone. */
  readonly #unreplicated = new WeakSet<PoolClient>();

  /**
   * @param url `postgres://user:password@host:port/database?sslmode=…&options=…`
   * @param currentUrl asked when the server refuses the credentials: they may have been rotated
   */
  constructor(url: string, currentUrl: () => string, connected: Connected) {
    this.#connected = connected;
    this.#config = clientConfig(url);
    this.#pool = new RenewedPool(url, currentUrl, {
      create: (current) => {
        this.#config = clientConfig(current);
        return this.#createPool();
      },
      borrow: (pool) => pool.connect(),
      drop: (client) => client.release(true),
      keyOf: (client) => client,
      refusesCredentials,
    });
  }

  /**
   * Lends out a connection, which `work` leaves outside a transaction unless it throws. After an error that the server
   * reported, the transaction is rolled back and the connection kept. After any other (lost, silent), it is destroyed, and
   * the server rolls back on its own; if the server takes no writes at all, so are all others.
   */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.borrow();
    this.#lent.add(client);
    try {
      const result = await work(client);
      if (this.#unreplicated.delete(client)) throw unreplicated();
      client.release();
      return result;
    } catch (error) {
      if (isUnavailable(error)) this.#pool.distrustAll();
      if (gaveNoAnswer(error)) await cancelOnServer(client, this.#config);
      const isKept = serverAnswered(error) && !isUnavailable(error) && (await rolledBack(client));
      client.release(!isKept);
      throw error;
    } finally {
      this.#lent.delete(client);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await Promise.all([...this.#lent].map((client) => cancelOnServer(client, this.#config)));
  }

  #createPool(): Pool {
    const config = this.#config;
    const pool = new Pool({ ...config, max: 4, idleTimeoutMillis: 30_000, allowExitOnIdle: true });
    // A connection lost while idle is replaced at the next use; one lost in use fails that use.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      this.#connected(serverName(config));
      client.on('error', () => undefined);
      client.on('notice', ({ routine }) => {
        if (routine === GAVE_UP_ON_STANDBY) this.#unreplicated.add(client);
      });
    });
    return pool;
  }
}

/** Not acked, so the order is written again; that commit waits for the standby too. */
function unreplicated(): SyncError {
  return new SyncError(
    'internal_system_unavailable',
    'PostgreSQL gave up waiting for its synchronous standby: the commit may be on this server alone.',
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

function clientConfig(url: string): ClientConfig & ServerAddress {
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
