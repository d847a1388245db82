import { z } from 'zod';

/** Monday first. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** For how long no paid order may come, within which hours. */
export interface Silence {
  readonly afterMs: number;
  readonly days: readonly Weekday[];
  /** Minutes after midnight, from 0 to 1439. */
  readonly fromMinute: number;
  /** From 1 to 1440. Up to `fromMinute`, it is on the next day, and the hours belong to the day on which they begin. */
  readonly toMinute: number;
  /** An IANA name, in which days and hours are meant. */
  readonly timeZone: string;
}

const EXPECTED =
  'how long, the hours and their time zone, such as 30m 09:00-21:00 Asia/Shanghai, or 2h Mon-Fri,Sun 09:00-21:00 Europe/Berlin';
const FORM = /^(\d{1,4})([mh])\s+(?:([A-Za-z,-]+)\s+)?(\d\d):(\d\d)-(\d\d):(\d\d)\s+([A-Za-z][\w+/-]*)$/;
const DAY_MINUTES = 24 * 60;

/** `30m 09:00-21:00 Asia/Shanghai`, with days after the duration if not all are meant. */
export const silence = z.string().transform((text, context): Silence => {
  const parsed = parse(text);
  if (parsed !== undefined) return parsed;
  context.addIssue(EXPECTED);
  return z.NEVER;
});

function parse(text: string): Silence | undefined {
  const [, count, unit, days, fromHour, fromMinutes, toHour, toMinutes, timeZone = ''] = FORM.exec(text) ?? [];
  const afterMinutes = Number(count) * (unit === 'h' ? 60 : 1);
  const from = minuteOf(fromHour, fromMinutes);
  const to = minuteOf(toHour, toMinutes);
  const meant = days === undefined ? WEEKDAYS : daysOf(days);
  if (from === undefined || to === undefined || meant === undefined || !isTimeZone(timeZone)) return undefined;
  if (from === to || from === DAY_MINUTES || to === 0) return undefined;
  const lengthMinutes = (to - from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  // Otherwise it could never be told.
  if (afterMinutes < 1 || afterMinutes > lengthMinutes) return undefined;
  return { afterMs: afterMinutes * 60_000, days: meant, fromMinute: from, toMinute: to, timeZone };
}

function minuteOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= DAY_MINUTES ? minute : undefined;
}

/** `Mon-Fri,Sun`; a range may pass the end of the week. */
function daysOf(list: string): readonly Weekday[] | undefined {
  const days = new Set<number>();
  for (const part of list.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const from = dayOf(first);
    const to = dayOf(last);
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % WEEKDAYS.length) {
      days.add(day);
      if (day === to) break;
    }
  }
  return WEEKDAYS.filter((_, day) => days.has(day));
}

function dayOf(name: string): number {
  return WEEKDAYS.findIndex((day) => day.toLowerCase() === name.toLowerCase());
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
