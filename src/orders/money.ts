import Big from 'big.js';
import { optional, required } from './fields.ts';

/**
 * Money is an exact decimal held as text ("129.40"), never a float. A JSON number is accepted too: `parseExactJson` has
 * kept its digits. At most 18 digits before the point and 12 behind it, which every supported database stores exactly.
 *
 * Shops that compute in floats send the noise along (59.900000000000006, or PHP's 0.10000000000000001): anything after the
 * twelfth place is rounded off.
 */
const DECIMAL = /^-?\d{1,18}(?:\.\d{1,60})?$/;
const PLACES = 12;
/** Nearly all amounts, which stay as they are. */
const USUAL = /^-?\d{1,18}(?:\.\d{1,12})?$/;
/** What DECIMAL takes, and some room. Longer text would keep SPELLING busy. */
const LONGEST = 100;

const EXPECTED =
  'an exact decimal such as "1234.50", without currency or thousands separators, with at most 18 digits before the point';

export const decimal = required<string, string | number>('money', readDecimal, EXPECTED);
export const optionalDecimal = optional<string, string | number>('moneyOrNone', readDecimal, EXPECTED);

/** Usually whole; a shop that sells by weight sends fractions, and an exchange has lines that come back. */
export const quantity = required<number, string | number>(
  'quantity',
  readQuantity,
  'a number such as 2 or "2.0000", with at most 15 digits',
);

function readDecimal(value: unknown): string | undefined {
  if (typeof value === 'string' && USUAL.test(value)) return value;
  const given = typeof value === 'number' && Number.isFinite(value) ? plainNotation(value) : value;
  if (typeof given !== 'string') return undefined;
  const text = DECIMAL.test(given) ? given : usualSpelling(given);
  return placesOf(text) > PLACES ? new Big(text).round(PLACES).toFixed() : text || undefined;
}

/** Digits of an exponent are few, so that no amount is written out in millions of zeros. */
const SPELLING = /^\s*(?:\+|(-))?(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2}))?\s*$/;

/** "+5", ".50", "10." and "1E+2" as "5", "0.50", "10" and "100"; '' if it is no decimal. */
function usualSpelling(given: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = (given.length <= LONGEST && SPELLING.exec(given)) || [];
  if (whole === '' && fraction === '') return '';
  const digits = `${sign}${whole || '0'}${fraction && `.${fraction}`}`;
  const text = exponent === undefined ? digits : new Big(`${digits}e${exponent}`).toFixed();
  return DECIMAL.test(text) ? text : '';
}

function readQuantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = readDecimal(value);
  return text !== undefined && new Big(Number(text)).eq(text) ? Number(text) : undefined;
}

function plainNotation(value: number): string {
  return new Big(value).toFixed();
}

function placesOf(text: string): number {
  const point = text.indexOf('.');
  return point === -1 ? 0 : text.length - point - 1;
}

/** The exact amount with at least its currency's usual digits ("129.40" CNY, "1200" JPY), however many it was sent with. */
export function amountText(amount: string | Big, currency: string): string {
  const exact = new Big(amount).toFixed();
  const usual = currencyDigits(currency);
  return placesOf(exact) >= usual ? exact : new Big(amount).toFixed(usual);
}

/** The digits of a currency, by its code: to ask Intl takes longer than to check an order's amounts. */
const digitsOf = new Map<string, number>();

/** Digits of the currency's smallest unit: 2 for CNY, none for JPY, by Unicode's CLDR. */
export function currencyDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  digitsOf.set(currency, digits);
  return digits;
}

/** The smallest unit of a currency, in ten-thousandths: 100 for CNY, which is 0.01. */
export function smallestUnit(currency: string): number {
  return 10 ** (SMALL_PLACES - currencyDigits(currency));
}

/** Exact sum of decimals given as text. */
export function sum(amounts: Iterable<string>): Big {
  let total = new Big(0);
  for (const amount of amounts) total = total.plus(amount);
  return total;
}

/**
 * The amount in ten-thousandths: a whole number, so arithmetic is exact and twenty times faster. NaN, which spoils every
 * result, if it is too large or too fine for that; nearly all amounts are neither.
 */
export function smallUnits(amount: string): number {
  const point = amount.indexOf('.');
  const places = point === -1 ? 0 : amount.length - point - 1;
  if (amount.length > SMALL_LENGTH || places > SMALL_PLACES) return Number.NaN;
  const isNegative = amount.startsWith('-');
  let digits = 0;
  for (let place = isNegative ? 1 : 0; place < amount.length; place += 1) {
    if (place !== point) digits = 10 * digits + (amount.charCodeAt(place) - ZERO);
  }
  return (isNegative ? -digits : digits) * 10 ** (SMALL_PLACES - places);
}

const ZERO = 0x30;
const SMALL_PLACES = 4;
/** 11 digits and 4 more stay far below 2^53, even when a few are added up. */
const SMALL_LENGTH = 11;
