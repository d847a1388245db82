import type { SyncError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import type { Shipment } from '../orders/shipment.ts';
import type { AuditStore } from './audit-store.ts';
import type { Conflict } from './conflicts.ts';
import type { DaemonStore } from './daemon-store.ts';
import type { EventInfo, LedgerFailure, OrderCriteria, OrderFilter, OrderRecord } from './ledger.ts';
import type { MappingAccess } from './mapping/mapping-access.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { PauseStore } from './pause-store.ts';
import type { PrivacyStore } from './privacy-store.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { OrderSearch, OrdersFound } from './search/order-search.ts';
import type { ShipmentStore } from './shipment-store.ts';

/**
 * The company's side of order-sync: a port. SQLite, PostgreSQL and MySQL/MariaDB are built in; any other ERP is a module
 * whose default export creates one (`INTERNAL_SYSTEM`).
 */
export interface InternalSystem {
  /** Orders in one call of `writeOrders`. @defaultValue 1 */
  readonly maxBatch?: number;
  /** Concurrent calls of `writeOrders`, even with versions of the same order. @defaultValue 1 */
  readonly maxWrites?: number;
  /**
   * Fewer waiting orders than this do not make a call beside a running one: they join the next. For systems in which a larger
   * transaction costs little more than a small one. @defaultValue 1
   */
  readonly minBatchBeside?: number;
  /** How long a call may take until its first result, and from each result to the next, in ms. @defaultValue 60_000 */
  readonly writeTimeoutMs?: number;

  /**
   * Connects, and creates or migrates the tables if need be. Safe when several daemons start at once.
   *
   * @throws ConfigError, SyncError
   */
  open(): Promise<void>;

  /**
   * Writes each order whole, and only if it is newer than the stored one (see newest-wins.ts). Resolves when all are durable,
   * with one result per snapshot, same length and order. What is durable before the others can be reported at once.
   *
   * @throws SyncError `write_rejected` when one of the orders can't be stored, `write_failed` when another attempt may
   *   work, `internal_system_unavailable` when no write would. Whatever it throws, writing those again that were not reported
   *   does no harm.
   */
  writeOrders(snapshots: readonly Snapshot[], call: WriteCall): Promise<WriteResult[]>;

  /**
   * Records in the ledger that deliveries failed, for `status`. At most `maxBatch` of them.
   *
   * @param signal as that of `writeOrders`
   * @returns the conflicts that each of them brought, same length and order; nothing if it knows of none
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: of a class's method that returns nothing, the type is Promise<void>.
  recordFailures?(failures: readonly LedgerFailure[], signal: AbortSignal): Promise<(readonly Conflict[])[] | void>;

  /** Everything known of the orders with this number or shop id: for `status`. */
  findOrders?(reference: string): Promise<OrderRecord[]>;

  /** Orders by what is known of the buyer or the parcel, the latest placed first: for `find`. Quick, however many there are. */
  searchOrders?(search: OrderSearch): Promise<OrdersFound>;

  /** Builds what `searchOrders` needs, and may take minutes. The daemon calls it once it is open. Never rejects. */
  prepareSearch?(notify: Notify): Promise<void>;

  /**
   * Orders and failed events, newest first: for `orders` and the dashboard's lists. What it leaves out of account of `by`, `until`
   * and `mismatchOnly` is left out of its pages afterwards.
   */
  listOrders?(filter: OrderFilter): Promise<OrderRecord[]>;

  /** How many of them there are, counted no further than `atMost`: asked about twice a second while somebody looks. */
  countOrders?(criteria: OrderCriteria, atMost: number): Promise<number>;

  /** For `reconcile` and RECONCILE_EVERY_MS; without it there is no reconciliation. */
  readonly reconciliation?: ReconciliationStore;

  /** What the warehouse ships; without it there is no way back to the shop. */
  readonly shipments?: ShipmentStore;

  /** What was synced and is to be published; without it there is no SYNCED_EXCHANGE. */
  readonly outbox?: OutboxStore;

  /** Who did what, and what was discarded; without it only the log says so, and what is discarded is gone. */
  readonly audit?: AuditStore;

  /** Where planned pauses are kept; without it, `order-sync pause` says that there is none. */
  readonly pauses?: PauseStore;

  /** Where daemons say that they are there; without it, each shows only itself. */
  readonly daemons?: DaemonStore;

  /** How it forgets who bought an order; without it there is no `forget`. */
  readonly privacy?: PrivacyStore;

  /** How it gets rid of what is old; without it there is no `prune`. */
  readonly retention?: RetentionStore;

  /** Shipments that were entered in the ERP since the cursor, oldest first; each a `Shipment`. @throws SyncError */
  listShipments?(cursor: string | null, signal: AbortSignal): Promise<ListedShipments>;

  /** With MAPPING, which only the built-in databases know. */
  readonly mapping?: MappingAccess | undefined;

  /** Set where `writeOrders` only stores the orders, and the ERP gets them from there: a ledger with an order sink. */
  readonly delivery?: OrderDelivery;

  /** Resolves if orders could be written now. @throws ConfigError, SyncError if not */
  check?(): Promise<void>;

  close?(): Promise<void>;
}

export interface ListedShipments {
  readonly shipments: readonly Shipment[];
  /** Handed back with the next call. */
  readonly cursor: string | null;
}

/** One call of `writeOrders`. The next one in its place begins only once this one has ended, however late that is. */
export interface WriteCall {
  /** Aborted when the call's time is up, and when the daemon has to stop: end soon. */
  readonly signal: AbortSignal;
  /**
   * The snapshot at `index` is durable, with this result: its event is acked at once, whatever becomes of the others, and the
   * call has its time anew.
   */
  readonly report: (index: number, result: WriteResult) => void;
}

/** A full order as the shop returned it, with what the ledger keeps of its delivery. */
export interface Snapshot {
  readonly order: Order;
  /** When the fetch began: the snapshot is at least as new as this. */
  readonly fetchedAt: Date;
  readonly eventInfo: EventInfo;
  /** The `stored` of an earlier result: that version was stored before the fetch began. */
  readonly seen?: string | undefined;
  /** Of an order that is not stored yet. @defaultValue 'new': the warehouse ships it */
  readonly fulfilmentStatus?: string | undefined;
  /** A person wants it written in place of the version `seen`, if that is still stored, although it is older. */
  readonly force?: boolean | undefined;
  /**
   * It was written before, and is written once more, alone, to see whether that works. If the order is no longer there, it was
   * removed on purpose and stays away: `unchanged` if it could be written all the same, `stale` without `stored` if that is not
   * known.
   */
  readonly again?: boolean | undefined;
}

/**
 * - `synced`: the snapshot is committed
 * - `unchanged`: exactly this content was stored already
 * - `stale`: something newer was stored
 */
export const WRITE_OUTCOMES = ['synced', 'unchanged', 'stale'] as const;
export type WriteOutcome = (typeof WRITE_OUTCOMES)[number];

export interface WrittenResult {
  /**
   * `tied`: nothing was written, because the stored version differs at the same `updatedAt` and status, and no clock can
   * say which one is newer. Fetch the order again, and write it with `stored` as its `seen`.
   */
  readonly outcome: WriteOutcome | 'tied';
  /**
   * With `tied` and `stale`: names the version that is stored now. A `stale` order is then fetched again, too; a `stale`
   * without it is final.
   */
  readonly stored?: string;
  /** What this write changed in an order that staff had begun to pick; `true` is short for `['cancelled']`. */
  readonly conflict: boolean | readonly Conflict[];
  /** The number under which the order was stored before this write, if it is another one now. */
  readonly previousNumber?: string;
}

/** This order can't be written, and why; the rest of the batch was. */
export interface RefusedResult {
  readonly outcome: 'refused';
  readonly error: SyncError;
  readonly stored?: never;
  readonly conflict: false;
}

export type WriteResult = WrittenResult | RefusedResult;

/**
 * The second half of a write, where the internal system is an ERP behind a ledger of ours: `writeOrders` has stored the order,
 * and `deliver` brings what is stored into the ERP. Only then is the order synced.
 */
export interface OrderDelivery {
  /** Concurrent deliveries, always of different orders. */
  readonly maxDeliveries: number;
  /** How long one takes at most, in ms, be it that the ERP does not answer. */
  readonly timeoutMs: number;
  /** How long a delivery whose end is unknown keeps other deliveries of the same order waiting at most, in ms. */
  readonly leaseMs: number;

  /** Logs in to the ERP. May be called again after a failure. @throws ConfigError, SyncError */
  open(signal: AbortSignal): Promise<void>;

  /**
   * Brings the order into the ERP as it is stored now, which may be newer than the snapshot.
   *
   * @throws SyncError `write_rejected` if the ERP refuses the order, `write_failed` if another attempt may work,
   *   `internal_system_unavailable` if none would
   */
  deliver(snapshot: Snapshot, call: DeliverCall): Promise<DeliveryResult>;
}

export interface DeliverCall {
  /** Deliver it even if what is stored was delivered already, to see whether the ERP works; `unchanged` if it is no longer there. */
  readonly again: boolean;
  /** Aborted, with a SyncError as its reason, when nobody wants the outcome any more. */
  readonly abandoned: AbortSignal;
  /** The delivery was told to end, and for as long again it has not. */
  readonly onOverdue: (error: SyncError) => void;
}

export type DeliveryResult =
  /** @param conflicts that this delivery found in the ERP */
  | { readonly outcome: 'delivered'; readonly conflicts: readonly Conflict[] }
  /** What is stored had been delivered before. */
  | { readonly outcome: 'unchanged' }
  /** Another delivery of this order is under way, or its end is not known yet: for `freeInMs` at most. */
  | { readonly outcome: 'busy'; readonly freeInMs: number };

/** Tells a person what a built-in system found out by itself, and no failed call would say. */
export type Notify = (level: 'info' | 'warn' | 'error', message: string) => void;

/** What an `INTERNAL_SYSTEM` module exports as its default. */
export type InternalSystemFactory = (context: {
  readonly shop: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) => InternalSystem | Promise<InternalSystem>;
