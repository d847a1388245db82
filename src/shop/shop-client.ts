import type { SyncError } from '../errors.ts';
import type { Order, OrderStatus } from '../orders/order.ts';
import type { OrderName } from '../orders/order-reference.ts';
import type { Shipment } from '../orders/shipment.ts';

/**
 * The shop's side of order-sync: a port. The built-in REST shop implements it by configuration; for any other shop, a
 * module's default export creates one (`SHOP_ADAPTER`).
 */
export interface ShopClient {
  /**
   * Fetches orders by reference (order number or the shop's own id), at most `maxBatch` at once. The map has one entry
   * for each reference; one bad order fails alone.
   *
   * @param replied may be called as soon as the reply has arrived: the next call is made then, before this reply is read
   * @throws SyncError when the shop failed for all of them: unreachable, credentials refused, timeout …
   */
  fetchOrders(
    references: readonly string[],
    signal: AbortSignal,
    replied?: () => void,
  ): Promise<ReadonlyMap<string, FetchResult>>;

  /**
   * Which of an order's two names `fetchOrders` understands, where it is only one: what order-sync asks for itself then goes by
   * that name. With `shopOrderId`, the lists must have it. @defaultValue 'orderNumber'
   */
  readonly fetchesBy?: FetchesBy;

  /** The most references per call. @defaultValue 1 */
  readonly maxBatch?: number;

  /** The most calls of `fetchOrders` in flight at a time, if fewer than order-sync would make. */
  readonly maxCalls?: number;

  /**
   * Orders changed at that time or later, oldest change first: for reconciliation. An order that does not change while the
   * list is read must be in it, even if others do change; listing an order twice does no harm. An entry that is not valid (an
   * odd order number, a status that nobody knows) is reported, and ends nothing.
   *
   * @throws SyncError when the list breaks off: an order that was not listed never counts as absent
   */
  listUpdatedSince?(since: Date, signal: AbortSignal): AsyncIterable<OrderStub>;

  /** Orders placed at that time or later, oldest first: for the deep reconciliation. @throws SyncError likewise */
  listPlacedSince?(since: Date, signal: AbortSignal): AsyncIterable<OrderStub>;

  /**
   * The time by the shop's own clock, which `updatedAt` is taken from: for reconciliation. If the method is absent or returns
   * undefined, the daemon's clock is used. @throws SyncError when the shop fails
   */
  now?(signal: AbortSignal): Promise<Date | undefined>;

  /**
   * Reports what left the warehouse, unless the shop knows it: reads first, and reads again to confirm. Alone per order.
   *
   * @throws SyncError `shop_…`; `shipment_refused`, `invalid_shipment` or `order_cancelled` when a person must look
   */
  reportShipment?(shipment: Shipment, order: ShippedOrder, signal: AbortSignal): Promise<ShipmentReport>;

  /** What the shop knows to have been shipped of this order: for the daily comparison. @throws SyncError likewise */
  listShipments?(order: ShippedOrder, signal: AbortSignal): Promise<readonly KnownShipment[]>;

  /** Resolves if the shop can be reached with these credentials. @throws SyncError otherwise */
  check?(signal: AbortSignal): Promise<void>;

  /** The topics of webhooks for orders that the shop has switched off: for `order-sync check` and alerts. @throws SyncError likewise */
  webhooksOff?(signal: AbortSignal): Promise<readonly string[]>;

  /** What else a person should know although the shop works, in sentences: for the same. @throws SyncError likewise */
  warnings?(signal: AbortSignal): Promise<readonly string[]>;

  close?(): Promise<void>;
}

export type FetchResult =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'failed'; readonly error: SyncError };

export type FetchesBy = OrderName;

/** Both names of an order. */
export interface ShippedOrder {
  readonly orderNumber: string;
  readonly shopOrderId: string;
  /** Of this shipment, as the shop was told last: where it keeps no id of ours, that is how a corrected parcel is found. */
  readonly reportedTrackingNumber?: string | null;
}

export interface ShipmentReport {
  /** `known`: the shop had exactly this already. */
  readonly outcome: 'reported' | 'corrected' | 'known';
  /** For people: a tracking number that the shop cannot take, for instance. */
  readonly note?: string | undefined;
}

/** A shipment as the shop shows it. */
export interface KnownShipment {
  /** Ours; null if the shop keeps none, or somebody else entered it there. */
  readonly shipmentId: string | null;
  readonly trackingNumber: string | null;
}

export interface OrderStub {
  readonly orderNumber: string;
  /** Needed if the shop `fetchesBy` it. If the list has it, two orders under one number are told apart. */
  readonly shopOrderId?: string | undefined;
  readonly status: OrderStatus;
  /** UTC instant with milliseconds. */
  readonly updatedAt: string;
  /** Set if the entry is not valid: what is wrong with it, without its values. No more than its place in the list then counts. */
  readonly problem?: string;
}

/** What a `SHOP_ADAPTER` module exports as its default. */
export type ShopAdapterFactory = (context: {
  readonly env: Readonly<Record<string, string | undefined>>;
}) => ShopClient | Promise<ShopClient>;
