import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Gathers single items into batches without ever making one wait on purpose: an item that finds nothing running leaves at
 * once; items that arrive while every slot is busy leave together when one is free. So a lone item has no delay, and batches
 * grow with the load. A batch belongs to the trace of its first item.
 */
export class Batcher<In, Out> {
  readonly #options: BatcherOptions<In, Out>;
  readonly #waiting: Entry<In, Out>[] = [];
  #running = 0;
  #isFilling = false;
  #closed: Error | undefined;

  constructor(options: BatcherOptions<In, Out>) {
    this.#options = options;
  }

  get load(): Load {
    return { slots: this.#options.slots, running: this.#running, waiting: this.#waiting.length };
  }

  /** Rejects with the batch's error for this item, or with whatever the batch threw. */
  add(item: In): Promise<Out> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const shared = this.#options.isSame && this.#waiting.find((entry) => this.#options.isSame?.(entry.item, item));
    if (shared) return shared.result.promise;
    const entry = { item, result: Promise.withResolvers<Out>(), inContext: AsyncLocalStorage.snapshot() };
    this.#waiting.push(entry);
    this.#fillSlotsSoon();
    return entry.result.promise;
  }

  /** Rejects every item that has not left yet. */
  cancelWaiting(error: Error): void {
    for (const entry of this.#waiting.splice(0)) entry.result.reject(error);
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
      while (this.#canLeave()) void this.#useSlot();
    });
  }

  #canLeave(): boolean {
    if (this.#running === this.#options.slots) return false;
    return this.#waiting.length >= (this.#running === 0 ? 1 : (this.#options.minBatchBeside ?? 1));
  }

  /** Never rejects: each entry has its own promise. */
  async #useSlot(): Promise<void> {
    this.#running += 1;
    const batch = this.#waiting.splice(0, this.#options.maxBatch);
    // Otherwise it would run in the context of the batch that freed the slot.
    await batch[0]?.inContext(() => this.#run(batch));
    this.#running -= 1;
    this.#fillSlotsSoon();
  }

  async #run(batch: readonly Entry<In, Out>[]): Promise<void> {
    try {
      const results = await this.#options.run(batch.map((entry) => entry.item));
      batch.forEach(({ result }, index) => {
        const one = results[index];
        if (one === undefined) result.reject(new Error(`expected ${batch.length} results, found ${results.length}`));
        else if (one instanceof Error) result.reject(one);
        else result.resolve(one);
      });
    } catch (error) {
      for (const { result } of batch) result.reject(error);
    }
  }
}

export interface BatcherOptions<In, Out> {
  /** One result per item, same length and order; an Error concerns that item alone. */
  readonly run: (items: readonly In[]) => Promise<readonly (Out | Error)[]>;
  readonly maxBatch: number;
  /** Batches running at a time. */
  readonly slots: number;
  /** While another batch runs, one smaller than this waits for it to end, and grows. @defaultValue 1 */
  readonly minBatchBeside?: number;
  /** Equal items that wait together share one result; an item that has left is shared no more. */
  readonly isSame?: (a: In, b: In) => boolean;
}

export interface Load {
  readonly slots: number;
  /** Batches. */
  readonly running: number;
  /** Items. */
  readonly waiting: number;
}

interface Entry<In, Out> {
  readonly item: In;
  readonly result: PromiseWithResolvers<Out>;
  /** Runs something in the asynchronous context of the caller that added the item. */
  readonly inContext: <T>(work: () => T) => T;
}
