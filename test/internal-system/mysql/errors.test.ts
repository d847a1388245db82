import { describe, expect, it } from 'vitest';
import { ConfigError, SyncError } from '../../../src/errors.ts';
import { asSetupError, asWriteError, lostRace, serverAnswered } from '../../../src/internal-system/mysql/errors.ts';

function answer(errno: number, message = "Duplicate entry 'Ann Buyer' for key"): Error {
  return Object.assign(new Error(message), { errno, code: 'ER_SOMETHING', sqlState: 'HY000', sql: 'INSERT Ann Buyer' });
}

describe('what a MySQL server answers', () => {
  it.each([
    [1062, 'write_rejected'],
    [1264, 'write_rejected'],
    [1366, 'write_rejected'],
    [1406, 'write_rejected'],
    [1644, 'write_rejected'],
    [3140, 'write_rejected'],
    [3819, 'write_rejected'],
    [4025, 'write_rejected'],
    [1205, 'write_failed'],
    [1213, 'write_failed'],
    [1969, 'write_failed'],
    [3024, 'write_failed'],
    [1021, 'internal_system_unavailable'],
    [1040, 'internal_system_unavailable'],
    [1045, 'internal_system_refused_credentials'],
    [1053, 'internal_system_unavailable'],
    [1114, 'internal_system_unavailable'],
    [1142, 'internal_system_unavailable'],
    [1146, 'internal_system_unavailable'],
    [1290, 'internal_system_unavailable'],
    [1836, 'internal_system_unavailable'],
    [1927, 'internal_system_unavailable'],
  ])('%d means %s for a write', (errno, reason) => {
    const error = asWriteError(answer(errno));
    expect(error).toMatchObject({ reason, message: expect.stringContaining(String(errno)) });
    expect(error).not.toHaveProperty('cause');
  });

  it.each([1044, 1045, 1049, 1698, 1130, 1142, 1143, 1146, 1054, 3159])(
    '%s is a configuration error at start-up',
    (errno) => {
      expect(asSetupError(answer(errno))).toBeInstanceOf(ConfigError);
    },
  );

  it.each([1040, 1053, 1205])('%s is not: a person need not change anything', (errno) => {
    expect(asSetupError(answer(errno))).toBeInstanceOf(SyncError);
  });

  it('is quoted only where it cannot hold personal data', () => {
    expect(asWriteError(answer(1062))).toMatchObject({ message: 'The MySQL server answered error 1062.' });
    expect(asWriteError(answer(1406, "Data too long for column 'sku' at row 1"))).toMatchObject({
      message: "The MySQL server answered 1406: Data too long for column 'sku' at row 1.",
    });
  });

  it('is worth another run after a lost race, and only then', () => {
    expect([1213, 1062, 1020].map((errno) => lostRace(answer(errno)))).toEqual([true, true, true]);
    expect([1205, 1406, 1040].map((errno) => lostRace(answer(errno)))).not.toContain(true);
    expect(lostRace(new Error('1213'))).toBe(false);
  });

  it('shows that the connection is still usable', () => {
    expect(serverAnswered(answer(1062))).toBe(true);
    expect(serverAnswered(new SyncError('write_rejected', 'Too large.'))).toBe(true);
    expect(serverAnswered(Object.assign(new Error('x'), { code: 'ETIMEDOUT' }))).toBe(false);
    expect(serverAnswered(Object.assign(new Error('x'), { code: 'ECONNREFUSED', errno: -111, fatal: true }))).toBe(
      false,
    );
  });
});

describe('a mysql2 error without an answer', () => {
  it.each([
    Object.assign(new Error('no answer within 12000 ms'), { code: 'ETIMEDOUT' }),
    Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
    Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true }),
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED', errno: -111 }),
  ])('is an outage: %s', (error) => {
    const expected = { reason: 'internal_system_unavailable', message: expect.stringMatching(/not answering: .+/) };
    expect(asWriteError(error)).toMatchObject(expected);
    expect(asSetupError(error)).toMatchObject(expected);
  });
});

it('does not take a bug of ours for an outage', () => {
  const bug = new TypeError('x is not a function');
  expect(asWriteError(bug)).toBe(bug);
  expect(asSetupError(bug)).toBe(bug);
});
