import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, retryAfterMs } from '../../src/client/retry-after.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const DATE = 'Sun, 22 Nov 2026 10:00:00 GMT';

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['2.0', 2_000],
    ['0.25', 250],
    ['0.0001', 1],
    ['300', 300_000],
    ['301', MAX_RETRY_AFTER_MS],
    ['99999999999999999999', MAX_RETRY_AFTER_MS],
  ])('reads %j as seconds', (text, expected) => {
    expect(retryAfterMs(text, undefined, NOW)).toBe(expected);
  });

  it('measures a date against the Date of the reply, because clocks may differ', () => {
    expect(retryAfterMs('Sun, 22 Nov 2026 10:00:05 GMT', DATE, NOW)).toBe(5_000);
  });

  it.each([undefined, 'garbage', '0'])('measures a date against our clock when the Date is %j', (date) => {
    expect(retryAfterMs('Sun, 22 Nov 2026 08:00:05 GMT', date, NOW)).toBe(5_000);
  });

  it('caps a date in the far future, and treats a past one as now', () => {
    expect(retryAfterMs('Fri, 01 Jan 2100 00:00:00 GMT', DATE, NOW)).toBe(MAX_RETRY_AFTER_MS);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:00 GMT', DATE, NOW)).toBe(0);
  });

  it.each([
    undefined,
    '',
    '-5',
    '1.5.0',
    '.5',
    '1e3',
    '5s',
    'soon',
    'NaN',
    'Infinity',
    '2026-11-22T08:00:05Z',
    'Sun, 99 Nov 2026 08:00:05 GMT',
    'Sun, 22 Nov 2026 08:00:05',
  ])('ignores %j', (text) => {
    expect(retryAfterMs(text, DATE, NOW)).toBeUndefined();
  });
});
