import { asSyncError, SyncError } from '../errors.ts';
import { type FetchedOrder, OrderFetcher } from '../shop/order-fetcher.ts';
import { retryTransient } from '../shop/retry-transient.ts';
import type { ShopClient } from '../shop/shop-client.ts';

/** Few: the daemon's own fetches share the shop and its limits. */
const REQUESTS_AT_A_TIME = 4;

/** Fetches whole orders for the deep scan: many, but at a pace that leaves the shop room for the daemon's own fetches. */
export class ShopOrders {
  readonly #signal: AbortSignal;
  readonly #batched: OrderFetcher;
  readonly #alone: OrderFetcher;

  constructor(shop: ShopClient, signal: AbortSignal) {
    this.#signal = signal;
    this.#batched = new OrderFetcher(shop, { concurrency: REQUESTS_AT_A_TIME });
    const one = { fetchOrders: shop.fetchOrders.bind(shop), maxBatch: 1 };
    this.#alone = new OrderFetcher(one, { concurrency: REQUESTS_AT_A_TIME });
    signal.addEventListener('abort', this.#cancel, { once: true });
  }

  /**
   * Each order, or why it can't be fetched.
   *
   * @throws SyncError if the shop is down or fails for all of them; the signal's reason if aborted
   */
  async fetch(orderNumbers: readonly string[]): Promise<ReadonlyMap<string, FetchedOrder | SyncError>> {
    const orders = await this.#fetchWith(this.#batched, orderNumbers);
    const failures = [...orders.values()].filter(isShopFailure);
    const [first] = failures;
    if (first !== undefined && failures.length > 1 && failures.length === orders.size) throw first;
    return orders;
  }

  /** Each order with a request of its own, as the daemon fetches it for a single event. */
  fetchAlone(orderNumbers: readonly string[]): Promise<ReadonlyMap<string, FetchedOrder | SyncError>> {
    return this.#fetchWith(this.#alone, orderNumbers);
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
    orderNumbers: readonly string[],
  ): Promise<Map<string, FetchedOrder | SyncError>> {
    const fetchOne = async (orderNumber: string): Promise<[string, FetchedOrder | SyncError]> => {
      try {
        return [orderNumber, await retryTransient(this.#signal, () => fetcher.fetch(orderNumber))];
      } catch (error) {
        this.#signal.throwIfAborted();
        const failure = asSyncError(error);
        const isAbsent = failure.reason === 'order_not_found';
        if ((failure.kind === 'outage' && !isAbsent) || failure.reason === 'unexpected') throw failure;
        return [orderNumber, failure];
      }
    };
    return new Map(await Promise.all(orderNumbers.map(fetchOne)));
  }
}

function isShopFailure(result: FetchedOrder | SyncError): result is SyncError {
  return result instanceof SyncError && result.kind === 'transient' && result.dependency === 'shop';
}
