import type { OrderStatus } from '../orders/order.ts';
import type { LedgerState } from './ledger.ts';

/**
 * What reconciliation needs from an internal system: to look orders up, and to keep its own state there, the one place that
 * all daemons share. Instants are UTC text with milliseconds.
 */
export interface ReconciliationStore {
  /** Everything known of these orders, same length and order; see `UNKNOWN_ORDER`. @throws SyncError */
  knownOrders(orders: readonly OrderNames[]): Promise<readonly KnownOrder[]>;

  /**
   * The versions that are stored of the orders with these ids in the shop, whatever their numbers are; up to 1000 ids. Absent in an
   * internal system that is not asked whether it still holds what was acked. @throws SyncError
   */
  storedVersions?(shopOrderIds: readonly string[]): Promise<ReadonlyMap<string, VersionFacts>>;

  /**
   * Orders that have been stored for a while and that the ERP behind the ledger has not got, whatever became of their events: up
   * to 200, in the order of their keys. Absent where there can be none.
   *
   * @param after the key of the last one that is known; null: from the first on @throws SyncError
   */
  undeliveredOrders?(after: string | null): Promise<readonly UndeliveredOrder[]>;

  /**
   * Gives `holder` this scan for `leaseMs` from now, unless someone else has it. A lease that is not renewed expires: its
   * holder has died.
   *
   * @returns undefined when someone else has the lease @throws SyncError
   */
  takeLease(scan: LeaseName, holder: string, leaseMs: number): Promise<TakenScan | undefined>;

  /**
   * Writes `changes`, and renews the lease.
   *
   * @returns false, and writes nothing, when someone else has taken the lease since @throws SyncError
   */
  saveScan(scan: LeaseName, holder: string, leaseMs: number, changes: Partial<ScanState>): Promise<boolean>;

  /** Ends the lease, if `holder` still has it. @throws SyncError */
  releaseLease(scan: LeaseName, holder: string): Promise<void>;

  /** @throws SyncError */
  readScan(scan: LeaseName): Promise<ScanState>;
}

/** `changes` scans the shop's changes since the last time; `deep` compares orders placed within a window in full. */
export const SCAN_KINDS = ['changes', 'deep'] as const;
export type ScanKind = (typeof SCAN_KINDS)[number];

/**
 * What else one daemon at a time does, with the same lease: `announce` publishes shipments, `outbox` what was synced, and `alerts`
 * tells what is so for all of them. The cursor of `import` is how far it has got, by the time orders were placed; that of `prune` is the time before which orders are no longer
 * kept. Of `check`, nothing is kept but the time.
 */
export type LeaseName =
  | ScanKind
  | 'import'
  | 'prune'
  | 'announce'
  | 'outbox'
  | 'erp-shipments'
  | 'compare-shipments'
  | 'check'
  | 'alerts';

export interface OrderNames {
  readonly orderNumber: string;
  /** Undefined if the shop's list does not have it. */
  readonly shopOrderId?: string | undefined;
}

export interface UndeliveredOrder {
  readonly key: string;
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly status: OrderStatus;
  readonly updatedAt: string;
}

export interface KnownOrder {
  /** What is stored under its number, be it another order; undefined if nothing is. */
  readonly stored: StoredContent | undefined;
  /** How the last event of this order ended, when, and if it failed, why; undefined when there was none. */
  readonly lastEvent:
    | { readonly state: LedgerState; readonly at: string; readonly reason?: string | undefined }
    | undefined;
}

/** Nothing is known of it. */
export const UNKNOWN_ORDER: KnownOrder = { stored: undefined, lastEvent: undefined };

/** What tells which of two versions of an order is the newer one; see newest-wins.ts. */
export interface VersionFacts {
  readonly status: OrderStatus;
  readonly updatedAt: string;
  /** `contentHash(order)` */
  readonly contentHash: string;
}

/** The part of a stored order that is compared. */
export interface StoredContent {
  /** Which order it is; if not given, the one with that number. */
  readonly shopOrderId?: string;
  readonly status: OrderStatus;
  readonly updatedAt: string;
  /** `contentHash(order)` */
  readonly contentHash: string;
  readonly placedAt: string;
  readonly currency: string;
  /** An exact decimal. */
  readonly grandTotal: string;
}

export interface TakenScan {
  /** As it was before. */
  readonly state: ScanState;
  /** The internal system's clock, the same for all daemons. */
  readonly now: string;
}

export interface ScanState {
  /** Every change up to this time, by the shop's clock, was compared. Null before the first scan. */
  readonly cursor: string | null;
  /** The newest change that the last scan met, by the shop's clock. */
  readonly newestListed: string | null;
  /** When the last scan began, by the internal system's clock. */
  readonly begunAt: string | null;
  /** The result of the last finished scan. */
  readonly lastRun: ScanRun | null;
}

export interface ScanRun {
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Orders compared; found and published; found but known to be retrying or waiting for a person. */
  readonly compared: number;
  readonly found: number;
  readonly known: number;
  /** Why it stopped half-way; null when it finished. */
  readonly error: string | null;
  /** The report as JSON text; see reconcile/report.ts. Holds no personal data. */
  readonly report: string;
}
