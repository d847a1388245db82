import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff.ts';
import { SyncError } from '../errors.ts';

const MAX_TRIES = 5;

/**
 * Does again what failed for this once (one 500, one timeout) or came too fast for the shop, up to five times: for work of
 * many requests, which one of them must not end.
 *
 * @throws the last failure; at once when it is of another kind; the signal's reason when aborted
 */
export async function retryTransient<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !isPassing(error)) throw error;
      const delayMs = Math.max(backoffMs(tries, { minMs: 250, maxMs: 5_000 }), error.retryAfterMs ?? 0);
      await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function isPassing(error: unknown): error is SyncError {
  return error instanceof SyncError && (error.kind === 'transient' || error.reason === 'shop_rate_limited');
}
