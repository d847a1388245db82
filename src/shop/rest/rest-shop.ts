import { asSyncError, type SyncError } from '../../errors.ts';
import { isOrderReference } from '../../orders/order-reference.ts';
import { retryTransient } from '../retry-transient.ts';
import type { FetchResult, OrderStub, ShopClient } from '../shop-client.ts';
import { listChanges } from './changed-orders.ts';
import { header, isNotFound, isWebPage, notFoundPage, statusError } from './http-errors.ts';
import type { RestShopOptions } from './options.ts';
import { listPlaced } from './placed-orders.ts';
import { readOrder, readOrders } from './read-orders.ts';
import { parseHttpDate } from './retry-after.ts';
import { ShopHttp } from './shop-http.ts';
import { ShopUrls } from './shop-urls.ts';

/** No shop has this order: fetching it shows that the shop answers and accepts the token, and nothing more. */
const CHECK_REFERENCE = 'order-sync-check';

type Results = Map<string, FetchResult>;

/**
 * A shop with a REST API, described by configuration alone.
 *
 * @throws ConfigError when base URL, templates or credentials can't work
 */
export function createRestShop(options: RestShopOptions): ShopClient {
  return new RestShop(options);
}

class RestShop implements ShopClient {
  readonly maxBatch: number;
  readonly maxCalls: number;
  readonly #urls: ShopUrls;
  readonly #http: ShopHttp;

  constructor(options: RestShopOptions) {
    this.maxBatch = options.batchSize;
    // Under a rate limit, more calls would only wait in the gate, with batches that can no longer grow.
    this.maxCalls = Math.ceil(options.requestsPerSecond ?? Number.POSITIVE_INFINITY);
    this.#urls = new ShopUrls(options);
    this.#http = new ShopHttp(this.#urls.origin, options);
  }

  async fetchOrders(references: readonly string[], signal: AbortSignal): Promise<Results> {
    const [reference] = references;
    if (reference !== undefined && references.length === 1) {
      return new Map([[reference, await this.#fetchAlone(reference, signal)]]);
    }
    const results = await (this.maxBatch > 1
      ? this.#fetchInBatches(references, signal)
      : this.#fetchEach(references, signal));
    const failures = [...results.values()].filter((result) => result.kind === 'failed');
    const [first] = failures;
    if (first !== undefined && failures.length === results.size && first.error.kind !== 'permanent') throw first.error;
    return results;
  }

  async *listUpdatedSince(since: Date, signal: AbortSignal): AsyncGenerator<OrderStub> {
    yield* listChanges(since, (from, page) => this.#getPage(this.#urls.changes(from, page), signal));
  }

  async *listPlacedSince(since: Date, signal: AbortSignal): AsyncGenerator<OrderStub> {
    yield* listPlaced(since, (page) => this.#getPage(this.#urls.placed(since, page), signal));
  }

  /** The `Date` of any reply. */
  async now(signal: AbortSignal): Promise<Date | undefined> {
    const reply = await retryTransient(signal, () => this.#http.get(this.#urls.order(CHECK_REFERENCE), signal));
    const time = parseHttpDate(header(reply, 'date') ?? '');
    return time === undefined ? undefined : new Date(time);
  }

  async check(signal: AbortSignal): Promise<void> {
    const result = await this.#fetchOne(CHECK_REFERENCE, signal);
    if (result.kind === 'failed' && result.error.kind === 'outage') throw result.error;
    if (this.maxBatch > 1) await this.#requestMany([CHECK_REFERENCE], signal);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #fetchEach(references: readonly string[], signal: AbortSignal): Promise<Results> {
    const fetchOne = async (reference: string): Promise<[string, FetchResult]> => [
      reference,
      await this.#tryOne(reference, signal),
    ];
    return new Map(await Promise.all(references.map(fetchOne)));
  }

  /** As it is the only one, a failure of the shop is thrown. */
  async #fetchAlone(reference: string, signal: AbortSignal): Promise<FetchResult> {
    const result = await this.#tryOne(reference, signal);
    if (result.kind === 'failed' && result.error.kind !== 'permanent') throw result.error;
    return result;
  }

  async #tryOne(reference: string, signal: AbortSignal): Promise<FetchResult> {
    try {
      return await this.#fetchOne(reference, signal);
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', error: asSyncError(error) };
    }
  }

  async #fetchOne(reference: string, signal: AbortSignal): Promise<FetchResult> {
    const url = this.#urls.order(reference);
    const reply = await this.#http.get(url, signal);
    if (isNotFound(reply)) {
      return isWebPage(reply) ? { kind: 'failed', error: notFoundPage(reply, reference) } : { kind: 'not-found' };
    }
    if (reply.statusCode !== 200) throw statusError(reply, url);
    return readOrder(reply.json, reference);
  }

  async #fetchInBatches(references: readonly string[], signal: AbortSignal): Promise<Results> {
    const batches: (readonly string[])[] = [];
    for (let start = 0; start < references.length; start += this.maxBatch) {
      batches.push(references.slice(start, start + this.maxBatch));
    }
    return merged(await Promise.all(batches.map((batch) => this.#fetchBatch(batch, signal))));
  }

  /**
   * An order that is not in the reply may exist all the same: shops silently cut long lists to their own page size. So it is
   * fetched on its own before it counts as not found.
   */
  async #fetchBatch(references: readonly string[], signal: AbortSignal): Promise<Results> {
    const found = await this.#fetchMany(references.filter(isOrderReference), signal);
    const missing = references.filter((reference) => !found.has(reference));
    return missing.length === 0 ? found : merged([found, await this.#fetchEach(missing, signal)]);
  }

  /**
   * A shop that fails on one order fails for its whole batch, every time. So a failed batch is fetched in halves, down to the
   * order that causes it. When both halves fail it is the shop, or several orders: then each is fetched on its own, unless all
   * failed.
   */
  async #fetchMany(references: readonly string[], signal: AbortSignal): Promise<Results> {
    let suspect = await this.#tryMany(references, signal);
    const found = [suspect.found];
    while (suspect.error?.kind === 'transient' && suspect.references.length > 1) {
      const halves = await Promise.all(inHalves(suspect.references).map((half) => this.#tryMany(half, signal)));
      found.push(...halves.map((half) => half.found));
      const [failed, another] = halves.filter((half) => half.error !== undefined);
      if (failed === undefined) return merged(found);
      if (another !== undefined) break;
      suspect = failed;
    }
    const isPart = suspect.error?.kind === 'transient' && suspect.references.length < references.length;
    const each = isPart && suspect.references.length > 1;
    return merged([...found, each ? await this.#fetchEach(suspect.references, signal) : failuresOf(suspect)]);
  }

  async #tryMany(references: readonly string[], signal: AbortSignal): Promise<ManyAttempt> {
    try {
      return { references, found: await this.#requestMany(references, signal) };
    } catch (error) {
      signal.throwIfAborted();
      return { references, found: new Map(), error: asSyncError(error) };
    }
  }

  async #requestMany(references: readonly string[], signal: AbortSignal): Promise<Results> {
    return readOrders(await this.#getJson(this.#urls.orders(references), signal), references);
  }

  /** A scan has hundreds of pages: one failed reply must not end it. */
  #getPage(url: URL, signal: AbortSignal): Promise<unknown> {
    return retryTransient(signal, () => this.#getJson(url, signal));
  }

  async #getJson(url: URL, signal: AbortSignal): Promise<unknown> {
    const reply = await this.#http.get(url, signal);
    if (reply.statusCode !== 200) throw statusError(reply, url);
    return reply.json;
  }
}

interface ManyAttempt {
  readonly references: readonly string[];
  readonly found: Results;
  readonly error?: SyncError;
}

function failuresOf({ references, error }: ManyAttempt): Results {
  return new Map(error === undefined ? [] : references.map((reference) => [reference, { kind: 'failed', error }]));
}

function inHalves<T>(items: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

function merged(parts: readonly Results[]): Results {
  return new Map(parts.flatMap((part) => [...part]));
}
