import { expect, test } from 'vitest';
import { ago, parseSince, when } from '../../../src/commands/cli/times.ts';

const now = new Date('2026-11-22T08:00:00Z');

test.each([
  ['2026-11-22T07:59:59.500Z', 'just now'],
  ['2026-11-22T07:59:18Z', '42 s ago'],
  ['2026-11-22T07:57:59Z', '2 min ago'],
  ['2026-11-20T09:00:00Z', '47 h ago'],
  ['2026-11-20T07:00:00Z', '2 days ago'],
  ['2026-11-22T08:03:00Z', 'in 3 min'],
])('%s is %s', (instant, words) => {
  expect(ago(instant, now)).toBe(words);
});

test('a time is shown in UTC, whatever its zone', () => {
  expect(when('2026-11-22T15:58:00+08:00', now)).toBe('2026-11-22 07:58:00 UTC (2 min ago)');
});

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  ['1w', 604_800_000],
])('--since %s', (text, ms) => {
  const before = Date.now();
  const since = parseSince(text).getTime();
  expect(since).toBeGreaterThanOrEqual(before - ms);
  expect(since).toBeLessThanOrEqual(Date.now() - ms);
});

test('--since takes a time with a zone, and rejects anything ambiguous', () => {
  expect(parseSince('2026-11-22T08:00:00+08:00').toISOString()).toBe('2026-11-22T00:00:00.000Z');
  for (const text of ['', 'yesterday', '1', '1y', '-1h', '2026-11-22', '2026-11-22T08:00:00', '2026-99-22T08:00:00Z']) {
    expect(() => parseSince(text)).toThrow(/Expected a duration/);
  }
});
