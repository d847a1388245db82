import type { SyncError } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import type { Suspect } from './outage-detector.ts';

/** An attempt that failed, and what follows. */
export interface Failure extends Suspect {
  readonly error: SyncError;
  /** Until the next attempt; undefined: there is none. */
  readonly delayMs: number | undefined;
  readonly failures: number;
  readonly failedAt: Date;
}

/** The one decision about retrying: a delay, or none because the event needs a person. */
export function describeFailure(attempt: Attempt, retryDelaysMs: readonly number[], error: SyncError): Failure {
  const failedAt = new Date();
  const delayMs = error.kind === 'transient' ? retryDelaysMs[attempt.failuresBefore] : undefined;
  return {
    error,
    delayMs,
    reference: attempt.event?.reference ?? '',
    failures: attempt.number,
    isLastAttempt: delayMs === undefined,
    firstFailedAt: attempt.firstFailedAt ?? failedAt,
    failedAt,
  };
}
