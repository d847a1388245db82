import Big from 'big.js';
import { currencyDigits } from '../../orders/money.ts';

/** An amount as shops send it: text or a JSON number, whose digits `parseExactJson` has kept. Null if there is none. */
export type Amount = string | number | Big | null | undefined;

/**
 * An amount in minor units → major units as exact text: 12940 → "129.40".
 *
 * @param digits 2 for shops that use hundredths for any currency (Vendure: even for yen), or the currency's code for those that
 *   use its smallest unit (Stripe, Adyen)
 */
export function fromMinorUnits(amount: Amount, digits: number | string): string | null {
  const places = typeof digits === 'string' ? currencyDigits(digits) : digits;
  return isNone(amount) ? null : new Big(amount).div(new Big(10).pow(places)).toFixed(places);
}

/** An exact amount; floats lose the noise behind the twelfth place. Null if there is none. */
export function amount(value: Amount): string | null {
  return isNone(value) ? null : rounded(new Big(value), 12);
}

/** Exact sum; what is not there counts as 0. */
export function sumOf(...amounts: readonly Amount[]): string {
  return rounded(amounts.reduce<Big>((total, each) => (isNone(each) ? total : total.plus(each)), new Big(0)), 12);
}

export function minus(from: Amount, ...amounts: readonly Amount[]): string {
  return rounded(new Big(sumOf(from)).minus(sumOf(...amounts)), 12);
}

export function negated(value: Amount): string {
  return minus(0, value);
}

/** A price got by dividing, to 4 places. Null if there is nothing to divide by. */
export function perUnit(total: Amount, quantity: number | string): string | null {
  return isNone(total) || new Big(quantity).eq(0) ? null : rounded(new Big(total).div(quantity), 4);
}

/** Quantity × price, exact. */
export function times(value: Amount, quantity: number | string): string {
  return rounded(new Big(sumOf(value)).times(quantity), 12);
}

export function isPositive(value: Amount): boolean {
  return !isNone(value) && new Big(value).gt(0);
}

export function isAtLeast(value: Amount, other: Amount): boolean {
  return new Big(sumOf(value)).gte(sumOf(other));
}

function isNone(value: Amount): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

function rounded(value: Big, places: number): string {
  return value.round(places).toFixed();
}
