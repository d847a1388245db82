import { Batcher } from '../async/batcher.ts';
import type { AfterFailure, FailedItem, Load } from '../async/batcher-options.ts';
import { MAX_HOLD_MS, Pace } from '../async/pace.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import { inBatchSpan } from '../spans.ts';
import { askedWaitMs } from './asked-wait.ts';
import { FetchTimes } from './fetch-times.ts';
import type { FetchesBy, FetchResult, ShopClient } from './shop-client.ts';

export interface FetchedOrder {
  readonly order: Order;
  /** When the request began: the order is at least as new as this. */
  readonly fetchedAt: Date;
}

export interface FetcherOptions {
  /** Requests in flight at a time. */
  readonly concurrency: number;
  /** Called when the shop begins to limit the rate of requests, and when that is over. */
  readonly onLimit?: (isLimited: boolean) => void;
  /** Orders that the shop should have, for as long as none has been fetched yet. */
  readonly knownOrders?: () => Promise<readonly KnownOrder[]>;
}

export interface KnownOrder {
  readonly reference: string;
  /** It came from the shop before, and was valid. */
  readonly wasValid: boolean;
}

/**
 * Fetches orders from the shop, in parallel or in batches, within its limits.
 *
 * Events for one order share a fetch only until it starts, as a fetch in flight may miss the change of an event that came since;
 * those that come while it is in flight share the next one. An order that the shop refuses because there are too many requests
 * waits here, and is fetched again at the pace that the shop allows.
 */
export class OrderFetcher {
  readonly #shop: ShopClient;
  readonly #batcher: Batcher<string, FetchedOrder>;
  readonly #pace: Pace;
  readonly #times = new FetchTimes();
  readonly #knownOrders: () => Promise<readonly KnownOrder[]>;
  /** The last references that brought an order. */
  readonly #fetched: string[] = [];
  /** When the call began that ended with this error. */
  readonly #startedAt = new WeakMap<SyncError, number>();
  /** References that are refused however few requests there are. */
  readonly #refusedAlone = new Set<string>();
  #mayHold = true;
  #cancelled = new AbortController();

  constructor(shop: ShopClient, options: FetcherOptions) {
    const { concurrency, onLimit = () => undefined, knownOrders = async () => [] } = options;
    this.#shop = shop;
    this.#pace = new Pace(onLimit);
    this.#knownOrders = knownOrders;
    this.#batcher = new Batcher({
      run: (references, _, freeSlot) => this.#fetchBatch(references, freeSlot),
      maxBatch: shop.maxBatch ?? 1,
      slots: Math.min(concurrency, shop.maxCalls ?? concurrency),
      keyOf: (reference) => reference,
      context: inBatchSpan('fetch batch'),
      lingerMs: () => this.#times.lingerMs,
      delayMs: () => (this.#mayHold ? this.#pace.delayMs : 0),
      afterFailure: (error, item) => this.#afterFailure(asSyncError(error), item),
    });
  }

  /** Which of an order's names the shop can be asked by. */
  get fetchesBy(): FetchesBy | undefined {
    return this.#shop.fetchesBy;
  }

  /**
   * @param isAlone at once and in a request of its own, whatever the pace
   * @throws SyncError `order_not_found`, or what is wrong with the shop or this order
   */
  fetch(reference: string, isAlone = false): Promise<FetchedOrder> {
    return this.#batcher.add(reference, isAlone);
  }

  /**
   * Whether the shop gets an order through right now that it is known to have. Undefined if none is known.
   *
   * @throws SyncError `interrupted`
   */
  async works(): Promise<boolean | undefined> {
    const fetched = this.#fetched.map((reference) => ({ reference, wasValid: true }));
    const known = fetched.length > 0 ? fetched.reverse() : await this.#knownOrders();
    for (const { reference, wasValid } of known) {
      const failure = await this.fetch(reference, true).then(() => undefined, asSyncError);
      if (failure === undefined) return true;
      if (failure.reason === 'interrupted') throw failure;
      if (failure.reason === 'invalid_order') return !wasValid;
      // A single one may have been deleted. One that never came from the shop may never have been fit to.
      if (wasValid && failure.reason !== 'order_not_found') return false;
    }
    return known.length > 0 ? false : undefined;
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

  /** From now on, no order waits here because the shop limits the rate. Those that do are cancelled. */
  endHold(error: SyncError): void {
    this.#mayHold = false;
    if (this.#pace.isLimited) this.#batcher.cancelWaiting(error);
  }

  /** Cancels every fetch, and refuses new ones. */
  close(error: SyncError): void {
    this.#batcher.close(error);
    this.#cancelled.abort(error);
  }

  async #fetchBatch(references: readonly string[], replied: () => void): Promise<(FetchedOrder | Error)[]> {
    const fetchedAt = new Date();
    const startedAt = this.#pace.begin();
    try {
      const results = await this.#shop.fetchOrders(references, this.#cancelled.signal, replied);
      const orders = references.map((reference) => read(reference, results.get(reference), fetchedAt));
      const refused = orders.filter(isRefusal);
      for (const error of refused) this.#startedAt.set(error, startedAt);
      if (refused.length === 0) this.#pace.answered(startedAt);
      const fetched = references[orders.findLastIndex((order) => !(order instanceof Error))];
      if (fetched !== undefined) this.#remember(fetched, performance.now() - startedAt);
      return orders;
    } catch (cause) {
      const error = asSyncError(cause, 'shop_error');
      const isInterrupted = error.reason === 'interrupted';
      if (isRefusal(error)) this.#startedAt.set(error, startedAt);
      // The shop has said nothing. Taken for an answer, the next refusal would slow everything down.
      else if (isInterrupted) this.#pace.released();
      else this.#pace.answered(startedAt);
      throw error;
    }
  }

  #remember(reference: string, tookMs: number): void {
    this.#times.add(tookMs);
    this.#refusedAlone.delete(reference);
    if (this.#fetched.includes(reference)) return;
    if (this.#fetched.push(reference) > REMEMBERED) this.#fetched.shift();
  }

  #afterFailure(error: SyncError, { item: reference, isAlone, failures }: FailedItem<string>): AfterFailure {
    if (error.kind !== 'outage') return 'apart';
    if (!isRefusal(error)) return 'rejected';
    if (isAlone || !this.#mayHold || this.#refusedAlone.has(reference) || isMaintenance(error)) {
      this.#pace.released();
      return 'rejected';
    }
    if (failures > MAX_REFUSALS) {
      if (this.#refusedAlone.size === MAX_REFUSED_ALONE) this.#refusedAlone.clear();
      this.#refusedAlone.add(reference);
      this.#pace.lift();
      return 'rejected';
    }
    const startedAt = this.#startedAt.get(error) ?? 0;
    const isLimit = this.#pace.refused(startedAt, askedWaitMs(error, failures), failures > 1);
    return isLimit ? 'later' : 'rejected';
  }
}

const REMEMBERED = 3;
/** A bound for the memory. Forgotten ones are found out again. */
const MAX_REFUSED_ALONE = 1_000;
/** An order refused more often, while the pace allowed others, is not refused for the rate. */
const MAX_REFUSALS = 3;

/** No limit on the rate: what would come after it must not crawl. */
function isMaintenance({ mayEndSooner, retryAfterMs = 0 }: SyncError): boolean {
  return mayEndSooner && retryAfterMs > MAX_HOLD_MS;
}

function isRefusal(result: unknown): result is SyncError {
  return result instanceof SyncError && result.reason === 'shop_rate_limited';
}

function read(reference: string, result: FetchResult | undefined, fetchedAt: Date): FetchedOrder | Error {
  switch (result?.kind) {
    case 'order':
      return { order: result.order, fetchedAt };
    case 'failed':
      return asSyncError(result.error, 'shop_error');
    case 'not-found':
      return new SyncError('order_not_found', `The shop has no order ${reference}.`);
    case undefined:
      return new SyncError('shop_bad_reply', `The shop adapter returned nothing for order ${reference}.`);
    default:
      return result satisfies never;
  }
}
