import Big from 'big.js';
import { z } from 'zod';

/**
 * Money is an exact decimal held as text ("129.40"), never a float. A JSON number is accepted too: `parseExactJson` has
 * kept its digits. At most 18 digits before the point and 12 behind it, which every supported database stores exactly.
 *
 * Shops that compute in floats send the noise along (59.900000000000006, or PHP's 0.10000000000000001): anything after the
 * twelfth place is rounded off.
 */
const DECIMAL = /^-?\d{1,18}(?:\.\d{1,60})?$/;
const PLACES = 12;

/** One function instead of a chain of schemas: an order has dozens of amounts, and this is a third of its validation. */
export const decimal = z.transform((value: string | number, context): string => {
  const text = typeof value === 'number' && Number.isFinite(value) ? plainNotation(value) : value;
  if (typeof text === 'string' && DECIMAL.test(text)) {
    return placesOf(text) > PLACES ? new Big(text).round(PLACES).toFixed() : text;
  }
  context.issues.push({ code: 'custom', message: EXPECTED, input: undefined });
  return z.NEVER;
});

const EXPECTED = 'expected an exact decimal such as "129.40", with at most 18 digits before the point';

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
  const usual =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 0;
  const digits = exact.split('.')[1]?.length ?? 0;
  return digits >= usual ? exact : new Big(amount).toFixed(usual);
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
  const digits = point === -1 ? amount : amount.slice(0, point) + amount.slice(point + 1);
  return Number(digits) * 10 ** (SMALL_PLACES - places);
}

const SMALL_PLACES = 4;
/** 11 digits and 4 more stay far below 2^53, even when a few are added up. */
const SMALL_LENGTH = 11;
