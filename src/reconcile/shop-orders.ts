import { asSyncError, SyncError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import { type FetchedOrder, OrderFetcher } from '../shop/order-fetcher.ts';
import { nameToFetch } from '../shop/order-stub.ts';
import { retryTransient } from '../shop/retry-transient.ts';
import type { OrderStub, ShopClient } from '../shop/shop-client.ts';

/** Few: the daemon's own fetches share the shop and its limits. */
export const REQUESTS_AT_A_TIME = 4;

/** Fetches whole orders for the deep scan: many, but at a pace that leaves the shop room for the daemon's own fetches. */
export class ShopOrders {
  readonly #fetchesBy: ShopClient['fetchesBy'];
  readonly #signal: AbortSignal;
  readonly #batched: OrderFetcher;
  readonly #alone: OrderFetcher;

  /** @param onLimit told when the shop begins to limit the rate of requests, and when that is over */
  constructor(shop: ShopClient, signal: AbortSignal, onLimit?: (isLimited: boolean) => void) {
    this.#fetchesBy = shop.fetchesBy;
    this.#signal = signal;
    this.#batched = new OrderFetcher(shop, {
      concurrency: REQUESTS_AT_A_TIME,
      ...(onLimit === undefined ? {} : { onLimit }),
    });
    const one = { fetchOrders: shop.fetchOrders.bind(shop), maxBatch: 1 };
    this.#alone = new OrderFetcher(one, { concurrency: REQUESTS_AT_A_TIME });
    signal.addEventListener('abort', this.#cancel, { once: true });
  }

  /**
   * Each order, or why it can't be fetched.
   *
   * @throws SyncError if the shop is down or fails for all of them; the signal's reason if aborted
   */
  async fetch(stubs: readonly OrderStub[]): Promise<ReadonlyMap<OrderStub, FetchedOrder | SyncError>> {
    const orders = await this.#fetchWith(this.#batched, stubs);
    const failures = [...orders.values()].filter(isShopFailure);
    const [first] = failures;
    if (first !== undefined && failures.length > 1 && failures.length === orders.size) throw first;
    return orders;
  }

  /** Each order with a request of its own, as the daemon fetches it for a single event. */
  fetchAlone(stubs: readonly OrderStub[]): Promise<ReadonlyMap<OrderStub, FetchedOrder | SyncError>> {
    return this.#fetchWith(this.#alone, stubs);
  }

  /** Cancels the fetches that are still running. */
  close(): void {
    this.#signal.removeEventListener('abort', this.#cancel);
    this.#cancel();
  }

  readonly #cancel = (): void => {
    const interrupted = new SyncError('interrupted', 'The scan has ended.');
    this.#batched.cancelAll(interrupted);
    this.#alone.cancelAll(interrupted);
  };

  async #fetchWith(
    fetcher: OrderFetcher,
    stubs: readonly OrderStub[],
  ): Promise<Map<OrderStub, FetchedOrder | SyncError>> {
    const fetchOne = async (stub: OrderStub): Promise<[OrderStub, FetchedOrder | SyncError]> => {
      const reference = nameToFetch(stub, this.#fetchesBy);
      try {
        const fetched = await retryTransient(this.#signal, () => fetcher.fetch(reference));
        return [stub, isAnother(fetched.order, stub) ? wrongOrder(reference, fetched.order) : fetched];
      } catch (error) {
        this.#signal.throwIfAborted();
        const failure = asSyncError(error);
        const isAbsent = failure.reason === 'order_not_found';
        if ((failure.kind === 'outage' && !isAbsent) || failure.reason === 'unexpected') throw failure;
        return [stub, failure];
      }
    };
    return new Map(await Promise.all(stubs.map(fetchOne)));
  }
}

/** Where a number is another order's id, a shop may take one for the other. */
function isAnother(order: Order, { shopOrderId }: OrderStub): boolean {
  return shopOrderId !== undefined && order.shopOrderId !== shopOrderId;
}

function wrongOrder(reference: string, { orderNumber, shopOrderId }: Order): SyncError {
  return new SyncError(
    'wrong_order',
    `Asked the shop for order ${reference} of its list, got order ${orderNumber} (shop id ${shopOrderId}).`,
  );
}

function isShopFailure(result: FetchedOrder | SyncError): result is SyncError {
  return result instanceof SyncError && result.kind === 'transient' && result.dependency === 'shop';
}
