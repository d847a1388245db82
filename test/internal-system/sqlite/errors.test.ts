import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { asSetupError, asWriteError } from '../../../src/internal-system/sqlite/errors.ts';

function answer(errcode: number, message = 'what SQLite says'): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

describe('what SQLite answers', () => {
  it.each([
    ['CONSTRAINT_CHECK', 275, 'write_rejected'],
    ['CONSTRAINT_TRIGGER', 1811, 'write_rejected'],
    ['TOOBIG', 18, 'write_rejected'],
    ['MISMATCH', 20, 'write_rejected'],
    ['ERROR', 1, 'write_failed'],
    ['BUSY', 5, 'internal_system_unavailable'],
    ['BUSY_RECOVERY', 261, 'internal_system_unavailable'],
    ['READONLY_DBMOVED', 1032, 'internal_system_unavailable'],
    ['IOERR_WRITE', 778, 'internal_system_unavailable'],
    ['CORRUPT', 11, 'internal_system_unavailable'],
    ['FULL', 13, 'internal_system_unavailable'],
    ['CANTOPEN', 14, 'internal_system_unavailable'],
  ])('%s (%d) means %s for a write', (_, errcode, reason) => {
    expect(asWriteError(answer(errcode))).toMatchObject({ reason, message: expect.stringContaining(String(errcode)) });
  });

  it.each([1, 14, 26])('%d is a configuration error at start-up', (errcode) => {
    expect(asSetupError(answer(errcode))).toBeInstanceOf(ConfigError);
  });

  it.each([5, 8, 13])('%d is not: it may pass', (errcode) => {
    expect(asSetupError(answer(errcode))).toMatchObject({ reason: 'internal_system_unavailable' });
  });

  it('is not quoted when it is the text of a trigger', () => {
    expect(asWriteError(answer(1811, 'Ann Buyer'))).toMatchObject({ message: expect.not.stringContaining('Ann') });
  });
});

it('does not take a bug of ours for an outage', () => {
  const bug = new TypeError('x is not a function');
  expect(asWriteError(bug)).toBe(bug);
  expect(asSetupError(bug)).toBe(bug);
});
