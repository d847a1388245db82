import { setTimeout as sleep } from 'node:timers/promises';
import { AbortListener } from '../async/abort-listener.ts';

interface GateLimits {
  readonly concurrency: number;
  readonly requestsPerSecond?: number | undefined;
}

/**
 * Keeps requests within a server's limits: how many at a time, and how many per second, evenly spaced. The deadline of a
 * request starts only after its wait here.
 */
export class RequestGate {
  readonly #intervalMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #nextStart = 0;

  constructor(limits: GateLimits) {
    this.#free = limits.concurrency;
    this.#intervalMs = limits.requestsPerSecond === undefined ? 0 : 1000 / limits.requestsPerSecond;
  }

  /**
   * Runs the task once it may start, first come first served.
   *
   * @param task may free its place before it ends, once its request is over
   * @throws the signal's reason when aborted before that
   */
  async run<T>(signal: AbortSignal, task: (free: () => void) => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#waitForSlot(signal);
    let isUsing = true;
    const free = () => {
      if (isUsing) this.#freeSlot();
      isUsing = false;
    };
    try {
      signal.throwIfAborted();
      if (this.#intervalMs > 0) await this.#waitForStart(signal);
      return await task(free);
    } finally {
      free();
    }
  }

  async #waitForSlot(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const slot = Promise.withResolvers<void>();
    const giveUp = () => {
      const place = this.#waiting.indexOf(slot.resolve);
      // Absent if it was given a slot a moment ago, which run() frees.
      if (place !== -1) this.#waiting.splice(place, 1);
      slot.reject(signal.reason);
    };
    this.#waiting.push(slot.resolve);
    const abortListener = new AbortListener(signal, giveUp);
    try {
      await slot.promise;
    } finally {
      abortListener.stop();
    }
  }

  #freeSlot(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  async #waitForStart(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    this.#nextStart = start + this.#intervalMs;
    if (start > now) await sleep(start - now, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
