import { backoffMs } from '../../async/backoff.ts';
import { withTimeout } from '../../async/deadline.ts';
import { retry } from '../../async/retry.ts';
import { SyncError } from '../../errors.ts';
import type { FetchesBy, FetchResult, OrderStub, ShopClient } from '../../shop/shop-client.ts';

export type ListName = 'listUpdatedSince' | 'listPlacedSince';

/** Longer than any shop should take, and far shorter than a person would wait. */
const TIMEOUT_MS = 60_000;
/** How many orders shops list at a time, about: nobody tells how many requests a list takes. */
const ENTRIES_PER_REQUEST = 50;
/** A person waits, and some of what is asked for has to fail. */
const MAX_TRIES = 3;

/** Asks for one thing at a time, waits as long as the shop wants, repeats what failed once, and gives up in time. */
export class PoliteShop {
  readonly #client: ShopClient;
  readonly #signal: AbortSignal;
  readonly #onRequest: () => void;
  /** Of the slowest answer so far. */
  slowestMs = 0;

  constructor(client: ShopClient, signal: AbortSignal, onRequest: () => void = () => undefined) {
    this.#client = client;
    this.#signal = signal;
    this.#onRequest = onRequest;
  }

  get maxBatch(): number {
    return this.#client.maxBatch ?? 1;
  }

  get fetchesBy(): FetchesBy {
    return this.#client.fetchesBy ?? 'orderNumber';
  }

  has(method: ListName | 'check' | 'now'): boolean {
    return this.#client[method] !== undefined;
  }

  /** @throws SyncError, whatever the module throws */
  fetch(references: readonly string[]): Promise<ReadonlyMap<string, FetchResult>> {
    return this.#ask(() => this.#client.fetchOrders(references, this.#signal));
  }

  /** At most `limit` of the list, from its beginning. A list repeats its requests by itself. */
  async list(name: ListName, since: Date, limit: number): Promise<OrderStub[]> {
    const stubs: OrderStub[] = [];
    const list = this.#client[name]?.(since, this.#signal)[Symbol.asyncIterator]();
    while (list !== undefined && stubs.length < limit) {
      const { done, value } = await inTime(list.next());
      if (done) return stubs;
      if (stubs.push(value) % ENTRIES_PER_REQUEST === 1) this.#onRequest();
    }
    await list?.return?.();
    return stubs;
  }

  check(): Promise<void> {
    return this.#ask(async () => await this.#client.check?.(this.#signal));
  }

  now(): Promise<Date | undefined> {
    return this.#ask(async () => await this.#client.now?.(this.#signal));
  }

  #ask<T>(request: () => Promise<T>): Promise<T> {
    return retry(() => this.#once(request), {
      isRetryable,
      delayMs: (tries, error) => Math.max(backoffMs(tries, { minMs: 100, maxMs: 1_000 }), error.retryAfterMs ?? 0),
      maxTries: MAX_TRIES,
      signal: this.#signal,
    });
  }

  async #once<T>(request: () => Promise<T>): Promise<T> {
    this.#onRequest();
    const startedAt = performance.now();
    try {
      return await inTime(request());
    } finally {
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
    }
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return withTimeout(answer, TIMEOUT_MS, () => {
    throw new SyncError('shop_timeout', `The shop did not answer within ${TIMEOUT_MS / 1000} s.`);
  });
}

function isRetryable(error: unknown): error is SyncError {
  return error instanceof SyncError && (error.kind === 'transient' || error.reason === 'shop_rate_limited');
}
