const ZONELESS = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;

/**
 * A time without a zone → the instant as `2026-11-25T17:23:37.000Z`: `2026-11-25 17:23:37` or `2026-11-25T17:23:37`. Null if
 * there is none, or no such time.
 *
 * @param zone what the shop's times are in: UTC, or a name such as Asia/Shanghai
 */
export function zoneless(time: string | null | undefined, zone = 'UTC'): string | null {
  const text = time?.trim() ?? '';
  const wall = ZONELESS.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  const isDay = !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(text.slice(0, 10));
  if (!isDay) return null;
  return new Date(wall - offsetMs(wall, zone)).toISOString();
}

/** The instant as `2026-11-25 17:23:37` by the clock of a zone: for parameters, and to sign requests. */
export function wallClock(time: Date, zone = 'UTC'): string {
  return new Date(time.getTime() + zoneOffsetMs(time.getTime(), zone)).toISOString().slice(0, 19).replace('T', ' ');
}

/** Seconds since 1970 → the instant; null if there is none. */
export function fromEpochSeconds(seconds: number | string | null | undefined): string | null {
  if (seconds === null || seconds === undefined || seconds === '' || Number(seconds) === 0) return null;
  return new Date(Number(seconds) * 1000).toISOString();
}

/** The last whole second before a time, for lists of what changed *after* one: an order of that very second is listed again. */
export function secondBefore(time: Date): Date {
  return new Date((Math.ceil(time.getTime() / 1000) - 1) * 1000);
}

/** The offset at a wall clock's time. Where the clock is set back, an hour happens twice: the first of the two is meant. */
function offsetMs(wall: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const before = zoneOffsetMs(wall - 24 * 3_600_000, zone);
  return zoneOffsetMs(wall - before, zone) === before ? before : zoneOffsetMs(wall - zoneOffsetMs(wall, zone), zone);
}

function zoneOffsetMs(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const parts = formatFor(zone).formatToParts(instant);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instant / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = 'numeric' as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields });
  formats.set(timeZone, format);
  return format;
}
