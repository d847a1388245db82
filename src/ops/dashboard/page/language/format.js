import { cached } from './intl.js';
import { t } from './words.js';

/** Numbers in the reader's language. */

const numberFormat = cached(
  (locale, /** @type {Intl.NumberFormatOptions} */ options) => new Intl.NumberFormat(locale, options),
);

/** @param {number} value */
export function number(value) {
  return numberFormat({}).format(value);
}

/** @param {number | null} value */
export function numberOrUnknown(value) {
  return value === null ? t('figures.unknown') : number(value);
}

/** What the shop did not say. */
export const UNSAID = '—';

/**
 * Exact, whatever its size: Intl formats decimal text digit by digit.
 *
 * @param {string | null} amount a decimal
 * @param {string} currency
 */
export function money(amount, currency) {
  if (amount === null) return UNSAID;
  const decimal = /** @type {Intl.StringNumericLiteral} */ (amount);
  const places = amount.split('.')[1]?.length ?? 0;
  try {
    return numberFormat({
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
  const maximumFractionDigits = unit === 'second' && value < 10 ? 1 : 0;
  return numberFormat({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits }).format(value);
}

/** @param {number} ms @returns {[number, 'millisecond' | 'second' | 'minute' | 'hour' | 'day']} */
export function inUnits(ms) {
  if (ms < 1_000) return [ms, 'millisecond'];
  if (ms < 59_500) return [ms / 1_000, 'second'];
  if (ms < 3_570_000) return [ms / 60_000, 'minute'];
  if (ms < 48 * 3_600_000) return [ms / 3_600_000, 'hour'];
  return [ms / 86_400_000, 'day'];
}
