import type { SyncError } from '../errors.ts';
import type { Order, OrderStatus } from '../orders/order.ts';

/**
 * The shop's side of order-sync: a port. The built-in REST shop implements it by configuration; anyone else's shop is a
 * module whose default export makes one (`SHOP_ADAPTER`).
 */
export interface ShopClient {
  /**
   * Fetches orders by reference (order number or the shop's own id), at most `maxBatch` at once. The map has one entry
   * for each reference; one bad order spoils only itself.
   *
   * @throws SyncError when the shop failed for all of them (unreachable, credentials refused, timeout …)
   */
  fetchOrders(references: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, FetchResult>>;

  /** How many references one call may ask for; 1 when absent. */
  readonly maxBatch?: number;

  /** How many calls of `fetchOrders` may be under way at a time, if that is fewer than order-sync would make. */
  readonly maxCalls?: number;

  /**
   * Orders changed at that time or later, oldest change first: for reconciliation. Each that is not changed meanwhile must
   * be there, also when others are; one that is listed twice does no harm.
   *
   * @throws SyncError when the list breaks off: what was not listed is never taken for absent
   */
  listUpdatedSince?(since: Date, signal: AbortSignal): AsyncIterable<OrderStub>;

  /** Orders placed at that time or later, oldest first: for the deep reconciliation. @throws SyncError likewise */
  listPlacedSince?(since: Date, signal: AbortSignal): AsyncIterable<OrderStub>;

  /**
   * What time it is by the shop's own clock, the one `updatedAt` comes from: for reconciliation. Undefined, or the method
   * absent, when the shop does not tell; then the daemon's clock has to do. @throws SyncError when the shop fails
   */
  now?(signal: AbortSignal): Promise<Date | undefined>;

  /** Answers whether the shop can be reached with these credentials. @throws SyncError when not */
  check?(signal: AbortSignal): Promise<void>;

  close?(): Promise<void>;
}

export type FetchResult =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'failed'; readonly error: SyncError };

export interface OrderStub {
  readonly orderNumber: string;
  readonly status: OrderStatus;
  /** UTC instant with milliseconds. */
  readonly updatedAt: string;
}

/** What a `SHOP_ADAPTER` module exports as its default. */
export type ShopAdapterFactory = (context: {
  readonly env: Readonly<Record<string, string | undefined>>;
}) => ShopClient | Promise<ShopClient>;
