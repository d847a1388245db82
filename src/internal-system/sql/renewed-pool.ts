import { withTimeout } from '../../async/deadline.ts';
import { ConnectionAges } from './connection-ages.ts';
import { failedAt, NoServerError } from './server-failures.ts';
import type { Connected } from './sql-database.ts';
import { TIME_LIMITS_MS } from './time-limits.ts';

/** One of the servers that a URL names. */
export interface Server {
  /** `host:port`, or the path of a socket. */
  readonly name: string;
}

/** What differs from driver to driver. */
export interface PoolDriver<S extends Server, Pool, Connection> {
  /** @param url of the servers, with credentials */
  serversOf(url: string): readonly [S, ...S[]];
  create(server: S): Pool;
  borrow(pool: Pool): Promise<Connection>;
  drop(connection: Connection): void;
  /** What stays the same however often the connection is borrowed. */
  keyOf(connection: Connection): object;
  /** Makes a new connection ready for use. @throws where its server takes no orders */
  setUp(connection: Connection, server: S): Promise<void>;
  refusesCredentials(error: unknown): boolean;
  /**
   * From now on, connections lead to this server.
   *
   * @param failures of the servers that were tried before it
   */
  movedTo(server: S, from: S | undefined, failures: readonly unknown[]): void;
}

/** A connection in use. */
export interface Lent<S extends Server, Connection> {
  readonly connection: Connection;
  readonly server: S;
}

/** A server, and the connections to it. */
interface Place<S extends Server, Pool> {
  readonly server: S;
  pool: Pool;
}

/**
 * Lends fresh connections only, all of them to one of several servers: the one that worked last, or else the next one that does.
 * The credentials are renewed when they were rotated.
 */
export class RenewedPool<S extends Server, Pool extends { end(): Promise<void> }, Connection> {
  readonly #driver: PoolDriver<S, Pool, Connection>;
  readonly #currentUrl: () => string;
  readonly #connected: Connected;
  readonly #ages = new ConnectionAges();
  #url: string;
  #places: readonly [Place<S, Pool>, ...Place<S, Pool>[]];
  /** Tried first. */
  #first: Place<S, Pool>;
  /** Lent the last connection. */
  #home: Place<S, Pool> | undefined;
  #closing: Promise<unknown> | undefined;

  /**
   * @param currentUrl asked when a server refuses the credentials: they may have been rotated
   * @param connected told of each new connection, once it is set up
   */
  constructor(url: string, currentUrl: () => string, driver: PoolDriver<S, Pool, Connection>, connected: Connected) {
    this.#driver = driver;
    this.#currentUrl = currentUrl;
    this.#connected = connected;
    this.#url = url;
    this.#places = this.#placesOf(url);
    [this.#first] = this.#places;
  }

  /** @throws the failure of the only server, or NoServerError with those of all; each is attributed to its server */
  async borrow(): Promise<Lent<S, Connection>> {
    const places = this.#places;
    const home = this.#home;
    const failures: unknown[] = [];
    for (const place of this.#inTurn()) {
      let connection: Connection;
      try {
        connection = await this.#borrowFrom(place);
      } catch (error) {
        // Another call may have renewed the credentials, which ends those that wait here.
        if (this.#places !== places) return await this.borrow();
        failedAt(place.server.name, error);
        failures.push(error);
        continue;
      }
      const isOvertaken = this.#places !== places || (this.#home !== home && this.#home !== place);
      if (!isOvertaken) return this.#lend(connection, place, failures);
      this.#driver.drop(connection);
      return await this.borrow();
    }
    if (failures.some((error) => this.#driver.refusesCredentials(error)) && this.#renew()) return await this.borrow();
    throw failures.length === 1 ? failures[0] : new NoServerError(failures);
  }

  /** From now on, no connection from before is lent, and every other server is tried before this one. */
  distrust(server: S): void {
    this.#ages.distrustAll();
    if (this.#first.server === server) this.#first = this.#inTurn()[1] ?? this.#first;
  }

  /** A dead peer does not keep it from ending. Never rejects. */
  async end(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#places.map(({ pool }) => pool.end()));
    await withTimeout(this.#closing, TIME_LIMITS_MS.close, () => undefined);
  }

  #placesOf(url: string): readonly [Place<S, Pool>, ...Place<S, Pool>[]] {
    const [first, ...others] = this.#driver.serversOf(url);
    const place = (server: S) => ({ server, pool: this.#driver.create(server) });
    return [place(first), ...others.map(place)];
  }

  #inTurn(): readonly Place<S, Pool>[] {
    const start = this.#places.indexOf(this.#first);
    return [...this.#places.slice(start), ...this.#places.slice(0, start)];
  }

  #borrowFrom({ server, pool }: Place<S, Pool>): Promise<Connection> {
    const driver = this.#driver;
    return this.#ages.borrowFresh<Connection>({
      borrow: () => driver.borrow(pool),
      drop: (connection) => driver.drop(connection),
      keyOf: (connection) => driver.keyOf(connection),
      setUp: async (connection) => {
        await driver.setUp(connection, server);
        this.#connected(server.name);
      },
    });
  }

  #lend(connection: Connection, place: Place<S, Pool>, failures: readonly unknown[]): Lent<S, Connection> {
    this.#first = place;
    if (this.#home !== place) {
      const left = this.#home;
      this.#home = place;
      if (left !== undefined) this.#leave(left);
      this.#driver.movedTo(place.server, left?.server, failures);
    }
    return { connection, server: place.server };
  }

  #leave(place: Place<S, Pool>): void {
    endQuietly(place.pool);
    place.pool = this.#driver.create(place.server);
  }

  /** @returns false when the credentials are still the same */
  #renew(): boolean {
    const url = this.#currentUrl();
    if (url === this.#url) return false;
    const replaced = this.#places;
    this.#places = this.#placesOf(url);
    this.#url = url;
    const same = (place: Place<S, Pool> | undefined) =>
      this.#places.find(({ server }) => server.name === place?.server.name);
    this.#first = same(this.#first) ?? this.#places[0];
    this.#home = same(this.#home);
    for (const { pool } of replaced) endQuietly(pool);
    return true;
  }
}

function endQuietly(pool: { end(): Promise<void> }): void {
  void pool.end().catch(() => undefined);
}
