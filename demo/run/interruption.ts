import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './errors.ts';

/** npm forwards Ctrl-C, so the same one arrives twice; and people press it twice. */
const SAME_MS = 1_000;

/** What Ctrl-C and other signals mean. */
export interface Interruption {
  /** End the story, then check and summarize: the first Ctrl-C with --keep. */
  readonly enough: AbortSignal;
  /** Clean up and end at once. The reason is an Interrupted. */
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

/** Waits. Rejects with the signal's reason when it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
