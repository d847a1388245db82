/** A database's name may lead to another server at any time: connections this old are replaced. */
const MAX_AGE_MS = 300_000;

/** A pool, as its driver has it. */
export interface PoolAccess<Connection> {
  borrow(): Promise<Connection>;
  drop(connection: Connection): void;
  /** What stays the same however often the connection is borrowed. */
  keyOf(connection: Connection): object;
  /** Makes a new connection ready for use. */
  setUp(connection: Connection): Promise<void>;
}

/**
 * Which connections of a pool must not be used any more: old ones, and all those from before the server was found
 * unavailable. After a failover they lead to a server that answers, and takes no writes, for as long as they are kept.
 */
export class ConnectionAges {
  readonly #bornAt = new WeakMap<object, number>();
  #distrustedBefore = Number.NEGATIVE_INFINITY;

  distrustAll(): void {
    this.#distrustedBefore = performance.now();
  }

  /** Borrows until a connection is fresh. One that was never borrowed before is new, and is set up. */
  async borrowFresh<C>(pool: PoolAccess<C>): Promise<C> {
    for (;;) {
      const connection = await pool.borrow();
      const bornAt = this.#bornAt.get(pool.keyOf(connection)) ?? (await this.#setUp(connection, pool));
      if (bornAt >= this.#distrustedBefore && performance.now() - bornAt < MAX_AGE_MS) return connection;
      pool.drop(connection);
    }
  }

  async #setUp<C>(connection: C, pool: PoolAccess<C>): Promise<number> {
    const bornAt = performance.now();
    try {
      await pool.setUp(connection);
    } catch (error) {
      pool.drop(connection);
      throw error;
    }
    this.#bornAt.set(pool.keyOf(connection), bornAt);
    return bornAt;
  }
}
