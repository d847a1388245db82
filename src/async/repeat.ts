import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does `work` again and again, `everyMs` after it has ended, until `signal` is aborted. Never rejects.
 *
 * @param onError told of a failure; the next round makes up for it
 */
export async function repeat(
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
