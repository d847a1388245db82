import { fromMinorUnits } from '../../orders/amounts.ts';
import { Fields } from './fields.ts';

/**
 * A reply whose amounts are in minor units, with amounts in units instead: 12940 → "129.40".
 *
 * @param names which of its fields are amounts, however deep they stand
 * @param digits see `money.fromMinorUnits`
 */
export function inUnits(json: unknown, names: RegExp, digits: number | string): Fields {
  return new Fields(converted(json, names, digits));
}

function converted(json: unknown, names: RegExp, digits: number | string): unknown {
  if (Array.isArray(json)) return json.map((item) => converted(item, names, digits));
  if (typeof json !== 'object' || json === null) return json;
  const fields = Object.entries(json).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' && names.test(name) ? fromMinorUnits(value, digits) : converted(value, names, digits),
  ]);
  return Object.fromEntries(fields);
}
