import { expect, test } from 'vitest';
import { asSyncError, SyncError } from '../src/errors.ts';

/** As an adapter throws it that imports `order-sync` from elsewhere. */
class ForeignSyncError extends Error {
  override readonly name = 'SyncError';
  readonly reason: string;
  readonly retryAfterMs = 1500;

  constructor(reason: string) {
    super('the ERP is closed at night');
    this.reason = reason;
  }
}

test('a SyncError of another copy of this module keeps its reason, and thereby its kind', () => {
  const error = asSyncError(new ForeignSyncError('internal_system_unavailable'));
  expect(error).toBeInstanceOf(SyncError);
  expect(error).toMatchObject({ kind: 'outage', dependency: 'internal-system', retryAfterMs: 1500 });
  expect(error.message).toBe('the ERP is closed at night');
});

test('whatever else is thrown is this attempt’s failure, and its message, which may hold anything, is not told', () => {
  for (const thrown of [new Error('王小明'), new ForeignSyncError('no_such_reason'), 'text', undefined]) {
    const error = asSyncError(thrown);
    expect(error).toMatchObject({ reason: 'unexpected', kind: 'transient' });
    expect(error.message).not.toMatch(/王小明|ERP|text/);
  }
});
