import { describe, expect, test } from 'vitest';
import { type BusinessHours, openSince } from '../../../src/alerts/watch/business-hours.ts';

const DAILY = [1, 2, 3, 4, 5, 6, 7];
const hour = (hours: number) => hours * 60;

function since(now: string, hours: BusinessHours): string | undefined {
  const instant = openSince(Date.parse(now), hours);
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

describe('in Shanghai, from nine to nine', () => {
  const hours = { timeZone: 'Asia/Shanghai', windows: [{ days: DAILY, from: hour(9), until: hour(21) }] };
  test.each([
    ['2026-11-29T00:59:59Z', undefined],
    ['2026-11-29T01:00:00Z', '2026-11-29T01:00:00.000Z'],
    ['2026-11-29T12:59:59Z', '2026-11-29T01:00:00.000Z'],
    ['2026-11-29T13:00:00Z', undefined],
    ['2026-11-29T23:30:00Z', undefined],
  ])('at %s, open since %s', (now, expected) => expect(since(now, hours)).toBe(expected));
});

describe('with a break at noon, and other hours on Saturdays', () => {
  const days = [1, 2, 3, 4, 5];
  const hours = {
    timeZone: 'UTC',
    windows: [
      { days, from: hour(9), until: hour(12) },
      { days, from: hour(14), until: hour(18) },
      { days: [6], from: hour(10), until: hour(11) },
    ],
  };
  test.each([
    ['Friday morning', '2026-11-27T11:00:00Z', '2026-11-27T09:00:00.000Z'],
    ['Friday noon', '2026-11-27T13:00:00Z', undefined],
    ['Friday afternoon', '2026-11-27T15:00:00Z', '2026-11-27T14:00:00.000Z'],
    ['Saturday at nine', '2026-11-28T09:30:00Z', undefined],
    ['Saturday at ten', '2026-11-28T10:30:00Z', '2026-11-28T10:00:00.000Z'],
    ['Sunday', '2026-11-29T10:30:00Z', undefined],
  ])('%s', (_, now, expected) => expect(since(now, hours)).toBe(expected));
});

test('past midnight, the hours belong to the day on which they begin', () => {
  const hours = { timeZone: 'UTC', windows: [{ days: [5], from: hour(22), until: hour(2) }] };
  expect(since('2026-11-28T01:00:00Z', hours)).toBe('2026-11-27T22:00:00.000Z');
  expect(since('2026-11-28T23:00:00Z', hours)).toBeUndefined();
  expect(since('2026-11-27T01:00:00Z', hours)).toBeUndefined();
});

test('windows that follow each other without a gap are one; around the clock, it is open for longer than any silence', () => {
  const halves = [
    { days: DAILY, from: 0, until: hour(12) },
    { days: DAILY, from: hour(12), until: hour(24) },
  ];
  const opened = openSince(Date.parse('2026-11-29T10:00:00Z'), { timeZone: 'UTC', windows: halves });
  expect(opened).toBeLessThan(Date.parse('2026-11-22T10:00:00Z'));
  const morning = { timeZone: 'UTC', windows: [halves[0], { days: DAILY, from: hour(12), until: hour(13) }] };
  expect(since('2026-11-29T12:30:00Z', morning as BusinessHours)).toBe('2026-11-29T00:00:00.000Z');
});

describe('in Berlin, where summer time ends on 25 October 2026 at three, and begins on 29 March at two', () => {
  const hours = { timeZone: 'Europe/Berlin', windows: [{ days: DAILY, from: hour(9), until: hour(18) }] };
  const night = { timeZone: 'Europe/Berlin', windows: [{ days: DAILY, from: hour(22), until: hour(6) }] };
  test.each([
    ['the day before, nine is at seven in UTC', '2026-10-24T07:00:00Z', hours, '2026-10-24T07:00:00.000Z'],
    ['the day itself, it is at eight', '2026-10-25T07:59:00Z', hours, undefined],
    ['the day itself, at nine', '2026-10-25T08:00:00Z', hours, '2026-10-25T08:00:00.000Z'],
    ['a night of nine hours', '2026-10-25T04:59:00Z', night, '2026-10-24T20:00:00.000Z'],
    ['and its end', '2026-10-25T05:00:00Z', night, undefined],
    ['a night of seven hours', '2026-03-29T03:59:00Z', night, '2026-03-28T21:00:00.000Z'],
    ['and its end', '2026-03-29T04:00:00Z', night, undefined],
  ])('%s', (_, now, open, expected) => expect(since(now, open)).toBe(expected));
});

test('in New York, where summer time ends on 1 November 2026 at two, from three on', () => {
  const hours = { timeZone: 'America/New_York', windows: [{ days: DAILY, from: hour(3), until: hour(6) }] };
  expect(since('2026-10-31T07:30:00Z', hours)).toBe('2026-10-31T07:00:00.000Z');
  expect(since('2026-11-01T07:30:00Z', hours)).toBeUndefined();
  expect(since('2026-11-01T08:30:00Z', hours)).toBe('2026-11-01T08:00:00.000Z');
});
