import { setTimeout as sleep } from 'node:timers/promises';

interface GateLimits {
  readonly concurrency: number;
  readonly requestsPerSecond?: number | undefined;
}

/**
 * Keeps requests to the shop within its limits: at most so many at a time and per second, evenly spaced. A request that waits
 * here is not using up its deadline yet.
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

  /** Runs the task when its turn comes, first come, first served. @throws the signal's reason when aborted before that */
  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      if (this.#intervalMs > 0) await this.#pace(signal);
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const turn = Promise.withResolvers<void>();
    const giveUp = () => {
      const place = this.#waiting.indexOf(turn.resolve);
      // Absent if its turn came a moment ago: then it has a slot, which run() returns.
      if (place !== -1) this.#waiting.splice(place, 1);
      turn.reject(signal.reason);
    };
    this.#waiting.push(turn.resolve);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  async #pace(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    this.#nextStart = start + this.#intervalMs;
    if (start > now) await sleep(start - now, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
