/** A window of each week in which orders are expected. */
export interface HoursWindow {
  /** On which days it begins: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** In minutes after midnight, by the clock on the wall; up to 1440. */
  readonly from: number;
  /** Not after `from`: on the next day. */
  readonly until: number;
}

export interface BusinessHours {
  readonly windows: readonly HoursWindow[];
  /** Of IANA, such as `Asia/Shanghai`. */
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/**
 * When the business hours began that this time is in: the earliest, if windows overlap or follow each other without a gap. Each
 * window begins and ends by the clock on the wall, whatever summer time does in between.
 *
 * @returns ms since the epoch; undefined outside of business hours
 */
export function openSince(now: number, hours: BusinessHours): number | undefined {
  let since = now + 1;
  for (let isEarlier = true; isEarlier; ) {
    isEarlier = false;
    for (const { from, until } of windowsAround(since - 1, hours)) {
      if (from >= since || until < since) continue;
      since = from;
      isEarlier = true;
      // Around the clock, it never began.
      if (now - since > WEEK_MS) return since;
    }
  }
  return since > now ? undefined : since;
}

const WEEK_MS = 7 * DAY_MINUTES * MINUTE_MS;

interface Span {
  readonly from: number;
  /** Not included. */
  readonly until: number;
}

/** Those that begin today or yesterday, by the clock there. */
function windowsAround(now: number, { windows, timeZone }: BusinessHours): Span[] {
  const today = midnightOf(now, timeZone);
  return [today - DAY_MINUTES * MINUTE_MS, today].flatMap((day) => {
    const weekday = new Date(day).getUTCDay() || 7;
    return windows
      .filter(({ days }) => days.includes(weekday))
      .map(({ from, until }) => ({
        from: instantOf(day + from * MINUTE_MS, timeZone),
        until: instantOf(day + (until > from ? until : until + DAY_MINUTES) * MINUTE_MS, timeZone),
      }));
  });
}

/** The date there, as midnight in UTC. */
function midnightOf(instant: number, timeZone: string): number {
  return Math.floor((instant + offsetMs(instant, timeZone)) / (DAY_MINUTES * MINUTE_MS)) * DAY_MINUTES * MINUTE_MS;
}

/** @param wall what the clock there shows, as if it were in UTC @returns the instant; of an hour that is left out, the one after it */
function instantOf(wall: number, timeZone: string): number {
  const guess = wall - offsetMs(wall, timeZone);
  return wall - offsetMs(guess, timeZone);
}

/** How far the clock there is ahead of UTC. */
function offsetMs(instant: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((found) => found.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instant / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** It takes long to make. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = 'numeric';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  formats.set(timeZone, format);
  return format;
}
