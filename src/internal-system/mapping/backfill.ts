import { asSyncError, SyncError } from '../../errors.ts';
import type { SqlValue } from '../sql/columns.ts';
import { type OrderChange, storedOrder } from '../sql/followers.ts';
import { documentsOf } from '../sql/rare-lookups.ts';
import { storedVersions } from '../sql/records.ts';
import { rolledBack } from '../sql/rolled-back.ts';
import type { SqlDatabase, SqlTransaction } from '../sql/sql-database.ts';
import type { OrderMapping } from './mapping.ts';
import type { BackfilledOrder, BackfillFrom, BackfillPage } from './mapping-access.ts';
import { MappingFollower } from './mapping-follower.ts';
import type { RowChange } from './row-changes.ts';

const ORDERS_PER_PAGE = 200;

/** So few that nobody waits long for their rows. */
const ORDERS_PER_TRANSACTION = 20;

/** Maps what is stored already. Each order's row is locked meanwhile, so that a daemon beside it writes before or after. */
export class Backfill {
  readonly #database: SqlDatabase;
  readonly #shop: string;
  readonly #dryRun: boolean;
  readonly #follower: MappingFollower;
  /** Of the order that is being mapped. */
  #changes: RowChange[] = [];

  /** @param dryRun takes everything back, and says what it was */
  constructor(map: OrderMapping, database: SqlDatabase, shop: string, dryRun: boolean) {
    this.#database = database;
    this.#shop = shop;
    this.#dryRun = dryRun;
    this.#follower = new MappingFollower(map, dryRun ? (change) => this.#changes.push(change) : undefined);
  }

  async page({ after, since }: BackfillFrom): Promise<BackfillPage> {
    const numbers = await this.#numbersAfter(after, since);
    const orders: BackfilledOrder[] = [];
    for (let from = 0; from < numbers.length; from += ORDERS_PER_TRANSACTION) {
      orders.push(...(await this.#apart(numbers.slice(from, from + ORDERS_PER_TRANSACTION))));
    }
    return { orders, last: numbers.at(-1) ?? null };
  }

  async #numbersAfter(after: string | null, since: Date | undefined): Promise<string[]> {
    const { orders } = this.#database.tables;
    const conditions = ['shop = ?', ...(after === null ? [] : ['order_number > ?'])];
    const values: SqlValue[] = [this.#shop, ...(after === null ? [] : [after])];
    if (since !== undefined) {
      conditions.push('updated_at >= ?');
      values.push(since);
    }
    const rows = await this.#database.read({
      sql: `SELECT order_number FROM ${orders} WHERE ${conditions.join(' AND ')} ORDER BY order_number LIMIT ?`,
      values: [...values, ORDERS_PER_PAGE],
    });
    return rows.map((row) => String(row['order_number']));
  }

  /** One order that can't be mapped does not keep others from it. */
  async #apart(numbers: readonly string[]): Promise<BackfilledOrder[]> {
    try {
      return await this.#together(numbers);
    } catch (thrown) {
      const error = asSyncError(thrown, 'write_failed');
      const [only] = numbers;
      if (error.kind === 'outage') throw error;
      if (numbers.length === 1 && only !== undefined)
        return [{ orderNumber: only, order: undefined, error, changes: [] }];
    }
    const results: BackfilledOrder[] = [];
    for (const number of numbers) results.push(...(await this.#apart([number])));
    return results;
  }

  async #together(numbers: readonly string[]): Promise<BackfilledOrder[]> {
    const run = (transaction: SqlTransaction) => this.#mapAll(transaction, numbers);
    return this.#dryRun ? await rolledBack(this.#database, run) : await this.#database.transaction(run);
  }

  async #mapAll(transaction: SqlTransaction, numbers: readonly string[]): Promise<BackfilledOrder[]> {
    const locked = storedVersions(await transaction.lockOrders(this.#shop, numbers));
    const documents = await documentsOf(transaction, this.#database.documentAsText, this.#shop, [...locked.keys()]);
    const results: BackfilledOrder[] = [];
    // An order that was renamed or deleted meanwhile is left to whoever did it.
    for (const orderNumber of numbers.filter((number) => locked.has(number))) {
      this.#changes = [];
      const change = changeOf(orderNumber, documents.get(orderNumber) ?? '', locked.get(orderNumber)?.revision ?? 1);
      await this.#follower.follow(transaction, this.#shop, [change]);
      results.push({ orderNumber, order: change.order, error: undefined, changes: this.#changes });
    }
    return results;
  }
}

function changeOf(orderNumber: string, document: string, revision: number): OrderChange {
  const order = storedOrder(document);
  if (order === null) {
    const problem = `The stored document of order ${orderNumber} is no order: somebody has edited it.`;
    throw new SyncError('write_rejected', problem, { remedy: `To fetch it again: order-sync resync ${orderNumber}` });
  }
  return { order, previous: null, revision, document };
}
