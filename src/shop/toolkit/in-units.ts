import { fromMinorUnits } from './money.ts';

/**
 * A reply whose amounts are in minor units, with amounts in units instead: 12940 → "129.40".
 *
 * @param names which of its fields are amounts, however deep they stand
 * @param digits see `money.fromMinorUnits`
 */
export function inUnits(json: unknown, names: RegExp, digits: number | string): unknown {
  if (Array.isArray(json)) return json.map((item) => inUnits(item, names, digits));
  if (typeof json !== 'object' || json === null) return json;
  const fields = Object.entries(json).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' && names.test(name) ? fromMinorUnits(value, digits) : inUnits(value, names, digits),
  ]);
  return Object.fromEntries(fields);
}
