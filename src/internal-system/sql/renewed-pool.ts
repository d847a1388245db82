import { withTimeout } from '../../async/deadline.ts';
import { ConnectionAges } from './connection-ages.ts';
import { TIME_LIMITS_MS } from './time-limits.ts';

/** What differs from driver to driver. */
export interface PoolDriver<Pool, Connection> {
  /** @param url of the server, with credentials */
  readonly create: (url: string) => Pool;
  readonly borrow: (pool: Pool) => Promise<Connection>;
  readonly drop: (connection: Connection) => void;
  /** What stays the same however often the connection is borrowed. */
  readonly keyOf: (connection: Connection) => object;
  readonly refusesCredentials: (error: unknown) => boolean;
}

/** A pool that lends fresh connections only, and is replaced when its credentials were rotated. */
export class RenewedPool<Pool extends { end(): Promise<void> }, Connection> {
  readonly #driver: PoolDriver<Pool, Connection>;
  readonly #currentUrl: () => string;
  readonly #ages = new ConnectionAges();
  #url: string;
  #pool: Pool;
  #closing: Promise<void> | undefined;

  /** @param currentUrl asked when the server refuses the credentials: they may have been rotated */
  constructor(url: string, currentUrl: () => string, driver: PoolDriver<Pool, Connection>) {
    this.#driver = driver;
    this.#currentUrl = currentUrl;
    this.#url = url;
    this.#pool = driver.create(url);
  }

  async borrow(): Promise<Connection> {
    const pool = this.#pool;
    try {
      return await this.#borrowFrom(pool);
    } catch (error) {
      // Another call may have replaced it, which ends those that wait here.
      const isReplaced = pool !== this.#pool || (this.#driver.refusesCredentials(error) && this.#replace());
      if (!isReplaced) throw error;
      return await this.#borrowFrom(this.#pool);
    }
  }

  /** From now on, no connection from before is lent. */
  distrustAll(): void {
    this.#ages.distrustAll();
  }

  /** A dead peer does not keep it from ending. Never rejects. */
  async end(): Promise<void> {
    this.#closing ??= this.#pool.end().catch(() => undefined);
    await withTimeout(this.#closing, TIME_LIMITS_MS.close, () => undefined);
  }

  #borrowFrom(pool: Pool): Promise<Connection> {
    const { borrow, drop, keyOf } = this.#driver;
    return this.#ages.borrowFresh(() => borrow(pool), drop, keyOf);
  }

  /** @returns false when the credentials are still the same */
  #replace(): boolean {
    const url = this.#currentUrl();
    if (url === this.#url) return false;
    const replaced = this.#pool;
    this.#pool = this.#driver.create(url);
    this.#url = url;
    void replaced.end().catch(() => undefined);
    return true;
  }
}
