import type { FailureReason } from '../errors.ts';
import type { EventType } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';

/**
 * The company's side of order-sync: a port. Built in are SQLite, PostgreSQL and MySQL/MariaDB; anyone else's ERP is a
 * module whose default export makes one (`INTERNAL_SYSTEM`).
 */
export interface InternalSystem {
  /** Calls of `writeOrders` under way at a time, also with versions of the same order. @defaultValue 1 */
  readonly maxWrites?: number;

  /** Connects, and creates or migrates what is missing. Safe when several daemons start at once. @throws ConfigError, SyncError */
  open(): Promise<void>;

  /**
   * Writes many orders in one transaction, or a few, each whole and only if it is newer than what is stored (see
   * newest-wins.ts). Resolves after the commit, with one result per snapshot, same length and order.
   *
   * @throws SyncError `write_rejected` when one of the orders can't be stored, `write_failed` when another attempt may
   *   work, `internal_system_unavailable` when nobody's would. Whatever it throws, writing all of them again does
   *   no harm.
   */
  writeOrders(snapshots: readonly Snapshot[]): Promise<WriteResult[]>;

  /** Notes in the ledger that deliveries failed, so that `status` can say so. */
  recordFailures?(failures: readonly LedgerFailure[]): Promise<void>;

  /** Everything known of the orders with this number or shop id: for `status`. */
  findOrders?(reference: string): Promise<OrderRecord[]>;

  /** The most recently touched orders, newest first: for `orders`. */
  listOrders?(filter: OrderFilter): Promise<OrderRecord[]>;

  /** What `reconcile` and RECONCILE_EVERY_MS need; without it there is no reconciliation. */
  readonly reconciliation?: ReconciliationStore;

  /** Answers whether orders could be written now. @throws ConfigError, SyncError when not */
  check?(): Promise<void>;

  close?(): Promise<void>;
}

/** A full order as the shop returned it, with what the ledger keeps of its delivery. */
export interface Snapshot {
  readonly order: Order;
  /** When the fetch began: the snapshot is at least as new as this. */
  readonly fetchedAt: Date;
  readonly eventInfo: EventInfo;
  /** The `stored` of an earlier result: this version was there before the fetch began. */
  readonly seen?: string | undefined;
}

/** What the ledger keeps of a delivery. */
export interface EventInfo {
  /** What the event named: order number or shop id. */
  readonly reference: string;
  readonly event: EventType;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly receivedAt: Date;
}

export interface WriteResult {
  /**
   * `tied`: nothing was written, because what is stored differs although it is of the same `updatedAt` and status, and
   * clocks don't tell which is newer. Fetch the order once more, and write that with `stored` as its `seen`.
   */
  readonly outcome: 'synced' | 'unchanged' | 'stale' | 'tied';
  /** With `tied`: names the version that is stored now. */
  readonly stored?: string;
  /** True when this write cancelled an order that staff had begun to pick. */
  readonly conflict: boolean;
}

/** A result that ends a delivery. */
export type FinalResult = WriteResult & { readonly outcome: Exclude<WriteResult['outcome'], 'tied'> };

export interface LedgerFailure {
  readonly eventInfo: EventInfo;
  readonly state: 'retrying' | 'dead-lettered' | 'discarded';
  readonly reason: FailureReason;
  readonly message: string;
  readonly failedAt: Date;
}

export const LEDGER_STATES = ['synced', 'retrying', 'dead-lettered', 'discarded'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

export interface OrderFilter {
  /** Touched at this time or later. */
  readonly since?: Date;
  readonly state?: LedgerState;
  /** Only orders cancelled after picking began. */
  readonly conflictsOnly?: boolean;
  readonly limit: number;
}

/** Where an order is: its ledger row, and what the internal system holds of it now. Times are UTC instants. */
export interface OrderRecord {
  readonly reference: string;
  readonly orderNumber: string | null;
  readonly shopOrderId: string | null;
  readonly state: LedgerState;
  readonly attempts: number;
  readonly lastEvent: EventType;
  /** `reason: message` of the last failure; null when the last attempt went well. */
  readonly lastError: string | null;
  readonly receivedAt: string;
  readonly fetchedAt: string | null;
  readonly syncedAt: string | null;
  readonly stored: StoredOrder | null;
}

export interface StoredOrder {
  readonly status: string;
  readonly currency: string;
  readonly grandTotal: string;
  readonly placedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly updatedAt: string;
  readonly fulfilmentStatus: string;
  readonly cancelConflict: boolean;
  readonly totalsMismatch: boolean;
  readonly lines: number;
  /** The canonical order as it was written, as JSON text. Holds personal data: never log it. */
  readonly document: string;
}

/** What an `INTERNAL_SYSTEM` module exports as its default. */
export type InternalSystemFactory = (context: {
  readonly shop: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) => InternalSystem | Promise<InternalSystem>;

/** How a failure reads in the ledger. */
export function ledgerError({ reason, message }: Pick<LedgerFailure, 'reason' | 'message'>): string {
  return `${reason}: ${message}`;
}
