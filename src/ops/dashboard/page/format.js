import { h, setText } from './dom.js';
import { locale, t } from './words.js';

/** Numbers and times in the reader's language and zone. */

/** The daemon's clock minus the browser's, in ms: "3 s ago" must not depend on the reader's clock. */
let clockOffsetMs = 0;

/** @param {string} now by the daemon's clock */
export function setClock(now) {
  clockOffsetMs = Date.parse(now) - Date.now();
}

/** By the daemon's clock, in ms. */
export function now() {
  return Date.now() + clockOffsetMs;
}

/** @param {number} value */
export function number(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

/**
 * Exact, whatever its size: Intl formats decimal text digit by digit.
 *
 * @param {string} amount a decimal
 * @param {string} currency
 */
export function money(amount, currency) {
  const decimal = /** @type {Intl.StringNumericLiteral} */ (amount);
  const places = Math.max(amount.split('.')[1]?.length ?? 0, 0);
  try {
    return new Intl.NumberFormat(locale(), {
      style: 'currency',
      currency,
      currencyDisplay: 'code',
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    }).format(decimal);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** @param {number} ms */
export function duration(ms) {
  const [value, unit] = inUnits(Math.max(0, ms));
  const digits = unit === 'second' && value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** @param {number} ms @returns {[number, 'millisecond' | 'second' | 'minute' | 'hour' | 'day']} */
function inUnits(ms) {
  if (ms < 1_000) return [ms, 'millisecond'];
  if (ms < 59_500) return [ms / 1_000, 'second'];
  if (ms < 3_570_000) return [ms / 60_000, 'minute'];
  if (ms < 48 * 3_600_000) return [ms / 3_600_000, 'hour'];
  return [ms / 86_400_000, 'day'];
}

/** The time of day; the day too unless it is today. @param {string | number} instant */
export function time(instant) {
  const date = new Date(instant);
  const isToday = date.toDateString() === new Date(now()).toDateString();
  return new Intl.DateTimeFormat(locale(), {
    ...(isToday ? {} : { month: 'short', day: 'numeric' }),
    ...(isToday || date.getFullYear() === new Date(now()).getFullYear() ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(date);
}

/** Hours and minutes. @param {number} at ms since the epoch */
export function minute(at) {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** "3 minutes ago" @param {string | number} instant */
export function ago(instant) {
  const ms = now() - new Date(instant).getTime();
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' });
  const [value, unit] = inUnits(Math.abs(ms));
  if (unit === 'millisecond') return relative.format(0, 'second');
  return relative.format(-Math.sign(ms) * Math.floor(value), unit);
}

/** A time that says how long ago it was, and goes on saying so. @param {string} instant */
export function agoElement(instant) {
  return h('time', { datetime: instant, title: fullTime(instant), 'data-ago': instant }, ago(instant));
}

/** @param {string} instant @param {string} [text] */
export function timeElement(instant, text = time(instant)) {
  return h('time', { datetime: instant, title: fullTime(instant) }, text);
}

/** Called every second. */
export function refreshAgo() {
  for (const element of document.querySelectorAll('[data-ago]')) {
    setText(element, ago(element.getAttribute('data-ago') ?? ''));
  }
}

/** "Asia/Shanghai, GMT+8" */
export function zone() {
  const { timeZone } = new Intl.DateTimeFormat(locale()).resolvedOptions();
  const parts = new Intl.DateTimeFormat(locale(), { timeZoneName: 'shortOffset' }).formatToParts(new Date());
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return offset === timeZone ? timeZone : `${timeZone} (${offset})`;
}

/** @param {string} instant */
function fullTime(instant) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'full', timeStyle: 'long' }).format(new Date(instant));
}

/** A number that may be unknown. @param {number | null} value */
export function numberOrUnknown(value) {
  return value === null ? t('figures.unknown') : number(value);
}
