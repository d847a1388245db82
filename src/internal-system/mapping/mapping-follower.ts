import { asSyncError, ConfigError, SyncError } from '../../errors.ts';
import type { Follower, OrderChange } from '../sql/followers.ts';
import type { SqlTransaction } from '../sql/sql-database.ts';
import { KnownTables } from './known-tables.ts';
import type { OrderMapping } from './mapping.ts';
import { MappingUnusable } from './mapping-unusable.ts';
import type { RowChange } from './row-changes.ts';
import { TransactionTables } from './transaction-tables.ts';

/** Runs the company's mapping for each order, in the transaction that stores it. */
export class MappingFollower implements Follower {
  readonly needsPrevious = true;
  readonly #map: OrderMapping;
  readonly #record: ((change: RowChange) => void) | undefined;
  #known = new KnownTables();

  constructor(map: OrderMapping, record?: (change: RowChange) => void) {
    this.#map = map;
    this.#record = record;
  }

  /** One after the other: two orders may write the same row, such as their buyer's. */
  async follow(transaction: SqlTransaction, shop: string, changes: readonly OrderChange[]): Promise<void> {
    try {
      for (const change of numbersFreedFirst(changes)) await this.#write(transaction, shop, change);
    } catch (error) {
      // A person may be changing the tables.
      this.#known = new KnownTables();
      throw error;
    }
  }

  async #write(transaction: SqlTransaction, shop: string, change: OrderChange): Promise<void> {
    const { order, previous, revision } = change;
    const tables = new TransactionTables(transaction, this.#known, this.#record);
    const thrown = await mapped(() => this.#map({ order, previous, revision, shop }, tables));
    await tables.end();
    if (thrown !== undefined) throw asRefusal(thrown.error, order.orderNumber);
  }
}

async function mapped(work: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** An error of the mapping's own, not of a statement. */
function asRefusal(error: unknown, orderNumber: string): SyncError {
  const known = asSyncError(error);
  if (known.reason !== 'unexpected') return known;
  const name = error instanceof Error ? error.name : typeof error;
  // Its `order-sync` need not be the one that runs.
  if (name === ConfigError.name) return new MappingUnusable(`The mapping: ${messageOf(error)}`, 'Correct it.');
  return new SyncError(
    'write_rejected',
    `The mapping threw a ${name} for order ${orderNumber} (the log's error has the details).`,
    { cause: error, isUnforeseen: true },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An order that got another's former number is written after that one has given it up. */
function numbersFreedFirst(changes: readonly OrderChange[]): readonly OrderChange[] {
  const holders = new Map<string, OrderChange>();
  for (const change of changes) {
    const former = change.previous?.orderNumber;
    if (former !== undefined && former !== change.order.orderNumber) holders.set(former, change);
  }
  if (holders.size === 0) return changes;
  const sorted = new Set<OrderChange>();
  const visit = (change: OrderChange, path: ReadonlySet<OrderChange>): void => {
    const holder = holders.get(change.order.orderNumber);
    if (holder !== undefined && holder !== change && !path.has(holder)) visit(holder, new Set([...path, change]));
    sorted.add(change);
  };
  for (const change of changes) visit(change, new Set());
  return [...sorted];
}
