import { z } from 'zod';
import type { OutboxEntry, OutboxStore } from '../outbox-store.ts';
import type { Follower, OrderChange } from './followers.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

/** Parameters of one INSERT stay far below what any database takes. */
const ROWS_PER_INSERT = 100;

const entryRow = z
  .object({
    id: z.coerce.string(),
    shop: z.string(),
    order_number: z.string(),
    shop_order_id: z.string(),
    revision: z.coerce.number(),
  })
  .transform(({ order_number: orderNumber, shop_order_id: shopOrderId, ...row }) => ({
    ...row,
    orderNumber,
    shopOrderId,
  }));

/** Notes each new revision in the outbox, in the transaction that stores it. */
export class OutboxFollower implements Follower {
  readonly needsPrevious = false;
  readonly #table: () => string;

  /** @param database its tables are known once it is open */
  constructor(database: Pick<SqlDatabase, 'tables'>) {
    this.#table = () => database.tables.order_sync_outbox;
  }

  async follow(transaction: SqlTransaction, shop: string, changes: readonly OrderChange[]): Promise<void> {
    for (let start = 0; start < changes.length; start += ROWS_PER_INSERT) {
      const some = changes.slice(start, start + ROWS_PER_INSERT);
      await transaction.run({
        sql: `INSERT INTO ${this.#table()} (shop, order_number, shop_order_id, revision)
              VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}`,
        values: some.flatMap(({ order, revision }) => [shop, order.orderNumber, order.shopOrderId, revision]),
      });
    }
  }
}

export class SqlOutbox implements OutboxStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async oldest(limit: number): Promise<readonly OutboxEntry[]> {
    const rows = await this.#database.read({
      sql: `SELECT id, shop, order_number, shop_order_id, revision FROM ${this.#table} WHERE shop = ? ORDER BY id LIMIT ?`,
      values: [this.#shop, limit],
    });
    return rows.map((row) => entryRow.parse(row));
  }

  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `DELETE FROM ${this.#table} WHERE id IN (${entries.map(() => '?').join(', ')})`,
        values: entries.map(({ id }) => id),
      });
    });
  }

  async count(limit: number): Promise<number> {
    const [row] = await this.#database.read({
      sql: `SELECT count(*) AS n FROM (SELECT id FROM ${this.#table} WHERE shop = ? LIMIT ?) AS waiting`,
      values: [this.#shop, limit],
    });
    return Number(row?.['n']);
  }

  get #table(): string {
    return this.#database.tables.order_sync_outbox;
  }
}
