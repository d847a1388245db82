import { retry } from '../../async/retry.ts';

const MAX_RUNS = 5;

/**
 * Runs a transaction again, at once, when it lost a race: it was a deadlock's victim, or another daemon inserted the same
 * order first. The winner has committed, so the next run goes through; the random pause separates two that keep colliding.
 */
export function retryTransaction<T>(
  run: () => Promise<T>,
  lostRace: (error: unknown) => boolean,
  onRetry?: (error: unknown) => void,
): Promise<T> {
  return retry(run, {
    isRetryable: (error): error is unknown => lostRace(error),
    delayMs: (runs) => Math.random() * 20 * runs,
    maxTries: MAX_RUNS,
    ...(onRetry === undefined ? {} : { onRetry }),
  });
}
