import type { Order } from '../../orders/order.ts';
import type { Shipment } from '../../orders/shipment.ts';
import type { Conflict } from '../conflicts.ts';

/**
 * The company's ERP, seen from order-sync: a port of one function, "make this order so". Beside it, order-sync keeps a
 * ledger in a database (`INTERNAL_SYSTEM_URL`): versions, newest wins, attempts, conflicts, reconciliation.
 */
export interface OrderSink {
  /** Concurrent upserts, always of different orders. @defaultValue 1 */
  readonly maxUpserts?: number;
  /** How long one upsert may take, in ms; then its signal is aborted. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /**
   * Until when a request that was cut off may still take effect in the ERP, in ms after the cut: nobody else upserts the
   * order before that. @defaultValue 30_000
   */
  readonly settleMs?: number;

  /** Logs in, and probes what the ERP can do. @throws ConfigError, SyncError */
  open?(signal: AbortSignal): Promise<void>;

  /**
   * Makes the order in the ERP what `delivery.order` says, whatever it was before. Never called for an order whose earlier
   * upsert may still be running, in whichever daemon; called again with the same content after a crash.
   *
   * @throws SyncError `write_rejected`: the ERP refuses this order, and nothing was written; a person must look.
   *   `write_failed`: another attempt may work. `internal_system_unavailable`: the ERP is down for every order. With all
   *   but `write_rejected`, and with any other error, the order may have been written: the next call is `uncertain`.
   */
  upsert(delivery: SinkDelivery, signal: AbortSignal): Promise<SinkResult>;

  /**
   * All records of this order that are in the ERP now, by searching there: for `order-sync test-adapter`, and before an order is
   * upserted again only to see whether the ERP works, so that none comes back that somebody has removed.
   */
  find?(delivery: SinkDelivery, signal: AbortSignal): Promise<readonly FoundRecord[]>;

  /** What left the warehouse since `cursor` (null: from the start), oldest first. Asked again, it may repeat itself. */
  listShipments?(cursor: string | null, signal: AbortSignal): Promise<SinkShipments>;

  /** Resolves if an order could be upserted now. Changes nothing. @throws ConfigError, SyncError if not */
  check?(signal: AbortSignal): Promise<void>;

  /** Settings of the ERP that will do harm one day, one sentence each: for `order-sync check` and the start. */
  warnings?(signal: AbortSignal): Promise<readonly string[]>;

  close?(): Promise<void>;
}

export interface SinkDelivery {
  /** The same for every delivery of this order, and for no other: an idempotency key. `<shop>/<shopOrderId>` */
  readonly key: string;
  readonly shop: string;
  readonly order: Order;
  /** 1 for the first content of the order, and one more with each change. */
  readonly revision: number;
  /** What was delivered last; undefined if nothing ever was for certain. */
  readonly previous: DeliveredOrder | undefined;
  /** An earlier upsert of this order began, and nobody knows how it ended: look before you create. */
  readonly uncertain: boolean;
}

export interface DeliveredOrder {
  readonly order: Order;
  readonly revision: number;
  /** As the sink returned it. */
  readonly erpId: string | null;
}

export interface SinkResult {
  /** The ERP's own name for the order. What was returned last is kept where this one says nothing. */
  readonly erpId?: string | undefined;
  /** What this upsert changed in an order that the ERP's staff had begun to work on. Stored with the order. */
  readonly conflict?: readonly Conflict[] | undefined;
  /** For people: what was done differently in the ERP. One sentence, no personal data. */
  readonly note?: string | undefined;
}

export interface SinkShipments {
  readonly shipments: readonly Shipment[];
  /** Where the next call goes on; null if there is nothing to go on from. */
  readonly cursor: string | null;
}

/** A record of an order as the ERP holds it. `test-adapter` compares each fact that is given. */
export interface FoundRecord {
  readonly erpId: string;
  readonly isCancelled?: boolean | undefined;
  /** The sum of the items to ship. */
  readonly quantity?: number | undefined;
  /** Exact decimal text. */
  readonly grandTotal?: string | undefined;
}

/** What an `INTERNAL_SYSTEM` module exports as its default, if it is a sink. */
export type OrderSinkFactory = (context: {
  readonly shop: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) => OrderSink | Promise<OrderSink>;
