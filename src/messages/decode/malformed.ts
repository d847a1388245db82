import { SyncError } from '../../errors.ts';

/** @param problem completes "Malformed event: …"; names fields, never values */
export function malformed(problem: string, cause?: unknown): SyncError {
  return new SyncError('malformed_event', `Malformed event: ${problem}.`, { cause });
}

/** What `malformed` was given, to be part of another sentence. */
export function problemOf(error: unknown): string {
  if (error instanceof SyncError) return error.message.replace(/^Malformed event: |\.$/g, '');
  throw error;
}
