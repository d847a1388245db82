import type { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import type { RowChange } from './row-changes.ts';

/** What commands do with a mapping, beside the orders that are written with it. */
export interface MappingAccess {
  /** MAPPING: the path of the module. */
  readonly module: string;

  /** What writing this order would do to the company's tables: done, looked at and taken back. @throws SyncError */
  preview(order: Order, fetchedAt: Date): Promise<readonly RowChange[]>;

  /** Maps an order, the newest that is stored or else a sample, and takes it back. @throws SyncError, ConfigError */
  tryOut(): Promise<MappingTrial>;

  /** Maps the next stored orders in the order of their numbers. @throws SyncError `internal_system_unavailable` */
  backfill(from: BackfillFrom): Promise<BackfillPage>;
}

export interface MappingTrial {
  /** Null if it was the sample. */
  readonly orderNumber: string | null;
  readonly changes: readonly RowChange[];
}

export interface BackfillFrom {
  /** The last order number that is done; null for the beginning. */
  readonly after: string | null;
  /** Only orders that changed in the shop since then. */
  readonly since: Date | undefined;
  /** Take everything back, and say what it was. */
  readonly dryRun: boolean;
}

export interface BackfillPage {
  readonly orders: readonly BackfilledOrder[];
  /** The last order number of the page; null when there are no more orders. */
  readonly last: string | null;
}

export interface BackfilledOrder {
  readonly orderNumber: string;
  /** Undefined if it could not be mapped. */
  readonly order: Order | undefined;
  /** Why it could not be mapped. */
  readonly error: SyncError | undefined;
  /** With `dryRun` only. */
  readonly changes: readonly RowChange[];
}
