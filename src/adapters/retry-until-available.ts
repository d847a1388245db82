import { backoffMs } from '../async/backoff.ts';
import { retry } from '../async/retry.ts';
import { SyncError } from '../errors.ts';

/**
 * Creates or opens a shop or an internal system, however long it is away: a daemon that starts before its database waits for
 * it.
 *
 * @throws ConfigError when a person has to change something, and whatever else is not a SyncError; the signal's reason when
 *   aborted
 */
export function retryUntilAvailable<T>(
  start: () => Promise<T>,
  signal: AbortSignal,
  onRetry: (error: SyncError, delayMs: number) => void,
): Promise<T> {
  return retry(start, {
    isRetryable: (error) => error instanceof SyncError,
    delayMs: (tries) => backoffMs(tries - 1, { minMs: 500, maxMs: 5_000 }),
    signal,
    onRetry,
  });
}
