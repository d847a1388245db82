import Big from 'big.js';
import { smallestUnit, smallUnits, sum } from './money.ts';
import type { Order, OrderLine } from './order.ts';

/**
 * Does the money add up? An order whose amounts do not is written all the same, and flagged: a person decides, and nothing waits.
 *
 *     grand = items + shipping + tax − discount
 *     lineTotal = quantity × unitPrice − discount + tax
 *
 * Where prices contain the tax, it is not added. `totals.taxIncluded` says so, true or false; without it either will do, the same
 * for all lines. Shops round: each line may be off by one smallest unit of the currency, grand by one for each line.
 *
 * An amount that the shop does not send counts as 0. Without `items`, `unitPrice` or `lineTotal` there is nothing to compare.
 */
export function totalsAddUp(order: Order): boolean {
  const included = asFlag(order.totals['taxIncluded']);
  const eitherWay = (addsUp: (isIncluded: boolean) => boolean) =>
    (included !== true && addsUp(false)) || (included !== false && addsUp(true));
  return (
    eitherWay((isIncluded) => grandAddsUp(order, isIncluded)) &&
    eitherWay((isIncluded) => order.lines.every((line) => lineAddsUp(line, isIncluded, order.currency)))
  );
}

function grandAddsUp({ totals, lines, currency }: Order, isTaxIncluded: boolean): boolean {
  const { items, grand } = totals;
  if (items === null) return true;
  const [shipping, discount] = [totals.shipping ?? '0', totals.discount ?? '0'];
  const tax = isTaxIncluded ? '0' : (totals.tax ?? '0');
  const rest = smallUnits(items) + smallUnits(shipping) + smallUnits(tax) - smallUnits(discount) - smallUnits(grand);
  if (rest === 0) return true;
  const tolerance = smallestUnit(currency) * Math.max(lines.length, 1);
  if (!Number.isNaN(rest)) return Math.abs(rest) <= tolerance;
  return isWithin(tolerance, sum([items, shipping, tax]).minus(discount).minus(grand));
}

function lineAddsUp(line: OrderLine, isTaxIncluded: boolean, currency: string): boolean {
  const { quantity, unitPrice, lineTotal } = line;
  if (unitPrice === null || lineTotal === null) return true;
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

/** True or false, also as PHP and forms write it; undefined if the order does not say. */
function asFlag(value: unknown): boolean | undefined {
  if (value === undefined) return undefined;
  return new Map([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]).get(String(value));
}
