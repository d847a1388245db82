import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions<Failure> {
  /** True of a failure worth another try; any other is thrown at once. */
  readonly isRetryable: (error: unknown) => error is Failure;
  /** The wait before the next try, in ms. `tries` is how many have failed so far, 1 or more. */
  readonly delayMs: (tries: number, error: Failure) => number;
  /** @defaultValue unlimited */
  readonly maxTries?: number;
  /** Ends the wait between two tries. */
  readonly signal?: AbortSignal;
  /** Called before each wait. */
  readonly onRetry?: (error: Failure, delayMs: number) => void;
}

/**
 * Runs `work` until it succeeds.
 *
 * @throws the last failure, or the signal's reason once it is aborted
 */
export async function retry<T, Failure>(work: () => Promise<T>, options: RetryOptions<Failure>): Promise<T> {
  const { maxTries = Number.POSITIVE_INFINITY, signal } = options;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= maxTries || !options.isRetryable(error)) throw error;
      signal?.throwIfAborted();
      const delayMs = options.delayMs(tries, error);
      options.onRetry?.(error, delayMs);
      await sleep(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
