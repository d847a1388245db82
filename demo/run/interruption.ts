import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './errors.ts';

/** npm passes Ctrl-C on, so the same one arrives twice; and people press it twice. */
const SAME_MS = 1_000;

/** What Ctrl-C and its like mean. */
export interface Interruption {
  /** The story is to end, the demo is not: Ctrl-C with --keep. */
  readonly enough: AbortSignal;
  /** The demo is to end as fast as it can clean up. Its reason is an Interrupted. */
  readonly atOnce: AbortSignal;
}

/** @param keep the first signal means "enough"; without it, and after it, a signal means "at once" */
export function watchForInterruption(keep: boolean): Interruption {
  const enough = new AbortController();
  const atOnce = new AbortController();
  let firstAt: number | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    if (!keep || performance.now() - firstAt > SAME_MS) atOnce.abort(new Interrupted(signal));
    else enough.abort(new Interrupted(signal));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  process.stdout.on('error', () => atOnce.abort(new Interrupted('SIGPIPE')));
  return { enough: enough.signal, atOnce: atOnce.signal };
}

/** Rejects with the signal's reason when it is aborted first. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const giveUp = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Rejects with the signal's reason when it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
