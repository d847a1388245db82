import type { AckedOrder } from './acked-order.ts';
import { type Loss, lossOf, NO_LOSS, type RememberedOrder, rememberedOrder } from './memory-rows.ts';
import { type Run, SafeDatabase } from './safe-database.ts';

/** Orders that are remembered. */
const MAX_ORDERS = 10_000;
/** How many more there may be before the oldest are removed: finding them takes as long as removing hundreds. */
const SLACK = 2_000;
/** From the first ack to the write that takes along all that follow. */
const WRITE_AFTER_MS = 100;

const COUNT = 'SELECT count(*) AS n FROM acked WHERE scope = ?';

export interface AckMemoryOptions {
  readonly path: string;
  /** Whose orders, and where: several daemons may share the file. */
  readonly scope: string;
  /** Hears why the file cannot be used. */
  readonly warn: (message: string) => void;
}

/**
 * The last ten thousand orders whose events were acked, in a file beside the daemon: the broker has no copy of them any more, so if
 * the database forgets them, nobody else knows.
 *
 * An order is noted before its ack leaves, and written within a tenth of a second. Killed in between, it is not remembered, which
 * only matters if the database forgets it as well. No method throws on account of the file, or waits for another process.
 */
export class AckMemory {
  readonly #scope: string;
  readonly #database: SafeDatabase;
  readonly #pending = new Map<string, AckedOrder>();
  #timer: NodeJS.Timeout | undefined;
  #size: number;

  constructor({ path, scope, warn }: AckMemoryOptions) {
    this.#scope = scope;
    this.#database = new SafeDatabase(path, warn);
    this.#size = this.#count(COUNT);
  }

  /**
   * Costs microseconds. What the database had forgotten of the order is back with this. An ack that comes after that of a later write
   * of the order, here or in another daemon, says nothing new. Nor does one of an older version: the database has let it in because it
   * had forgotten the newer one, or because a person forced it, which a look will tell.
   */
  note(order: AckedOrder): void {
    const pending = this.#pending.get(order.shopOrderId);
    if (pending !== undefined && (pending.writtenAt > order.writtenAt || pending.updatedAt > order.updatedAt)) return;
    // To the end: the newest are written last.
    this.#pending.delete(order.shopOrderId);
    this.#pending.set(order.shopOrderId, order);
    this.#timer ??= setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
  }

  /** Up to `limit` orders that were acked after the one with this `seq`, oldest first. */
  ordersAfter(seq: number, limit: number): readonly RememberedOrder[] {
    this.#write();
    const sql = 'SELECT * FROM acked WHERE scope = ? AND seq > ? ORDER BY seq LIMIT ?';
    return this.#database.rows(sql, this.#scope, seq, limit).map(rememberedOrder);
  }

  /** That of the last ack. */
  get newestSeq(): number {
    this.#write();
    return Number(this.#database.row('SELECT max(seq) AS seq FROM acked WHERE scope = ?', this.#scope)?.['seq'] ?? 0);
  }

  /** The same of those that the database has forgotten and that are not back. */
  forgottenAfter(seq: number, limit: number): readonly RememberedOrder[] {
    this.#write();
    const sql = 'SELECT * FROM acked WHERE scope = ? AND seq > ? AND forgotten_at IS NOT NULL ORDER BY seq LIMIT ?';
    return this.#database.rows(sql, this.#scope, seq, limit).map(rememberedOrder);
  }

  /** How many those are. */
  get forgotten(): number {
    this.#write();
    return this.#count(`${COUNT} AND forgotten_at IS NOT NULL`);
  }

  /**
   * Notes that the database has forgotten these, and since when the shop's changes are to be compared.
   *
   * @returns those that nobody had noticed yet, another daemon with the same file included
   */
  forgot(orders: readonly RememberedOrder[], now: number, walkFrom: number): readonly RememberedOrder[] {
    const mark = 'UPDATE acked SET forgotten_at = ?, asked_at = NULL WHERE seq = ? AND forgotten_at IS NULL';
    return this.#database.change<readonly RememberedOrder[]>([], (run) => {
      const noticed = orders.filter(({ seq }) => run(mark, now, seq) > 0);
      if (noticed.length > 0) run(ADD_LOSS, this.#scope, noticed.length, walkFrom);
      return noticed;
    });
  }

  /** The broker has confirmed events for these. */
  asked(orders: readonly RememberedOrder[], now: number): void {
    this.#each(orders, (run, seq) => run('UPDATE acked SET asked_at = ? WHERE seq = ?', now, seq));
  }

  /** The database holds these again. */
  returned(orders: readonly RememberedOrder[]): void {
    this.#each(orders, (run, seq) => run('UPDATE acked SET forgotten_at = NULL, asked_at = NULL WHERE seq = ?', seq));
  }

  /** These need not be remembered: someone deleted or overwrote them since. */
  removed(orders: readonly RememberedOrder[]): void {
    this.#each(orders, (run, seq) => run(REMOVE, seq));
  }

  /** The events for these ended in the dead letters, which remember them from now on. */
  failed(orders: readonly RememberedOrder[]): void {
    this.#each(orders, (run, seq) => {
      if (run(REMOVE, seq) > 0) run('UPDATE losses SET failed = failed + 1 WHERE scope = ?', this.#scope);
    });
  }

  /** Nothing is remembered, as far as this process knows. */
  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** What is being made good. */
  get loss(): Loss {
    const row = this.#database.row('SELECT * FROM losses WHERE scope = ?', this.#scope);
    return row === undefined ? NO_LOSS : lossOf(row);
  }

  /** The shop's changes were compared. */
  walked(): void {
    this.#database.change(0, (run) => run('UPDATE losses SET walk_from = NULL WHERE scope = ?', this.#scope));
  }

  /** Each forgotten order is accounted for. @returns false if another daemon has said so already */
  ended(): boolean {
    const end = 'UPDATE losses SET orders = 0, failed = 0 WHERE scope = ? AND orders > 0';
    return this.#database.change(false, (run) => run(end, this.#scope) > 0);
  }

  /** Waits for another process that is writing: there is no next write. */
  close(): void {
    this.#database.patiently(() => this.#write());
    clearTimeout(this.#timer);
    this.#database.close();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    const orders = [...this.#pending.values()];
    const isWritten = this.#database.change(false, (run) => {
      for (let start = 0; start < orders.length; start += ROWS) this.#insert(run, orders.slice(start, start + ROWS));
      return true;
    });
    if (!isWritten) {
      this.#forgetOldestPending();
      this.#timer = setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
      return;
    }
    this.#size += this.#pending.size;
    this.#pending.clear();
    if (this.#size > MAX_ORDERS + SLACK) this.#forgetOldest();
  }

  /** Nearly all orders are new here: then one statement is all. */
  #insert(run: Run, orders: readonly AckedOrder[]): void {
    const rows = orders.flatMap((order) => [this.#scope, ...columnsOf(order)]);
    if (run(insertOf(orders.length), ...rows) === orders.length) return;
    const now = Date.now();
    for (const order of orders) {
      run(REMOVE_EARLIER, this.#scope, order.shopOrderId, order.writtenAt, now, order.updatedAt);
      run(insertOf(1), this.#scope, ...columnsOf(order));
    }
  }

  /** What the database has forgotten stays until it is back. */
  #forgetOldest(): void {
    this.#database.change(0, (run) => run(REMOVE_OLDEST, this.#scope, this.#scope));
    this.#size = this.#count(COUNT);
  }

  /** While the file can't be written. */
  #forgetOldestPending(): void {
    for (const id of this.#pending.keys()) {
      if (this.#pending.size <= MAX_ORDERS) return;
      this.#pending.delete(id);
    }
  }

  #each(orders: readonly RememberedOrder[], work: (run: Run, seq: number) => unknown): void {
    if (orders.length === 0) return;
    this.#database.change(undefined, (run) => {
      for (const { seq } of orders) work(run, seq);
    });
  }

  #count(sql: string): number {
    return Number(this.#database.row(sql, this.#scope)?.['n'] ?? 0);
  }
}

/**
 * One that is in the future was written before the clock was set back. Once the shop was asked about it, what it shows counts, be it
 * older.
 */
const REMOVE_EARLIER = `DELETE FROM acked WHERE scope = ? AND shop_order_id = ? AND (written_at <= ? OR written_at > ?)
  AND (updated_at <= ? OR asked_at IS NOT NULL)`;

/** Each with the next `seq`; not in place of a later one. @param count of rows, one of a few */
function insertOf(count: number): string {
  return `INSERT OR IGNORE INTO acked (scope, shop_order_id, order_number, status, updated_at, content_hash, written_at, acked_at)
    VALUES ${Array(count).fill('(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`;
}

/** A statement's. */
const ROWS = 16;

const REMOVE = 'DELETE FROM acked WHERE seq = ?';

const REMOVE_OLDEST = `DELETE FROM acked WHERE scope = ? AND forgotten_at IS NULL
  AND seq <= (SELECT seq FROM acked WHERE scope = ? ORDER BY seq DESC LIMIT 1 OFFSET ${MAX_ORDERS})`;

const ADD_LOSS = `INSERT INTO losses VALUES (?, ?, 0, ?) ON CONFLICT (scope) DO UPDATE SET orders = orders + excluded.orders,
  walk_from = min(coalesce(walk_from, excluded.walk_from), excluded.walk_from)`;

function columnsOf(order: AckedOrder): (string | number)[] {
  const { shopOrderId, orderNumber, status, updatedAt, contentHash, writtenAt, ackedAt } = order;
  return [shopOrderId, orderNumber, status, updatedAt, contentHash, writtenAt, ackedAt];
}
