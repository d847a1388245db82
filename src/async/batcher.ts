import { AsyncLocalStorage } from 'node:async_hooks';
import type { InContext } from './batch-context.ts';
import type { BatcherOptions, FailedItem, Load, Settle } from './batcher-options.ts';
import { ShortLivedMap } from './short-lived.ts';

/**
 * Gathers single items into batches without making one wait on purpose, unless told to linger: an item that finds nothing
 * running leaves at once; items that arrive while every slot is busy leave together when one is free. So a lone item has no
 * delay, and batches grow with the load. A batch belongs to the trace of its first item.
 *
 * When a batch fails, one of its items may be to blame: it is taken apart, so that an item is only ever rejected for a
 * failure of its own.
 */
export class Batcher<In, Out> {
  readonly #options: BatcherOptions<In, Out>;
  readonly #inContext: () => InContext;
  readonly #waiting: Entry<In, Out>[] = [];
  /** Those of `#waiting` that have a key. */
  readonly #byKey = new ShortLivedMap<Entry<In, Out>>();
  /** The key of each item that has left and has no result yet, and the item that waits for it to have one. */
  readonly #underWay = new ShortLivedMap<Entry<In, Out> | undefined>();
  /** Parts of failed batches, and items that want no company. They leave first. */
  readonly #parts: Entry<In, Out>[][] = [];
  #running = 0;
  #isFilling = false;
  #delay: NodeJS.Timeout | undefined;
  #closed: Error | undefined;

  constructor(options: BatcherOptions<In, Out>) {
    this.#options = options;
    this.#inContext = options.context?.ofNow ?? AsyncLocalStorage.snapshot;
  }

  get load(): Load {
    const apart = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const behind = this.#underWay.keys().filter((key) => this.#underWay.get(key) !== undefined);
    const waiting = apart + this.#waiting.length + behind.length;
    return { slots: this.#options.slots, running: this.#running, waiting };
  }

  /**
   * Rejects with the batch's error for this item, or with whatever the batch threw.
   *
   * @param isAlone in a batch of its own, at the next opportunity
   */
  add(item: In, isAlone = false): Promise<Out> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const key = isAlone ? undefined : this.#options.keyOf?.(item);
    const shared = key === undefined ? undefined : (this.#byKey.get(key) ?? this.#underWay.get(key));
    if (shared) return shared.result.promise;
    const result = Promise.withResolvers<Out>();
    const since = performance.now();
    const entry = { item, key, isAlone, failures: 0, since, result, inContext: this.#inContext() };
    if (isAlone) this.#parts.push([entry]);
    else if (key !== undefined && this.#underWay.has(key)) this.#underWay.set(key, entry);
    else this.#wait(entry);
    this.#fillSlotsSoon();
    return result.promise;
  }

  /** Rejects every item that has not left yet. */
  cancelWaiting(error: Error): void {
    clearTimeout(this.#delay);
    for (const key of this.#byKey.keys()) this.#byKey.delete(key);
    for (const key of this.#underWay.keys()) {
      const next = this.#underWay.get(key);
      this.#underWay.set(key, undefined);
      next?.result.reject(error);
    }
    for (const entry of this.#waiting.splice(0)) entry.result.reject(error);
    for (const entry of this.#parts.splice(0).flat()) this.#ended(entry).reject(error);
  }

  /** Rejects every item that has not left yet, and from now on every new one. */
  close(error: Error): void {
    this.#closed = error;
    this.cancelWaiting(error);
  }

  /**
   * After this turn of the event loop, so that everything that arrived in it leaves together: the deliveries of one network
   * packet, the replies received while a synchronous commit (SQLite) blocked the loop.
   */
  #fillSlotsSoon(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    setImmediate(() => {
      this.#isFilling = false;
      this.#fillSlots();
    });
  }

  #fillSlots(): void {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) this.#useSlot(batch);
  }

  /** The batch that leaves now, if one does. */
  #next(): readonly Entry<In, Out>[] | undefined {
    const { slots, maxBatch, minBatchBeside = 1 } = this.#options;
    if (this.#running === slots) return undefined;
    const part = this.#parts.shift();
    if (part !== undefined) return part;
    const [first] = this.#waiting;
    if (first === undefined || this.#waiting.length < (this.#running === 0 ? 1 : minBatchBeside)) return undefined;
    const delayMs = Math.max(this.#lingerMs(first), this.#options.delayMs?.() ?? 0);
    if (delayMs > 0) {
      this.#fillSlotsIn(delayMs);
      return undefined;
    }
    const batch = this.#waiting.splice(0, maxBatch);
    for (const entry of batch) this.#begun(entry);
    return batch;
  }

  #lingerMs({ since }: Entry<In, Out>): number {
    const lingerMs = this.#options.lingerMs?.() ?? 0;
    return lingerMs === 0 ? 0 : lingerMs - (performance.now() - since);
  }

  #wait(entry: Entry<In, Out>): void {
    this.#waiting.push(entry);
    if (entry.key !== undefined) this.#byKey.set(entry.key, entry);
  }

  #begun({ key }: Entry<In, Out>): void {
    if (key === undefined) return;
    this.#byKey.delete(key);
    this.#underWay.set(key, undefined);
  }

  /** @returns what to settle */
  #ended({ key, result }: Entry<In, Out>): PromiseWithResolvers<Out> {
    const next = key === undefined ? undefined : this.#underWay.get(key);
    if (key !== undefined) this.#underWay.delete(key);
    if (next !== undefined) this.#wait(next);
    return result;
  }

  /** Behind all others; if one with its key waits already, that one's result is its result too. */
  #waitAgain(entry: Entry<In, Out>): void {
    const { key, failures } = entry;
    this.#ended(entry);
    const next = key === undefined ? undefined : this.#byKey.get(key);
    if (next === undefined) {
      this.#wait(entry);
    } else {
      next.failures = Math.max(next.failures, failures);
      entry.result.resolve(next.result.promise);
    }
  }

  /** @param delayMs infinite: a batch under way decides */
  #fillSlotsIn(delayMs: number): void {
    clearTimeout(this.#delay);
    if (Number.isFinite(delayMs)) this.#delay = setTimeout(() => this.#fillSlotsSoon(), delayMs);
  }

  #useSlot(batch: readonly Entry<In, Out>[]): void {
    const { context } = this.#options;
    this.#running += 1;
    // Otherwise it would run in the context of the batch that freed the slot.
    void batch[0]?.inContext(() =>
      context === undefined || batch.length === 1
        ? this.#run(batch)
        : context.around(
            batch.map((entry) => entry.inContext),
            () => this.#run(batch),
          ),
    );
  }

  /** Never rejects: each entry has its own promise. */
  async #run(batch: readonly Entry<In, Out>[]): Promise<void> {
    const open: (Entry<In, Out> | undefined)[] = [...batch];
    const settle: Settle<Out> = (index, result) => {
      const entry = open[index];
      if (entry === undefined) return false;
      open[index] = undefined;
      if (result instanceof Error) this.#failed([entry], result);
      else this.#ended(entry).resolve(result);
      return true;
    };
    let isUsing = true;
    const freeSlot = () => {
      if (isUsing) this.#running -= 1;
      isUsing = false;
      this.#slotIsFree();
    };
    try {
      const items = batch.map((entry) => entry.item);
      const results = await this.#options.run(items, settle, freeSlot);
      for (let index = 0; index < batch.length; index += 1) {
        settle(index, results[index] ?? new Error(`expected ${batch.length} results, found ${results.length}`));
      }
    } catch (error) {
      this.#failed(
        open.filter((entry) => entry !== undefined),
        error,
      );
    }
    freeSlot();
  }

  #slotIsFree(): void {
    // With nothing to gather, the next one need not wait for the rest of this turn, which may be many other replies.
    if (this.#options.maxBatch === 1) this.#fillSlots();
    else this.#fillSlotsSoon();
  }

  #failed(batch: readonly Entry<In, Out>[], error: unknown): void {
    for (const entry of batch) entry.failures += 1;
    const [first] = batch;
    const verdict = first && (this.#options.afterFailure?.(error, first) ?? 'apart');
    const isOver = verdict === 'rejected' || (verdict === 'apart' && batch.length === 1);
    const rejection = isOver ? error : this.#closed;
    if (rejection !== undefined) for (const entry of batch) this.#ended(entry).reject(rejection);
    else if (verdict === 'later') for (const entry of batch) this.#waitAgain(entry);
    else this.#parts.unshift(...this.#partsOf(batch));
  }

  #partsOf(batch: readonly Entry<In, Out>[]): Entry<In, Out>[][] {
    const { partSize = 1 } = this.#options;
    const size = batch.length > partSize ? partSize : 1;
    return Array.from({ length: Math.ceil(batch.length / size) }, (_, part) =>
      batch.slice(part * size, (part + 1) * size),
    );
  }
}

interface Entry<In, Out> extends FailedItem<In> {
  failures: number;
  readonly key: string | undefined;
  /** When it was added, by performance.now(). */
  readonly since: number;
  readonly result: PromiseWithResolvers<Out>;
  readonly inContext: InContext;
}
