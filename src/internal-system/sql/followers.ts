import { type Order, parseOrder } from '../../orders/order.ts';
import type { StoredVersion, Version } from '../newest-wins.ts';
import type { SqlTransaction } from './sql-database.ts';

/** A new content of an order, as it is being written. */
export interface OrderChange {
  readonly order: Order;
  /** 1 for the first content of the order, and one more with each change. */
  readonly revision: number;
  /** As it was stored before; null for a new order. Its number may be another one. Only read if a follower needs it. */
  readonly previous: Order | null;
  /** The order as JSON text, fit for every database. */
  readonly document: string;
}

/** Writes along with an order, in its transaction: both commit, or neither. */
export interface Follower {
  readonly needsPrevious: boolean;

  /**
   * After orders and lines are written. The transaction may be rolled back and run again: no effect outside of it.
   *
   * @param changes one for each order whose content changes, sorted by order number, never empty
   * @throws what the database throws, or SyncError `write_rejected` for an order that can't be followed: then none is written
   */
  follow(transaction: SqlTransaction, shop: string, changes: readonly OrderChange[]): Promise<void>;
}

/** @param stored what was stored before, with its document where a follower needs it */
export function orderChanges(
  versions: readonly Version[],
  stored: ReadonlyMap<string, StoredVersion>,
): readonly OrderChange[] {
  const before = new Map([...stored.values()].map((version) => [version.shopOrderId, version]));
  return versions.map(({ order, revision, document, shopOrderId }) => {
    const previous = before.get(shopOrderId)?.document;
    return { order, revision, document, previous: previous === undefined ? null : storedOrder(previous) };
  });
}

/** Null if someone has edited the document so that it can't be read. */
export function storedOrder(document: string): Order | null {
  try {
    const parsed = parseOrder(JSON.parse(document));
    return 'order' in parsed ? parsed.order : null;
  } catch {
    return null;
  }
}
