import Big from 'big.js';
import { amountText, sum } from '../../orders/money.ts';
import type { Order, OrderLine } from '../../orders/order.ts';
import { grandAddsUp, lineAddsUp, readingsOf, totalsAddUp } from '../../orders/totals.ts';

/** The sums spelled out. */
export interface TotalsReview {
  readonly addUp: boolean;
  /** Sentences: one for the total, or one for each sum that does not add up. */
  readonly text: readonly string[];
}

export function explainTotals(order: Order): TotalsReview {
  const addUp = totalsAddUp(order);
  const readings = readingsOf(order);
  const reading = readings.find((isIncluded) => grandAddsUp(order, isIncluded));
  if (addUp) {
    const isChecked = order.totals.items !== null;
    return {
      addUp,
      text: [isChecked ? grandSum(order, reading ?? false).text : 'totals.items is unknown: no sum was checked'],
    };
  }
  const [first = false] = readings;
  const lines = readings.map((isIncluded) => wrongLines(order, isIncluded));
  const fewest = lines.toSorted((a, b) => a.length - b.length)[0] ?? [];
  const more = fewest.length > MAX_LINES ? [`${fewest.length - MAX_LINES} more lines do not add up.`] : [];
  return {
    addUp,
    text: [...(reading === undefined ? [wrongGrand(order, first)] : []), ...fewest.slice(0, MAX_LINES), ...more],
  };
}

const MAX_LINES = 10;

interface Spelled {
  readonly text: string;
  /** What the order says, less what the sum is. */
  readonly rest: Big;
}

function grandSum({ totals, currency }: Order, isTaxIncluded: boolean): Spelled {
  const parts: [sign: string, name: string, amount: string][] = [
    ['', 'items', totals.items ?? '0'],
    ['+', 'shipping', totals.shipping ?? '0'],
    ...(isTaxIncluded ? [] : [['+', 'tax', totals.tax ?? '0'] satisfies [string, string, string]]),
    ['−', 'discount', totals.discount ?? '0'],
    ...(totals.adjustments ?? []).map(({ kind, amount }): [string, string, string] => ['+', kind, amount]),
  ];
  const total = sum(parts.map(([sign, , amount]) => (sign === '−' ? new Big(amount).neg().toFixed() : amount)));
  const spelled = parts
    .map(([sign, name, amount]) => `${sign} ${name} ${amountText(amount, currency)}`.trim())
    .join(' ');
  return { text: `${spelled} = ${amountText(total, currency)}`, rest: new Big(totals.grand).minus(total) };
}

function wrongGrand(order: Order, isTaxIncluded: boolean): string {
  const { totals, currency } = order;
  const { text, rest } = grandSum(order, isTaxIncluded);
  const says = `totals.grand says ${amountText(totals.grand, currency)}`;
  return `${text}, but ${says}: ${amountText(rest.abs(), currency)} ${rest.gt(0) ? 'more' : 'less'}. ${grandHint(order, rest)}`;
}

/** What would make the sum right. */
function grandHint(order: Order, rest: Big): string {
  const is = (amount: string | null) => amount !== null && !new Big(amount).eq(0) && rest.eq(amount);
  const { discount, refunded } = order.totals;
  if (readingsOf(order).length === 1 && [true, false].some((isIncluded) => grandAddsUp(order, isIncluded))) {
    return `It adds up if prices ${readingsOf(order)[0] === true ? 'do not contain' : 'contain'} the tax: is totals.taxIncluded right?`;
  }
  if (is(discount)) return 'It adds up without the discount: if items has it already, send 0 for totals.discount.';
  if (is(negative(refunded))) return 'It is lower by what was refunded: totals.grand stays when money is paid back.';
  return 'If something else is part of it (a fee, a gift card, rounding), send it in totals.adjustments.';
}

function negative(amount: string | null): string | null {
  return amount === null ? null : new Big(amount).neg().toFixed();
}

function wrongLines(order: Order, isTaxIncluded: boolean): string[] {
  return order.lines.flatMap((line, index) =>
    lineAddsUp(line, isTaxIncluded, order.currency) ? [] : [wrongLine(line, index, isTaxIncluded, order.currency)],
  );
}

function wrongLine(line: OrderLine, index: number, isTaxIncluded: boolean, currency: string): string {
  const [price, discount, tax, says] = [line.unitPrice, line.discount, line.tax, line.lineTotal].map(
    (amount) => amount ?? '0',
  );
  const total = new Big(price ?? 0)
    .times(line.quantity)
    .minus(discount ?? 0)
    .plus(isTaxIncluded ? 0 : (tax ?? 0));
  const shown = (amount: string | Big | undefined) => amountText(amount ?? '0', currency);
  const spelled = `quantity ${line.quantity} × unitPrice ${shown(price)} − discount ${shown(discount)}${isTaxIncluded ? '' : ` + tax ${shown(tax)}`}`;
  const rest = new Big(says ?? 0).minus(total).abs();
  // Half a unit in the last place for each piece, as dividing leaves it.
  const isRounding = rest.lte(new Big(line.quantity).abs().times('0.005'));
  const hint = isRounding ? ' If the unit price was got by dividing, send unitPriceDerived: true.' : '';
  return `lines[${index}]: ${spelled} = ${shown(total)}, but lineTotal says ${shown(says)}.${hint}`;
}
