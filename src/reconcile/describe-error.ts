import { SyncError } from '../errors.ts';

/** A failure in one line, for a log, a report or the internal system. */
export function describeError(error: unknown): string {
  if (error instanceof SyncError) return `${error.reason}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : 'something other than an Error was thrown';
}
