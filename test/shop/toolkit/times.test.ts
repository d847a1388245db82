import { describe, expect, it, test } from 'vitest';
import { time } from '../../../src/shop/toolkit/index.ts';

describe('a time without a zone', () => {
  it.each([
    ['2026-11-25 17:23:37', undefined, '2026-11-25T17:23:37.000Z'],
    ['2026-11-25T17:23:37', undefined, '2026-11-25T17:23:37.000Z'],
    ['2026-11-25T17:23', undefined, '2026-11-25T17:23:00.000Z'],
    [' 2026-11-25 17:23:37.5 ', undefined, '2026-11-25T17:23:37.500Z'],
    ['2026-11-25 17:23:37', 'Asia/Shanghai', '2026-11-25T09:23:37.000Z'],
    ['2026-07-01 12:00:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01 12:00:00', 'Europe/Berlin', '2026-12-01T11:00:00.000Z'],
    // The clock is set back at three: half past two happens twice, and the first one is meant.
    ['2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:30:00', 'Europe/Berlin', '2026-10-25T02:30:00.000Z'],
    // The clock is set forward at two.
    ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['2026-11-01 00:30:00', 'America/New_York', '2026-11-01T04:30:00.000Z'],
    ['2026-01-01 00:00:00', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(time.zoneless(text, zone)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    '',
    '0000-00-00 00:00:00',
    'now',
    '2026-11-25',
    '2026-02-30 08:00:00',
    '2026-11-25T17:23:37Z',
  ])('%j is none', (text) => {
    expect(time.zoneless(text)).toBeNull();
  });
});

test("a zone's clock shows an instant as platforms want it in their parameters", () => {
  const instant = new Date('2026-11-25T16:23:37.900Z');
  expect(time.wallClock(instant)).toBe('2026-11-25 16:23:37');
  expect(time.wallClock(instant, 'Asia/Shanghai')).toBe('2026-11-26 00:23:37');
});

test('seconds since 1970 are an instant, and 0 is none', () => {
  expect(time.fromEpochSeconds(1795334405)).toBe('2026-11-22T08:00:05.000Z');
  expect(time.fromEpochSeconds('1795334405')).toBe('2026-11-22T08:00:05.000Z');
  expect([0, '0', '', null, undefined].map(time.fromEpochSeconds)).toEqual([null, null, null, null, null]);
});

test.each([
  ['2026-11-25T09:22:30.000Z', '2026-11-25T09:22:29.000Z'],
  ['2026-11-25T09:22:30.001Z', '2026-11-25T09:22:30.000Z'],
  ['2026-11-25T09:22:29.999Z', '2026-11-25T09:22:29.000Z'],
])('the last whole second before %s is %s', (instant, expected) => {
  expect(time.secondBefore(new Date(instant)).toISOString()).toBe(expected);
});
