import { Batcher, type Load } from '../async/batcher.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import type { FetchResult, ShopClient } from './shop-client.ts';

export interface FetchedOrder {
  readonly order: Order;
  /** When the request began: the order is at least as new as this. */
  readonly fetchedAt: Date;
}

/**
 * Fetches orders from the shop, in parallel or in batches, within its limits.
 *
 * Two events for one order share a fetch only until it starts: a fetch in flight may miss the second event's change.
 */
export class OrderFetcher {
  readonly #shop: ShopClient;
  readonly #batcher: Batcher<string, FetchedOrder>;
  #cancelled = new AbortController();

  /** @param concurrency requests in flight at a time */
  constructor(shop: ShopClient, concurrency: number) {
    this.#shop = shop;
    this.#batcher = new Batcher({
      run: (references) => this.#fetchBatch(references),
      maxBatch: shop.maxBatch ?? 1,
      slots: Math.min(concurrency, shop.maxCalls ?? concurrency),
      isSame: (a, b) => a === b,
    });
  }

  /** @throws SyncError `order_not_found`, or what is wrong with the shop or this order */
  fetch(reference: string): Promise<FetchedOrder> {
    return this.#batcher.add(reference);
  }

  get load(): Load {
    return this.#batcher.load;
  }

  /** Cancels every fetch in flight or waiting; later ones are not affected. */
  cancelAll(error: SyncError): void {
    this.#batcher.cancelWaiting(error);
    this.#cancelled.abort(error);
    this.#cancelled = new AbortController();
  }

  /** Cancels every fetch, and refuses new ones. */
  close(error: SyncError): void {
    this.#batcher.close(error);
    this.#cancelled.abort(error);
  }

  async #fetchBatch(references: readonly string[]): Promise<(FetchedOrder | Error)[]> {
    const fetchedAt = new Date();
    try {
      const results = await this.#shop.fetchOrders(references, this.#cancelled.signal);
      return references.map((reference) => read(reference, results.get(reference), fetchedAt));
    } catch (error) {
      throw asSyncError(error, 'shop_error');
    }
  }
}

function read(reference: string, result: FetchResult | undefined, fetchedAt: Date): FetchedOrder | Error {
  switch (result?.kind) {
    case 'order':
      return { order: result.order, fetchedAt };
    case 'failed':
      return result.error;
    case 'not-found':
      return new SyncError('order_not_found', `The shop has no order ${reference}.`);
    case undefined:
      return new SyncError('shop_bad_reply', `The shop adapter returned nothing for order ${reference}.`);
    default:
      return result satisfies never;
  }
}
