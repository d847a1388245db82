/** An order's time: an instant as text, or null. */
type Instant = string | null;

/** Seconds since 1970, for `int` columns: 1796000617. @param none what stands for "never" in the column, often 0 */
export function unixSeconds<None extends number | null = null>(time: Instant, none?: None): number | None {
  if (time === null) return none ?? (null as None);
  return Math.floor(Date.parse(time) / 1000);
}

/**
 * The time on a clock there, `2026-11-29 17:23:37`: for columns that know no time zone (`datetime`, PostgreSQL's `timestamp`,
 * text).
 *
 * @param zone such as `Asia/Shanghai`
 */
export function localTime(time: Instant, zone: string): string | null {
  return time === null ? null : formatFor(zone).format(Date.parse(time));
}

/** For columns that do know the zone: PostgreSQL's `timestamptz`, MySQL's `timestamp`. */
export function instant(time: Instant): Date | null {
  return time === null ? null : new Date(time);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Sweden writes times as databases do. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const digits = '2-digit';
    format = new Intl.DateTimeFormat('sv', {
      timeZone,
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
    formats.set(timeZone, format);
  }
  return format;
}
