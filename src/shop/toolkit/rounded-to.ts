import Big from 'big.js';
import { currencyDigits } from '../../orders/money.ts';
import { type Amount, minus, sum } from './money.ts';

/** A sum with as many decimals as its currency has, rounded half up as tills do: 8683.6631375 CNY → "8683.66". */
export function roundedTo(currency: string, ...amounts: readonly Amount[]): string {
  return new Big(sum(...amounts)).toFixed(currencyDigits(currency), Big.roundHalfUp);
}

/** What rounding each part on its own leaves over of the total, as one of `totals.adjustments`, or none. */
export function roundingOf(total: Amount, ...parts: readonly Amount[]) {
  const rest = minus(total, ...parts);
  return new Big(rest).eq(0) ? [] : [{ kind: 'rounding', label: null, amount: rest }];
}
