import { z } from 'zod';
import type { HoursWindow } from './watch/business-hours.ts';
import type { SilenceSettings } from './watch/silence.ts';

const EXPECTED =
  'how long, the hours and their time zone, such as 30m 09:00-21:00 Asia/Shanghai, or 2h Mon-Fri 09:00-12:00,13:00-18:00 Sat 10:00-16:00 Europe/Berlin';
const DURATION = /^(\d{1,4})([mh])$/;
const HOURS = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/;
const ZONE = /^[A-Za-z][\w+/-]*$/;
/** Monday first: it is 1. */
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAILY = WEEKDAYS.map((_, index) => index + 1);
const DAY_MINUTES = 24 * 60;

/**
 * For how long no paid order may come, within which hours: `30m 09:00-21:00 Asia/Shanghai`. Days stand before the hours if not all
 * are meant, and there may be more hours, and more days.
 */
export const silence = z.string().transform((text, context): SilenceSettings => {
  const parsed = parse(text);
  if (parsed !== undefined) return parsed;
  context.addIssue(EXPECTED);
  return z.NEVER;
});

function parse(text: string): SilenceSettings | undefined {
  const words = text.trim().split(/\s+/);
  const [, count, unit] = DURATION.exec(words[0] ?? '') ?? [];
  const timeZone = words.at(-1) ?? '';
  const windows = windowsOf(words.slice(1, -1));
  if (count === undefined || windows === undefined || !isTimeZone(timeZone)) return undefined;
  const afterMinutes = Number(count) * (unit === 'h' ? 60 : 1);
  // Otherwise it could never be told.
  if (afterMinutes < 1 || afterMinutes > Math.max(...windows.map(lengthOf))) return undefined;
  return { afterMs: afterMinutes * 60_000, windows, timeZone };
}

/** `09:00-21:00`, or days and their hours in turn. */
function windowsOf(words: readonly string[]): readonly HoursWindow[] | undefined {
  if (words.length === 1) return hoursOf(words[0] ?? '', DAILY);
  if (words.length === 0 || words.length % 2 === 1) return undefined;
  const windows: HoursWindow[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const days = daysOf(words[index] ?? '');
    const hours = days && hoursOf(words[index + 1] ?? '', days);
    if (hours === undefined) return undefined;
    windows.push(...hours);
  }
  return windows;
}

/** `09:00-12:00,13:00-18:00`. Up to its beginning, a window ends on the next day. */
function hoursOf(list: string, days: readonly number[]): readonly HoursWindow[] | undefined {
  const windows: HoursWindow[] = [];
  for (const part of list.split(',')) {
    const [, fromHour, fromMinutes, toHour, toMinutes] = HOURS.exec(part) ?? [];
    const from = minuteOf(fromHour, fromMinutes);
    const until = minuteOf(toHour, toMinutes);
    if (from === undefined || until === undefined) return undefined;
    if (from === until || from === DAY_MINUTES || until === 0) return undefined;
    windows.push({ days, from, until });
  }
  return windows;
}

function minuteOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= DAY_MINUTES ? minute : undefined;
}

function lengthOf({ from, until }: HoursWindow): number {
  return (until - from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
}

/** `Mon-Wed,Fri`; a range may pass the end of the week. */
function daysOf(list: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of list.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const from = dayOf(first);
    const to = dayOf(last);
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % WEEKDAYS.length) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort();
}

function dayOf(name: string): number {
  return WEEKDAYS.indexOf(name.toLowerCase());
}

function isTimeZone(name: string): boolean {
  if (!ZONE.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
