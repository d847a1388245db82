import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff.ts';
import { SyncError } from '../errors.ts';
import type { InternalSystem } from './internal-system.ts';

/**
 * Opens the internal system, however long it is away: a daemon that starts before its database waits for it.
 *
 * @throws ConfigError when a person has to change something, and whatever else is not an outage
 */
export async function openWithRetry(
  internalSystem: InternalSystem,
  signal: AbortSignal,
  onRetry: (error: SyncError, delayMs: number) => void,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await internalSystem.open();
    } catch (error) {
      if (!(error instanceof SyncError) || signal.aborted) throw error;
      const delayMs = backoffMs(tries, { minMs: 500, maxMs: 5_000 });
      onRetry(error, delayMs);
      await sleep(delayMs, undefined, { signal });
    }
  }
}
