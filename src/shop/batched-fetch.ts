import { asSyncError, type SyncError } from '../errors.ts';
import { isOrderReference } from '../orders/order-reference.ts';
import type { FetchResult } from './shop-client.ts';

export type Results = Map<string, FetchResult>;

/** How a shop is asked for orders. */
export interface OrderSource {
  /** The most orders that `many` is asked for; 1 asks for each with `one`. */
  readonly maxBatch: number;
  /** @throws SyncError when the shop fails */
  one(reference: string, signal: AbortSignal, replied?: () => void): Promise<FetchResult>;
  /** Those of the references that the shop's reply holds. @throws SyncError likewise */
  many(references: readonly string[], signal: AbortSignal, replied?: () => void): Promise<Results>;
}

/**
 * Fetches orders one by one or many at a time. A bad order fails alone.
 *
 * @throws SyncError when the shop failed for all of them
 */
export function fetchOrders(
  source: OrderSource,
  references: readonly string[],
  signal: AbortSignal,
  replied?: () => void,
): Promise<Results> {
  const [reference] = references;
  return reference !== undefined && references.length === 1
    ? fetchAlone(source, reference, signal, replied)
    : fetchSeveral(source, references, signal, replied);
}

async function fetchSeveral(
  source: OrderSource,
  references: readonly string[],
  signal: AbortSignal,
  replied?: () => void,
): Promise<Results> {
  const fetch = new BatchedFetch(source, signal, references.length <= source.maxBatch ? replied : undefined);
  const results = await (source.maxBatch > 1 ? fetch.inBatches(references) : fetch.each(references));
  const failures = [...results.values()].filter((result) => result.kind === 'failed');
  const [first] = failures;
  if (first !== undefined && failures.length === results.size && first.error.kind !== 'permanent') throw first.error;
  return results;
}

/** As it is the only one, a failure of the shop is thrown. */
async function fetchAlone(
  source: OrderSource,
  reference: string,
  signal: AbortSignal,
  replied?: () => void,
): Promise<Results> {
  let result: FetchResult;
  try {
    result = await source.one(reference, signal, replied);
  } catch (error) {
    signal.throwIfAborted();
    result = { kind: 'failed', error: asSyncError(error) };
  }
  if (result.kind === 'failed' && result.error.kind !== 'permanent') throw result.error;
  return new Map([[reference, result]]);
}

class BatchedFetch {
  readonly #source: OrderSource;
  readonly #signal: AbortSignal;
  /** Set where one request should be enough. */
  readonly #replied: (() => void) | undefined;

  constructor(source: OrderSource, signal: AbortSignal, replied: (() => void) | undefined) {
    this.#source = source;
    this.#signal = signal;
    this.#replied = replied;
  }

  async each(references: readonly string[]): Promise<Results> {
    const fetchOne = async (reference: string): Promise<[string, FetchResult]> => [
      reference,
      await this.#tryOne(reference),
    ];
    return new Map(await Promise.all(references.map(fetchOne)));
  }

  async inBatches(references: readonly string[]): Promise<Results> {
    const { maxBatch } = this.#source;
    const batches: (readonly string[])[] = [];
    for (let start = 0; start < references.length; start += maxBatch) {
      batches.push(references.slice(start, start + maxBatch));
    }
    return merged(await Promise.all(batches.map((batch) => this.#batch(batch))));
  }

  async #tryOne(reference: string): Promise<FetchResult> {
    try {
      return await this.#source.one(reference, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      return { kind: 'failed', error: asSyncError(error) };
    }
  }

  /**
   * An order that is not in the reply may exist all the same: shops silently cut long lists to their own page size. So it is
   * fetched on its own before it counts as not found.
   */
  async #batch(references: readonly string[]): Promise<Results> {
    const found = await this.#many(references.filter(isOrderReference));
    const missing = references.filter((reference) => !found.has(reference));
    return missing.length === 0 ? found : merged([found, await this.each(missing)]);
  }

  /**
   * A shop that fails on one order fails for its whole batch, every time. So a failed batch is fetched in halves, down to the
   * order that causes it. When both halves fail it is the shop, or several orders: then each is fetched on its own, unless all
   * failed.
   */
  async #many(references: readonly string[]): Promise<Results> {
    let suspect = await this.#tryMany(references);
    const found = [suspect.found];
    while (suspect.error?.kind === 'transient' && suspect.references.length > 1) {
      const halves = await Promise.all(inHalves(suspect.references).map((half) => this.#tryMany(half)));
      found.push(...halves.map((half) => half.found));
      const [failed, another] = halves.filter((half) => half.error !== undefined);
      if (failed === undefined) return merged(found);
      if (another !== undefined) break;
      suspect = failed;
    }
    const isPart = suspect.error?.kind === 'transient' && suspect.references.length < references.length;
    const each = isPart && suspect.references.length > 1;
    return merged([...found, each ? await this.each(suspect.references) : failuresOf(suspect)]);
  }

  async #tryMany(references: readonly string[]): Promise<ManyAttempt> {
    try {
      return { references, found: await this.#source.many(references, this.#signal, this.#replied) };
    } catch (error) {
      this.#signal.throwIfAborted();
      return { references, found: new Map(), error: asSyncError(error) };
    }
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
