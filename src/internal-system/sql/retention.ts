import { z } from 'zod';
import { KEPT_BECAUSE, type KeptBecause, type PrunedPage, type RetentionStore } from '../retention-store.ts';
import type { SqlValue } from './columns.ts';
import { failureKey } from './ledger-keys.ts';
import { endOfPage } from './pages.ts';
import type { Source } from './queries.ts';
import { sortedUnique } from './sorted-keys.ts';
import type { SqlDatabase, SqlQuery, SqlTransaction } from './sql-database.ts';

/** Orders deleted in one transaction: live orders wait for no longer than it takes. */
const BATCH_SIZE = 100;

const candidateRow = z.object({
  order_number: z.string(),
  shop_order_id: z.string(),
  kept: z.enum(KEPT_BECAUSE).nullable(),
});
type Candidate = z.output<typeof candidateRow>;

/** These need another attempt or a person. */
const UNSETTLED = "('retrying', 'dead-lettered', 'undelivered')";

export class SqlRetention implements RetentionStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;
  readonly #isLedger: boolean;

  constructor({ database, isLedger }: Source & { readonly database: SqlDatabase }, shop: string) {
    this.#database = database;
    this.#shop = shop;
    this.#isLedger = isLedger;
  }

  async prune(before: Date, after: string | null, dryRun: boolean): Promise<PrunedPage> {
    const last = await endOfPage(this.#database, this.#shop, after);
    const range = `o.order_number > ?${last === null ? '' : ' AND o.order_number <= ?'}`;
    const query = this.#candidates(range, [after ?? '', ...(last === null ? [] : [last])], before);
    const found = await this.#judged((some) => this.#database.read(some), query);
    const kept: Partial<Record<KeptBecause, number>> = {};
    for (const { kept: why } of found) if (why !== null) kept[why] = (kept[why] ?? 0) + 1;
    const old = found.filter((candidate) => candidate.kept === null);
    if (dryRun) return { pruned: old.length, kept, last };
    let pruned = 0;
    for (let start = 0; start < old.length; start += BATCH_SIZE)
      pruned += await this.#delete(old.slice(start, start + BATCH_SIZE), before);
    return { pruned, kept, last };
  }

  async pruneLedger(before: Date): Promise<number> {
    const { orders, order_ledger: ledger } = this.#database.tables;
    const rows = await this.#database.read({
      sql: `SELECT l.reference FROM ${ledger} l
             WHERE l.shop = ? AND l.updated_at < ? AND l.state NOT IN ${UNSETTLED}
               AND NOT EXISTS (SELECT 1 FROM ${orders} o WHERE o.shop = l.shop AND o.shop_order_id = l.shop_order_id)
             ORDER BY l.reference LIMIT ${BATCH_SIZE}`,
      values: [this.#shop, before],
    });
    if (rows.length === 0) return 0;
    const references = sortedUnique(rows.map((row) => String(row['reference'])));
    // Of an event that has come since, the row is newer.
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `DELETE FROM ${ledger} WHERE shop = ? AND updated_at < ? AND state NOT IN ${UNSETTLED}
               AND reference IN (${marks(references)})`,
        values: [this.#shop, before, ...references],
      });
    });
    return references.length;
  }

  /** Old orders, and why they are kept, as far as it shows under their numbers and ids. */
  #candidates(which: string, values: readonly SqlValue[], before: Date): SqlQuery {
    const tables = this.#database.tables;
    const ofOrder = 'x.shop = o.shop AND x.order_number = o.order_number';
    const ofId = 'x.shop = o.shop AND x.shop_order_id = o.shop_order_id';
    // With an ERP, it is the ERP that ships.
    const reasons: Readonly<Record<KeptBecause, string>> = {
      conflict: 'o.cancel_conflict = TRUE',
      unshipped: this.#isLedger ? '1 = 0' : "o.fulfilment_status = 'new' AND o.status IN ('paid', 'on_hold')",
      failed: `EXISTS (SELECT 1 FROM ${tables.order_ledger} x WHERE ${ofId} AND x.state IN ('retrying', 'dead-lettered'))`,
      undelivered: `EXISTS (SELECT 1 FROM ${tables.order_ledger} x WHERE ${ofId} AND x.state = 'undelivered')${
        this.#isLedger
          ? ` OR EXISTS (SELECT 1 FROM ${tables.order_sync_deliveries} x WHERE ${ofId}
                AND (x.attempted = TRUE OR x.delivered_revision IS NULL OR x.delivered_revision <> o.revision))`
          : ''
      }`,
      unreported: `EXISTS (SELECT 1 FROM ${tables.order_shipments} x WHERE ${ofOrder} AND (x.pending = TRUE OR x.state <> 'reported'))`,
      unpublished: `EXISTS (SELECT 1 FROM ${tables.order_sync_outbox} x WHERE ${ofId})`,
    };
    const cases = KEPT_BECAUSE.map((why) => `WHEN ${reasons[why]} THEN '${why}'`).join(' ');
    return {
      sql: `SELECT o.order_number, o.shop_order_id, CASE ${cases} END AS kept FROM ${tables.orders} o
             WHERE o.shop = ? AND ${which} AND o.updated_at < ? ORDER BY o.order_number`,
      values: [this.#shop, ...values, before],
    };
  }

  /** An event that failed before the shop said which order it means is known by its name for the order alone. */
  async #judged(
    read: (query: SqlQuery) => Promise<readonly Readonly<Record<string, unknown>>[]>,
    query: SqlQuery,
  ): Promise<readonly Candidate[]> {
    const found = (await read(query)).map((row) => candidateRow.parse(row));
    const open = found.filter(({ kept }) => kept === null);
    const failed = new Set<string>();
    for (let start = 0; start < open.length; start += BATCH_SIZE) {
      const keys = keysOf(open.slice(start, start + BATCH_SIZE));
      const rows = await read({
        sql: `SELECT reference FROM ${this.#database.tables.order_ledger}
               WHERE shop = ? AND reference IN (${marks(keys)}) AND state IN ${UNSETTLED}`,
        values: [this.#shop, ...keys],
      });
      for (const row of rows) failed.add(String(row['reference']));
    }
    return found.map((candidate) =>
      candidate.kept === null && keysOf([candidate]).some((key) => failed.has(key))
        ? { ...candidate, kept: 'failed' }
        : candidate,
    );
  }

  /** Looks once more while nobody else writes them. @returns how many */
  async #delete(orders: readonly Candidate[], before: Date): Promise<number> {
    return await this.#database.transaction(async (transaction) => {
      const numbers = sortedUnique(orders.map(({ order_number }) => order_number));
      await transaction.lockOrders(this.#shop, numbers);
      const query = this.#candidates(`o.order_number IN (${marks(numbers)})`, numbers, before);
      const old = (await this.#judged((some) => transaction.run(some), query)).filter(({ kept }) => kept === null);
      if (old.length > 0) await this.#deleteAll(transaction, old);
      return old.length;
    });
  }

  async #deleteAll(transaction: SqlTransaction, orders: readonly Candidate[]): Promise<void> {
    const { tables } = transaction;
    const numbers = sortedUnique(orders.map(({ order_number }) => order_number));
    const ids = sortedUnique(orders.map(({ shop_order_id }) => shop_order_id));
    const remove = (table: string, column: string, values: readonly string[]) =>
      transaction.run({
        sql: `DELETE FROM ${table} WHERE shop = ? AND ${column} IN (${marks(values)})`,
        values: [this.#shop, ...values],
      });
    await transaction.deleteLines(this.#shop, numbers);
    await remove(tables.order_shipments, 'order_number', numbers);
    if (this.#isLedger) await remove(tables.order_sync_deliveries, 'shop_order_id', ids);
    await remove(tables.orders, 'order_number', numbers);
    await remove(tables.order_ledger, 'shop_order_id', ids);
    await transaction.deleteLedger(this.#shop, keysOf(orders));
  }
}

function keysOf(orders: readonly Candidate[]): string[] {
  return sortedUnique(
    orders.flatMap(({ order_number, shop_order_id }) => [order_number, shop_order_id]).map(failureKey),
  );
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
