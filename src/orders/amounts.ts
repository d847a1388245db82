import Big from 'big.js';
import { currencyDigits } from './money.ts';

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
export function exact(value: Amount): string | null {
  return isNone(value) ? null : sum(value);
}

/** Exact sum, with the most decimals that one of the amounts has; what is not there counts as 0. */
export function sum(...amounts: readonly Amount[]): string {
  const known = amounts.filter((each) => !isNone(each));
  const total = known.reduce<Big>((subtotal, each) => subtotal.plus(each ?? 0), new Big(0));
  return total.round(NOISE).toFixed(Math.max(0, ...known.map(placesOf)));
}

export function minus(from: Amount, ...amounts: readonly Amount[]): string {
  return sum(from, ...amounts.map(negate));
}

export function negate(value: Amount): string {
  return product(value, -1);
}

/** Exact, with as many decimals as the amount has, or as it takes. */
export function product(value: Amount, quantity: number | string): string {
  const text = sum(value);
  const result = new Big(text).times(quantity).round(NOISE);
  return result.toFixed(Math.max(placesOf(text), placesOf(result)));
}

/**
 * The price of one, from the amount for all. If that does not divide evenly, the price is rounded to 4 places and marked as
 * derived, so that it is not checked against the total.
 */
export function unitPrice(
  total: Amount,
  quantity: number | string,
): { unitPrice: string | null; unitPriceDerived?: true } {
  if (isNone(total) || new Big(quantity).eq(0)) return { unitPrice: null };
  const price = new Big(total).div(quantity).round(4);
  const text = price.toFixed(Math.max(placesOf(total), placesOf(price)));
  return price.times(quantity).eq(total) ? { unitPrice: text } : { unitPrice: text, unitPriceDerived: true };
}

/** The part of an amount that falls to some of the pieces, with as many decimals as the amount has, two at least. */
export function share(value: Amount, pieces: number, of: number): string {
  const whole = sum(value);
  if (pieces === of || of === 0) return whole;
  const places = Math.max(2, placesOf(whole));
  return new Big(whole).times(pieces).div(of).toFixed(places);
}

export interface LineParts {
  /** How many are to be shipped now. */
  readonly quantity: number;
  /** How many were ordered, which is what the amounts are for. @defaultValue `quantity` */
  readonly ordered?: number;
  /** The price of all that were ordered, before discounts; with the tax in it where prices contain it. */
  readonly full: Amount;
  /** The same after discounts. @defaultValue `full` */
  readonly reduced?: Amount;
  readonly tax?: Amount;
  /** Prices contain the tax. */
  readonly taxIncluded: boolean;
}

/** The amounts of a line, which add up: those of the pieces that are to be shipped now, if some were returned or cancelled. */
export function line({ quantity, ordered = quantity, full, reduced = full, tax, taxIncluded }: LineParts) {
  const part = (value: Amount) => share(value, quantity, ordered);
  const amounts = { discount: part(minus(full, reduced)), tax: part(tax) };
  const lineTotal = sum(minus(part(full), amounts.discount), taxIncluded ? 0 : amounts.tax);
  return { quantity, ...unitPrice(full, ordered), ...amounts, lineTotal };
}

/** One of `totals.adjustments`. @param kind a fee by default, or a discount if it is negative */
export function adjustment(amount: Amount, label: string | null, kind?: 'surcharge' | 'gift_card' | 'other') {
  return { kind: kind ?? (new Big(sum(amount)).lt(0) ? 'discount' : 'fee'), label, amount: sum(amount) };
}

export function isPositive(value: Amount): boolean {
  return !isNone(value) && new Big(value).gt(0);
}

export function isAtLeast(value: Amount, other: Amount): boolean {
  return new Big(sum(value)).gte(sum(other));
}

function isNone(value: Amount): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

/** What comes after this place is the noise of floats. */
const NOISE = 12;

function placesOf(value: Amount): number {
  const text = isNone(value) ? '' : new Big(value).round(NOISE).toFixed();
  const written = typeof value === 'string' && /^-?\d+\.\d{1,12}$/.test(value) ? value : text;
  return written.includes('.') ? written.length - written.indexOf('.') - 1 : 0;
}

/** The smallest amount of a currency: "0.01" CNY, "1" JPY. */
export function smallestUnit(currency: string): string {
  const digits = currencyDigits(currency);
  return new Big(1).div(new Big(10).pow(digits)).toFixed(digits);
}
