import Big from 'big.js';
import { refuse } from './refuse.ts';

/** An order's amount: exact decimal text, or null where the shop says none. */
type Amount = string | null;

/** For `decimal(10,2)`: "129.40". Refuses an amount with a third decimal rather than rounding it. */
export function yuan<None extends string | null = null>(amount: Amount, none?: None): string | None {
  if (amount === null) return none ?? (null as None);
  const exact = new Big(amount);
  if (!exact.round(2).eq(exact)) refuse('an amount has more than two decimals');
  return exact.toFixed(2);
}

/** Whole cents for `int` and `bigint` columns: 12940 for "129.40". Refuses fractions of a cent. */
export function fen<None extends number | null = null>(amount: Amount, none?: None): number | None {
  if (amount === null) return none ?? (null as None);
  const cents = Number(new Big(amount).times(100).toFixed());
  if (!Number.isSafeInteger(cents)) refuse('an amount is no whole number of cents, or has more than 13 digits');
  return cents;
}
