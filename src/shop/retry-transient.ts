import { backoffMs } from '../async/backoff.ts';
import { retry } from '../async/retry.ts';
import { SyncError } from '../errors.ts';
import { askedWaitMs } from './asked-wait.ts';

const MAX_TRIES = 5;

/**
 * Repeats a request that failed once (a 500, a timeout) or was too much for the shop, up to five times: for work made of many
 * requests, which one of them must not end.
 *
 * @throws the last failure; any other kind at once; the signal's reason when aborted
 */
export function retryTransient<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  return retry(request, {
    isRetryable,
    delayMs: (tries, error) => Math.max(backoffMs(tries, { minMs: 250, maxMs: 5_000 }), askedWaitMs(error, tries) ?? 0),
    maxTries: MAX_TRIES,
    signal,
  });
}

function isRetryable(error: unknown): error is SyncError {
  return error instanceof SyncError && (error.kind === 'transient' || error.reason === 'shop_rate_limited');
}
