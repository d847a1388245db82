import Big from 'big.js';
import { type Amount, minus, sum } from '../../orders/amounts.ts';
import { currencyDigits } from '../../orders/money.ts';
import { Fields } from './fields.ts';

/** A sum with as many decimals as its currency has, rounded half up as tills do: 8683.6631375 CNY → "8683.66". */
export function roundedTo(currency: string, ...amounts: readonly Amount[]): string {
  return new Big(sum(...amounts)).toFixed(currencyDigits(currency), Big.roundHalfUp);
}

/** What rounding each part on its own leaves over of the total, as one of `totals.adjustments`, or none. */
export function roundingOf(total: Amount, ...parts: readonly Amount[]) {
  const rest = minus(total, ...parts);
  return new Big(rest).eq(0) ? [] : [{ kind: 'rounding', label: null, amount: rest }];
}

/**
 * A reply whose amounts have the decimals of their currency, each rounded on its own. Where the exact value of `amount` stands
 * beside it as `raw_amount.value`, that is rounded.
 *
 * @param names which of its fields are amounts, however deep they stand
 */
export function rounded(json: unknown, names: RegExp, currency: string): Fields {
  return new Fields(converted(json, names, currency));
}

function converted(json: unknown, names: RegExp, currency: string): unknown {
  if (Array.isArray(json)) return json.map((item) => converted(item, names, currency));
  if (typeof json !== 'object' || json === null) return json;
  const part = new Fields(json);
  const fields = Object.entries(json).map(([name, value]: [string, unknown]) => {
    if (!names.test(name)) return [name, converted(value, names, currency)];
    const exact = part.money(`raw_${name}.value`) ?? part.money(name);
    return [name, exact === null ? null : roundedTo(currency, exact)];
  });
  return Object.fromEntries(fields);
}
