import { SyncError } from '../../errors.ts';
import { type Order, orderSchema } from '../../orders/order.ts';
import { type Conflict, conflictsText, withRaised } from '../conflicts.ts';
import type { Snapshot } from '../internal-system.ts';
import { type StoredVersion, storable } from '../newest-wins.ts';
import type { DeliveredOrder } from '../sink/order-sink.ts';
import { after, type DeliveryRow, deliveryRow } from './delivery-rows.ts';
import { documentsOf, numbersOfIds } from './rare-lookups.ts';
import { storedVersions } from './records.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import { saveDelivered } from './write-ledger.ts';

/** What is to be delivered, and the right to do so: until it ends, nobody else delivers this order. */
export interface Lease {
  readonly holder: string;
  readonly snapshot: Snapshot;
  readonly order: Order;
  readonly document: string;
  readonly revision: number;
  readonly previous: DeliveredOrder | undefined;
  /** An earlier delivery began, and nobody knows how it ended. */
  readonly uncertain: boolean;
}

export type Taken =
  | { readonly outcome: 'taken'; readonly lease: Lease }
  | { readonly outcome: 'busy'; readonly freeInMs: number }
  | { readonly outcome: 'unchanged' };

/** What the ERP said of a delivered order. */
export interface Receipt {
  readonly erpId: string | undefined;
  readonly note: string | undefined;
  readonly conflicts: readonly Conflict[];
}

/**
 * Which version of each order the ERP has, and who is delivering it: a row per order, with a lease by the database's clock, the
 * only one that several daemons share. Rows are locked in one order: the delivery's, the order's, the ledger's.
 */
export class SqlDeliveries {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  /**
   * Gives `holder` the order for `leaseMs` from now, unless someone else has it or what is stored was delivered already. That the
   * delivery begins is committed before it does.
   *
   * @param again gives it even if it was delivered, unless it is no longer stored
   */
  async take(snapshot: Snapshot, holder: string, leaseMs: number, again: boolean): Promise<Taken> {
    return await this.#database.transaction(async (transaction) => {
      const row = await this.#lock(transaction, snapshot);
      const freeInMs = row.lease_until === null ? 0 : Date.parse(row.lease_until) - Date.parse(row.now);
      if (freeInMs > 0) return { outcome: 'busy', freeInMs };
      const stored = await this.#stored(transaction, snapshot);
      if (stored === undefined) {
        if (again) return { outcome: 'unchanged' };
        throw removed(snapshot.order);
      }
      const isDelivered = row.delivered_revision === stored.revision;
      if (isDelivered && !again) {
        await saveDelivered(transaction, this.#shop, snapshot, stored.orderNumber, row.now);
        return { outcome: 'unchanged' };
      }
      const document = await this.#documentOf(transaction, stored.orderNumber);
      const lease = leaseOf({ holder, snapshot, document, revision: stored.revision }, row);
      await transaction.updateDelivery(this.#shop, stored.shopOrderId, {
        order_number: stored.orderNumber,
        attempted: !isDelivered || row.attempted,
        lease_holder: holder,
        lease_until: after(row.now, leaseMs),
      });
      return { outcome: 'taken', lease };
    });
  }

  /**
   * The ERP has the order of the lease: records it, its conflicts and, unless the order has changed since, that it is synced.
   *
   * @throws SyncError `write_failed` if the lease has run out and another delivery has begun
   */
  async delivered({ holder, snapshot, document, revision }: Lease, receipt: Receipt): Promise<void> {
    const { erpId, note, conflicts } = receipt;
    await this.#database.transaction(async (transaction) => {
      const row = await this.#lock(transaction, snapshot);
      if (row.lease_holder !== holder) throw lost(snapshot.order);
      await transaction.updateDelivery(this.#shop, snapshot.order.shopOrderId, {
        delivered_revision: revision,
        delivered_document: document,
        delivered_at: new Date(row.now),
        ...(erpId === undefined ? {} : { erp_id: erpId }),
        note: storable(note ?? null),
        attempted: false,
        lease_holder: null,
        lease_until: null,
      });
      const stored = await this.#lockStored(transaction, snapshot);
      if (conflicts.length > 0) await this.#raise(transaction, stored, conflicts, row.now);
      if (stored.revision === revision)
        await saveDelivered(transaction, this.#shop, snapshot, stored.orderNumber, row.now);
    });
  }

  /**
   * The delivery of the lease has failed.
   *
   * @param attempted nobody knows whether the ERP has the order
   * @param holdMs how long it may still take effect there
   */
  async failed({ holder, snapshot }: Lease, attempted: boolean, holdMs: number): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const row = await this.#lock(transaction, snapshot);
      if (row.lease_holder !== holder) return;
      const lease = holdMs > 0 ? { lease_until: after(row.now, holdMs) } : { lease_holder: null, lease_until: null };
      await transaction.updateDelivery(this.#shop, snapshot.order.shopOrderId, { attempted, ...lease });
    });
  }

  async #lock(transaction: SqlTransaction, { order }: Snapshot): Promise<DeliveryRow> {
    return deliveryRow.parse(await transaction.lockDelivery(this.#shop, order.shopOrderId, order.orderNumber));
  }

  /** @throws SyncError `write_failed` */
  async #lockStored(transaction: SqlTransaction, snapshot: Snapshot): Promise<StoredVersion> {
    const stored = await this.#stored(transaction, snapshot);
    if (stored === undefined) throw removed(snapshot.order);
    return stored;
  }

  /** Locked. It may have another number by now. */
  async #stored(transaction: SqlTransaction, { order }: Snapshot): Promise<StoredVersion | undefined> {
    const numbers = await numbersOfIds(transaction, this.#shop, [order.shopOrderId]);
    const rows = numbers.length === 0 ? [] : await transaction.lockOrders(this.#shop, numbers);
    return [...storedVersions(rows).values()].find(({ shopOrderId }) => shopOrderId === order.shopOrderId);
  }

  async #documentOf(transaction: SqlTransaction, orderNumber: string): Promise<string> {
    const documents = await documentsOf(transaction, this.#database.documentAsText, this.#shop, [orderNumber]);
    return documents.get(orderNumber) ?? '';
  }

  async #raise(
    transaction: SqlTransaction,
    { orderNumber, conflicts, conflictAt }: StoredVersion,
    raised: readonly Conflict[],
    now: string,
  ): Promise<void> {
    await transaction.run({
      sql: `UPDATE ${transaction.tables.orders} SET cancel_conflict = ?, conflicts = ?, conflict_at = ?
             WHERE shop = ? AND order_number = ?`,
      values: [
        true,
        conflictsText(withRaised(conflicts, raised)),
        new Date(conflictAt ?? now),
        this.#shop,
        orderNumber,
      ],
    });
  }
}

function leaseOf(
  { holder, snapshot, document, revision }: Pick<Lease, 'holder' | 'snapshot' | 'document' | 'revision'>,
  row: DeliveryRow,
): Lease {
  const order = orderIn(document);
  if (order === undefined) {
    throw new SyncError(
      'write_rejected',
      `The document of order ${snapshot.order.orderNumber} in the ledger can't be read: someone has edited it. Delete the order's row there, and resync it.`,
    );
  }
  const previous = previousIn(row);
  const isUnreadable = previous === undefined && row.delivered_revision !== null;
  return { holder, snapshot, order, document, revision, previous, uncertain: row.attempted || isUnreadable };
}

function previousIn({ delivered_revision: revision, delivered_document: document, erp_id: erpId }: DeliveryRow) {
  const order = revision === null ? undefined : orderIn(document);
  return order === undefined || revision === null ? undefined : { order, revision, erpId };
}

/** Undefined if someone has edited it so that it can't be read. */
function orderIn(document: unknown): Order | undefined {
  try {
    return orderSchema.parse(typeof document === 'string' ? JSON.parse(document) : document);
  } catch {
    return undefined;
  }
}

function removed({ orderNumber }: Order): SyncError {
  return new SyncError(
    'write_failed',
    `Order ${orderNumber} was removed from the ledger, or renumbered, before it was delivered.`,
  );
}

function lost({ orderNumber }: Order): SyncError {
  return new SyncError(
    'write_failed',
    `Delivering order ${orderNumber} took so long that another delivery of it has begun, which decides.`,
  );
}
