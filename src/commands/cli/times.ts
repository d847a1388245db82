import { InvalidArgumentError } from 'commander';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const LONGEST = 31 * DAY;

/** "2026-11-22 08:00:05 UTC (2 min ago)" */
export function when(instant: string | Date, now = new Date()): string {
  const time = new Date(instant);
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC (${ago(time, now)})`;
}

/** "2 min ago", in the largest unit that fits; "in 2 min" if clocks differ. */
export function ago(instant: string | Date, now = new Date()): string {
  const elapsed = now.getTime() - new Date(instant).getTime();
  const text = duration(Math.abs(elapsed));
  if (text === undefined) return 'just now';
  return elapsed < 0 ? `in ${text}` : `${text} ago`;
}

function duration(ms: number): string | undefined {
  if (ms < SECOND) return undefined;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} days`;
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK };

/** The value of an option: "90s", "15m", "1h", "2d", "1w" → ms. */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST) return ms;
  throw new InvalidArgumentError('Expected a duration such as 15m, 2h or 1d, of 31 days at most.');
}

function durationMs(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})\s*([smhdw])$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0);
}

/** The value of an option: "90s", "15m", "1h", "2d", "1w", or a time with a zone → that time. */
export function parseSince(text: string): Date {
  return parseSinceBy(text)(new Date());
}

/** The same for a clock that is not known yet: its current time → that time. */
export function parseSinceBy(text: string): (now: Date) => Date {
  const ms = durationMs(text);
  if (ms !== undefined) return (now) => new Date(now.getTime() - ms);
  const hasZone = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = new Date(hasZone ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(
      'Expected a duration such as 15m, 1h or 2d, or a time such as 2026-11-22T08:00:00Z.',
    );
  }
  return () => time;
}
