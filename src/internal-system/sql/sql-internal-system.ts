import type { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { Conflict } from '../conflicts.ts';
import type { InternalSystem, Notify, Snapshot, WriteResult } from '../internal-system.ts';
import type { LedgerFailure, OrderCriteria, OrderFilter, OrderRecord } from '../ledger.ts';
import type { SqlMapping } from '../mapping/sql-mapping.ts';
import type { OrderSearch, OrdersFound } from '../search/order-search.ts';
import { SqlAudit } from './audit.ts';
import { SqlDaemons } from './daemons.ts';
import { findOrders } from './find-orders.ts';
import type { Follower } from './followers.ts';
import { countOrders, listedRecord, listOrders } from './list-orders.ts';
import { SqlOutbox } from './outbox.ts';
import { SqlPauses } from './pauses.ts';
import { SqlPrivacy } from './privacy.ts';
import type { Source } from './queries.ts';
import { SqlReconciliation } from './reconciliation.ts';
import { Refusal } from './refusal.ts';
import { SqlRetention } from './retention.ts';
import { withReturnedMarked } from './returned-orders.ts';
import { createMissingIndexes } from './search/indexes.ts';
import { searchOrders } from './search/search-orders.ts';
import { SqlShipments } from './shipments.ts';
import type { SqlDatabase } from './sql-database.ts';
import { trialWrite } from './trial-write.ts';
import { writeFailures } from './write-failures.ts';
import { SYNCED, UNDELIVERED } from './write-ledger.ts';
import { rejectUnstorable, tryWriting, type Writing, writeOrders } from './write-orders.ts';
import { writeProbes } from './write-probes.ts';

export interface SqlSystemOptions {
  /** They write along with each order, in its transaction, in this order. */
  readonly followers?: readonly Follower[];
  /** Its follower is one of them. */
  readonly mapping?: SqlMapping | undefined;
  /** An ERP gets the orders from here: until then, they are not synced. @defaultValue false */
  readonly isLedger?: boolean;
}

/** The internal system in tables of its own, in any supported database. Sees only one shop's orders. */
export class SqlInternalSystem implements InternalSystem {
  readonly maxBatch = 200;
  readonly maxWrites: number;
  /** From this many on, a second transaction beside the running one pays. */
  readonly minBatchBeside = 24;
  readonly reconciliation: SqlReconciliation;
  readonly shipments: SqlShipments;
  readonly outbox: SqlOutbox;
  readonly audit: SqlAudit;
  readonly pauses: SqlPauses;
  readonly daemons: SqlDaemons;
  readonly retention: SqlRetention;
  readonly privacy: SqlPrivacy;
  readonly #database: SqlDatabase;
  readonly #shop: string;
  readonly #writing: Writing;
  readonly #source: Source & { readonly database: SqlDatabase };
  readonly mapping: SqlMapping | undefined;

  constructor(database: SqlDatabase, shop: string, options: SqlSystemOptions = {}) {
    const { followers = [], mapping, isLedger = false } = options;
    this.mapping = mapping;
    this.#database = database;
    this.#shop = shop;
    this.#source = { database, isLedger };
    this.#writing = { followers, record: isLedger ? UNDELIVERED : SYNCED };
    this.maxWrites = database.maxWrites;
    this.reconciliation = new SqlReconciliation(database, shop);
    this.shipments = new SqlShipments(database, shop);
    this.outbox = new SqlOutbox(database, shop);
    this.audit = new SqlAudit(database, shop);
    this.pauses = new SqlPauses(database, shop);
    this.daemons = new SqlDaemons(database, shop);
    this.retention = new SqlRetention(this.#source, shop);
    this.privacy = new SqlPrivacy(this.#source, shop);
  }

  async open(): Promise<void> {
    await this.#database.open();
    await this.mapping?.open();
  }

  async writeOrders(snapshots: readonly Snapshot[]): Promise<WriteResult[]> {
    if (snapshots.length === 0) return [];
    for (const { order } of snapshots) rejectUnstorable(order);
    try {
      if (this.mapping !== undefined) await this.mapping.ensureWorks();
      if (await this.#isRemoved(snapshots)) {
        await tryWriting(this.#database, this.#shop, snapshots, this.#writing);
        return snapshots.map(() => ({ outcome: 'unchanged', conflict: false }));
      }
      const marked = await withReturnedMarked(snapshots, this.reconciliation);
      return await writeOrders(this.#database, this.#shop, marked, this.#writing);
    } catch (error) {
      this.mapping?.suspectAfter(error);
      const [snapshot, ...others] = snapshots;
      if (!(error instanceof Refusal) || snapshot === undefined || others.length > 0) throw error;
      throw await this.#telling(error, snapshot.order);
    }
  }

  /** One that is written again comes alone. */
  async #isRemoved([snapshot]: readonly Snapshot[]): Promise<boolean> {
    if (!snapshot?.again) return false;
    const { shopOrderId } = snapshot.order;
    return !(await this.reconciliation.storedVersions([shopOrderId])).has(shopOrderId);
  }

  /** A trigger may quote the row as it was before, too. */
  async #telling(refusal: Refusal, order: Order): Promise<SyncError> {
    const { documentAsText, tables } = this.#database;
    const sql = `SELECT ${documentAsText} AS document FROM ${tables.orders} o WHERE o.shop = ? AND (o.order_number = ? OR o.shop_order_id = ?)`;
    try {
      const rows = await this.#database.read({ sql, values: [this.#shop, order.orderNumber, order.shopOrderId] });
      return refusal.telling([order, ...rows.map(({ document }) => JSON.parse(String(document)))]);
    } catch {
      // What it quotes can't be told from its own words.
      return refusal;
    }
  }

  async recordFailures(failures: readonly LedgerFailure[]): Promise<(readonly Conflict[])[]> {
    if (failures.length === 0) return [];
    return await this.#database.transaction((transaction) => writeFailures(transaction, this.#shop, failures));
  }

  async findOrders(reference: string): Promise<OrderRecord[]> {
    return await findOrders(this.#source, this.#shop, reference);
  }

  async listOrders(filter: OrderFilter): Promise<OrderRecord[]> {
    return (await this.#database.read(listOrders(this.#source, this.#shop, filter))).map(listedRecord);
  }

  async countOrders(criteria: OrderCriteria, atMost: number): Promise<number> {
    const [row] = await this.#database.read(countOrders(this.#source, this.#shop, criteria, atMost));
    return Number(row?.['found']);
  }

  async searchOrders(search: OrderSearch): Promise<OrdersFound> {
    return await searchOrders(this.#source, this.#shop, search);
  }

  async prepareSearch(notify: Notify): Promise<void> {
    await createMissingIndexes(this.#database, notify);
  }

  async check(): Promise<void> {
    await this.#database.check(writeProbes(this.#database.tables), (transaction) =>
      trialWrite(transaction, this.#shop),
    );
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
