import { ConfigError, SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { Follower } from '../sql/followers.ts';
import { storedOrder } from '../sql/followers.ts';
import { listOrders } from '../sql/list-orders.ts';
import { orderRecord } from '../sql/records.ts';
import { rolledBack } from '../sql/rolled-back.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { SYNCED } from '../sql/write-ledger.ts';
import { tryWriting } from '../sql/write-orders.ts';
import { Backfill } from './backfill.ts';
import type { OrderMapping } from './mapping.ts';
import type { BackfillFrom, BackfillPage, MappingAccess, MappingTrial } from './mapping-access.ts';
import { MappingFollower } from './mapping-follower.ts';
import { MappingUnusable } from './mapping-unusable.ts';
import type { RowChange } from './row-changes.ts';
import { SAMPLE_ORDER } from './sample-order.ts';

/** The mapping into the company's tables, in the database of the orders. */
export class SqlMapping implements MappingAccess {
  readonly module: string;
  /** Runs it with each order that is written. */
  readonly follower: Follower;
  readonly #map: OrderMapping;
  readonly #database: SqlDatabase;
  readonly #shop: string;
  #isSuspect = false;

  constructor(module: string, map: OrderMapping, database: SqlDatabase, shop: string) {
    this.module = module;
    this.#map = map;
    this.#database = database;
    this.#shop = shop;
    this.follower = new MappingFollower(map);
  }

  /** @throws ConfigError when a person must change the mapping or the tables first; SyncError when the database fails */
  async open(): Promise<void> {
    try {
      await this.tryOut();
    } catch (error) {
      if (error instanceof MappingUnusable)
        throw new ConfigError([`MAPPING=${this.module}: ${error.message}`], { cause: error });
      if (isForAll(error)) throw error;
    }
  }

  /**
   * Whether the mapping is why the internal system does not work shows only where it runs, and it does not run for an order that is
   * stored already. So after such a failure, each write tries it first.
   *
   * @throws SyncError `internal_system_unavailable`
   */
  async ensureWorks(): Promise<void> {
    if (!this.#isSuspect) return;
    try {
      await this.tryOut();
    } catch (error) {
      if (isForAll(error)) throw error;
    }
    this.#isSuspect = false;
  }

  suspectAfter(error: unknown): void {
    if (isForAll(error)) this.#isSuspect = true;
  }

  async preview(order: Order, fetchedAt: Date): Promise<readonly RowChange[]> {
    let changes: RowChange[] = [];
    const follower: Follower = {
      needsPrevious: true,
      follow: async (...call) => {
        // A transaction may run again.
        changes = [];
        await new MappingFollower(this.#map, (change) => changes.push(change)).follow(...call);
      },
    };
    const eventInfo = { reference: order.orderNumber, event: 'updated', attempt: 1, receivedAt: fetchedAt } as const;
    await tryWriting(this.#database, this.#shop, [{ order, fetchedAt, eventInfo }], {
      followers: [follower],
      record: SYNCED,
    });
    return changes;
  }

  async tryOut(): Promise<MappingTrial> {
    const stored = await this.#newest();
    const order = stored ?? SAMPLE_ORDER;
    const changes = await rolledBack(this.#database, async (transaction) => {
      const made: RowChange[] = [];
      const change = { order, previous: null, revision: 1, document: JSON.stringify(order) };
      await new MappingFollower(this.#map, (row) => made.push(row)).follow(transaction, this.#shop, [change]);
      return made;
    });
    return { orderNumber: stored === null ? null : order.orderNumber, changes };
  }

  async backfill(from: BackfillFrom): Promise<BackfillPage> {
    return await new Backfill(this.#map, this.#database, this.#shop, from.dryRun).page(from);
  }

  async #newest() {
    const query = listOrders({ database: this.#database, isLedger: false }, this.#shop, { limit: 1, state: 'synced' });
    const [row] = await this.#database.read(query);
    const document = row === undefined ? undefined : orderRecord(row).stored?.document;
    return document === undefined ? null : storedOrder(document);
  }
}

/** No order can be written. */
function isForAll(error: unknown): boolean {
  return error instanceof SyncError && error.kind === 'outage';
}
