import { now } from '../state/clock.js';
import { inUnits } from './format.js';
import { cached } from './intl.js';
import { locale } from './words.js';

/** Times in the reader's language and zone. */

const timeFormat = cached(
  (locale, /** @type {Intl.DateTimeFormatOptions} */ options) => new Intl.DateTimeFormat(locale, options),
);
const relativeFormat = cached(
  (locale, /** @type {Intl.RelativeTimeFormatOptions} */ options) => new Intl.RelativeTimeFormat(locale, options),
);

/** The time of day; the day too unless it is today. @param {string | number} instant */
export function time(instant) {
  const [date, today] = [new Date(instant), new Date(now())];
  const isToday = date.toDateString() === today.toDateString();
  return timeFormat({
    ...(isToday ? {} : { month: 'short', day: 'numeric' }),
    ...(date.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(date);
}

/** Hours and minutes. @param {number} at ms since the epoch */
export function minute(at) {
  return timeFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** @param {string} instant */
export function fullTime(instant) {
  return timeFormat({ dateStyle: 'full', timeStyle: 'long' }).format(new Date(instant));
}

/** "3 minutes ago" @param {string | number} instant */
export function ago(instant) {
  const ms = now() - new Date(instant).getTime();
  const relative = relativeFormat({ numeric: 'auto', style: 'short' });
  const [value, unit] = inUnits(Math.abs(ms));
  if (unit === 'millisecond') return relative.format(0, 'second');
  return relative.format(-Math.sign(ms) * Math.floor(value), unit);
}

/** "Asia/Shanghai (GMT+8)" */
export function zone() {
  const { timeZone } = new Intl.DateTimeFormat(locale()).resolvedOptions();
  const parts = timeFormat({ timeZoneName: 'shortOffset' }).formatToParts(new Date());
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return offset === timeZone ? timeZone : `${timeZone} (${offset})`;
}
