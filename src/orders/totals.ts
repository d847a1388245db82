import Big from 'big.js';
import { flagOf } from './fields.ts';
import { smallestUnit, smallUnits, sum } from './money.ts';
import type { Order, OrderLine } from './order.ts';

/**
 * Does the money add up? An order whose amounts do not is written all the same, and flagged: a person decides, and nothing waits.
 *
 *     grand = items + shipping + tax − discount + each adjustment
 *     lineTotal = quantity × unitPrice − discount + tax
 *
 * Where prices contain the tax, it is not added. `totals.taxIncluded` says so, true or false; without it either will do, the same
 * for all lines. Shops round: each line may be off by one smallest unit of the currency, grand by one for each line and each
 * adjustment.
 *
 * An amount that the shop does not send counts as 0. Without `items`, `unitPrice` or `lineTotal` there is nothing to compare, nor
 * is there with a unit price that was itself got by dividing.
 */
export function totalsAddUp(order: Order): boolean {
  const readings = readingsOf(order);
  return (
    readings.some((isIncluded) => grandAddsUp(order, isIncluded)) &&
    readings.some((isIncluded) => order.lines.every((line) => lineAddsUp(line, isIncluded, order.currency)))
  );
}

/** Whether the tax may be in the prices: what the order says, or both. */
export function readingsOf({ totals }: Order): readonly boolean[] {
  const included = flagOf(totals.taxIncluded);
  return included === undefined ? EITHER : [included];
}

const EITHER = [false, true];
const NO_ADJUSTMENTS: NonNullable<Order['totals']['adjustments']> = [];

export function grandAddsUp({ totals, lines, currency }: Order, isTaxIncluded: boolean): boolean {
  const { items, grand } = totals;
  if (items === null) return true;
  const [shipping, discount] = [totals.shipping ?? '0', totals.discount ?? '0'];
  const tax = isTaxIncluded ? '0' : (totals.tax ?? '0');
  const adjustments = totals.adjustments ?? NO_ADJUSTMENTS;
  let rest = smallUnits(items) + smallUnits(shipping) + smallUnits(tax) - smallUnits(discount) - smallUnits(grand);
  for (const { amount } of adjustments) rest += smallUnits(amount);
  if (rest === 0) return true;
  const tolerance = smallestUnit(currency) * Math.max(lines.length + adjustments.length, 1);
  if (!Number.isNaN(rest)) return Math.abs(rest) <= tolerance;
  const amounts = [items, shipping, tax, ...adjustments.map(({ amount }) => amount)];
  return isWithin(tolerance, sum(amounts).minus(discount).minus(grand));
}

export function lineAddsUp(line: OrderLine, isTaxIncluded: boolean, currency: string): boolean {
  const { quantity, unitPrice, lineTotal } = line;
  if (unitPrice === null || lineTotal === null || line.unitPriceDerived) return true;
  const discount = line.discount ?? '0';
  const tax = isTaxIncluded ? '0' : (line.tax ?? '0');
  const gross = quantity * smallUnits(unitPrice);
  const rest = gross - smallUnits(discount) + smallUnits(tax) - smallUnits(lineTotal);
  if (Number.isInteger(quantity) && Number.isSafeInteger(gross) && !Number.isNaN(rest)) {
    return rest === 0 || Math.abs(rest) <= smallestUnit(currency);
  }
  return isWithin(
    smallestUnit(currency),
    new Big(unitPrice).times(quantity).minus(discount).plus(tax).minus(lineTotal),
  );
}

/** @param tolerance in ten-thousandths */
function isWithin(tolerance: number, rest: Big): boolean {
  return rest.abs().times(10_000).lte(tolerance);
}
