import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What `work` comes to, or, when that takes too long, an error that says where it stood. It cannot be stopped from here: whoever
 * calls this takes away what it works with.
 */
export async function inTime<T>(work: Promise<T>, limitMs: number, whereItStood: () => string): Promise<T> {
  const timer = new AbortController();
  const tooLate = sleep(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not over after ${Math.round(limitMs / 1000)} s: ${whereItStood()}`);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    timer.abort();
  }
}
