import Big from 'big.js';
import { currencyDigits } from '../../orders/money.ts';
import { type Amount, sum } from './money.ts';

/** An amount with as many decimals as its currency has, rounded half up as tills do: 8683.6631375 CNY → "8683.66". */
export function roundedTo(currency: string, ...amounts: readonly Amount[]): string {
  return new Big(sum(...amounts)).toFixed(currencyDigits(currency), Big.roundHalfUp);
}
