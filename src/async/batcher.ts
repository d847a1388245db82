import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Gathers single items into batches without ever making one wait on purpose: an item that finds nothing under way leaves at
 * once; items that arrive while all slots are busy leave together when the next slot is free. So a lone item has no
 * delay, and batches grow with the load by themselves. A batch belongs to the trace of its first item.
 */
export class Batcher<In, Out> {
  readonly #options: BatcherOptions<In, Out>;
  readonly #waiting: Entry<In, Out>[] = [];
  #running = 0;
  #isFilling = false;

  constructor(options: BatcherOptions<In, Out>) {
    this.#options = options;
  }

  get load(): Load {
    return { slots: this.#options.slots, running: this.#running, waiting: this.#waiting.length };
  }

  /** Rejects with what the batch said of this item, or with what it threw. */
  add(item: In): Promise<Out> {
    const shared = this.#options.isSame && this.#waiting.find((entry) => this.#options.isSame?.(entry.item, item));
    if (shared) return shared.result.promise;
    const entry = { item, result: Promise.withResolvers<Out>(), inContext: AsyncLocalStorage.snapshot() };
    this.#waiting.push(entry);
    this.#fillSlotsSoon();
    return entry.result.promise;
  }

  /** Rejects everything that has not left yet. */
  cancelWaiting(error: Error): void {
    for (const entry of this.#waiting.splice(0)) entry.result.reject(error);
  }

  /**
   * After this turn of the event loop, so that whatever came with it leaves together: the deliveries of one network packet,
   * the replies that arrived while a synchronous commit (SQLite) held up the loop.
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
    // Otherwise it would be that of the batch before, which made the slot free.
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
  /** One result per item, same length and order; an Error is that item's alone. */
  readonly run: (items: readonly In[]) => Promise<readonly (Out | Error)[]>;
  readonly maxBatch: number;
  /** Batches under way at a time. */
  readonly slots: number;
  /** While another batch is under way, a smaller one than this waits for it to end, and grows. @defaultValue 1 */
  readonly minBatchBeside?: number;
  /** Items that wait together and are the same share one result. Never true of an item that has left already. */
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
  /** Runs something in the asynchronous context of whoever added the item. */
  readonly inContext: <T>(work: () => T) => T;
}
