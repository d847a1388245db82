/** A database's name may lead to another server at any time: connections this old are replaced. */
const MAX_AGE_MS = 300_000;

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

  /**
   * Borrows until a connection is fresh; one that was never borrowed before is new.
   *
   * @param keyOf what stays the same however often it is borrowed
   */
  async borrowFresh<C>(
    borrow: () => Promise<C>,
    drop: (connection: C) => void,
    keyOf: (connection: C) => object,
  ): Promise<C> {
    for (;;) {
      const connection = await borrow();
      const now = performance.now();
      const bornAt = this.#bornAt.get(keyOf(connection)) ?? now;
      this.#bornAt.set(keyOf(connection), bornAt);
      if (bornAt >= this.#distrustedBefore && now - bornAt < MAX_AGE_MS) return connection;
      drop(connection);
    }
  }
}
