import Big from 'big.js';
import { isPositive } from '../../orders/amounts.ts';
import { flagOf } from '../../orders/fields.ts';
import type { Order, OrderLine } from '../../orders/order.ts';
import { grandAddsUp } from '../../orders/totals.ts';

/** A part of what an order costs, for an ERP that computes the tax itself. */
export interface NetPart {
  readonly kind: 'item' | 'shipping' | 'discount' | 'surcharge';
  /** The order's line that it is; undefined for the other kinds. */
  readonly line?: OrderLine;
  readonly label: string | null;
  readonly quantity: number;
  /** Without tax, for one. What lowers the total is negative. Not rounded. */
  readonly unitPrice: Big;
  /** Whether the shop charged tax on it: then the ERP's own taxes for the article apply, otherwise none. */
  readonly isTaxed: boolean;
}

/**
 * The parts of an order's grand total without their tax: its lines, shipping, the discount on the order as a whole, and each
 * adjustment. Gift cards and rounding bear no tax. Where the shop does not say how the tax is spread, it is spread evenly.
 */
export function netParts(order: Order): readonly NetPart[] {
  const isIncluded = flagOf(order.totals.taxIncluded) ?? grandAddsUp(order, true);
  const items = order.lines.map((line) => ({ line, ...itemOf(line, order.totals, isIncluded) }));
  const rest = items.reduce((left, { tax }) => left.minus(tax), new Big(order.totals.tax ?? 0));
  return [
    ...items.map(({ line, net, tax }) => ({
      kind: 'item' as const,
      line,
      label: line.name,
      quantity: line.quantity,
      unitPrice: line.quantity === 0 ? new Big(0) : net.div(line.quantity),
      isTaxed: line.tax === null ? isPositive(order.totals.tax) : !tax.eq(0),
    })),
    ...extraParts(extrasOf(order, isIncluded), rest, isIncluded),
  ];
}

/** `lineTotal` contains the tax in either kind of shop. */
function itemOf(line: OrderLine, totals: Order['totals'], isIncluded: boolean): { net: Big; tax: Big } {
  const price = new Big(line.unitPrice ?? 0).times(line.quantity).minus(line.discount ?? 0);
  if (line.tax === null) {
    const amount = line.lineTotal === null ? price : new Big(line.lineTotal);
    const tax = isIncluded ? amount.times(usualShare(totals)) : new Big(0);
    return { net: amount.minus(tax), tax };
  }
  const tax = new Big(line.tax);
  if (line.lineTotal !== null) return { net: new Big(line.lineTotal).minus(tax), tax };
  return { net: isIncluded ? price.minus(tax) : price, tax };
}

/** The part of any amount that is tax. */
function usualShare({ tax, grand }: Order['totals']): Big {
  return new Big(grand).eq(0) ? new Big(0) : new Big(tax ?? 0).div(grand);
}

interface Extra {
  readonly kind: 'shipping' | 'discount' | 'surcharge';
  readonly label: string | null;
  readonly amount: Big;
  readonly isTaxable: boolean;
  readonly usualShare: Big;
}

function extrasOf(order: Order, isIncluded: boolean): readonly Extra[] {
  const { totals } = order;
  const share = { usualShare: usualShare(totals) };
  const shipping = { kind: 'shipping', label: null, amount: new Big(totals.shipping ?? 0), isTaxable: true } as const;
  const discount = discountOnAll(order, isIncluded);
  const adjustments = (totals.adjustments ?? []).map(({ kind, label, amount }) => ({
    kind: new Big(amount).lt(0) ? ('discount' as const) : ('surcharge' as const),
    label,
    amount: new Big(amount),
    isTaxable: kind !== 'gift_card' && kind !== 'rounding',
  }));
  return [shipping, { kind: 'discount', label: null, amount: discount, isTaxable: true } as const, ...adjustments]
    .filter(({ amount }) => amount.abs().gte(CENT_NOISE))
    .map((extra) => ({ ...extra, ...share }));
}

/**
 * What the order costs less than its lines, zero or negative. Some shops sum up `items` before the lines' own discounts, which are
 * then part of `totals.discount`; others after them.
 */
function discountOnAll({ totals, lines }: Order, isIncluded: boolean): Big {
  const inLines = lines.reduce((total, line) => {
    const { net, tax } = itemOf(line, totals, isIncluded);
    return total.plus(isIncluded ? net.plus(tax) : net);
  }, new Big(0));
  return new Big(totals.items ?? inLines).minus(totals.discount ?? 0).minus(inLines);
}

/** @param tax what the lines leave over of the order's tax */
function extraParts(extras: readonly Extra[], tax: Big, isIncluded: boolean): NetPart[] {
  const hasTax = tax.abs().gte(CENT_NOISE);
  const taxable = extras.reduce((sum, { isTaxable, amount }) => (isTaxable ? sum.plus(amount) : sum), new Big(0));
  return extras.map(({ kind, label, amount, isTaxable, usualShare: usual }) => {
    const isTaxed = hasTax && isTaxable;
    const share = isTaxed && isIncluded ? plausible(taxable.eq(0) ? usual : tax.div(taxable), usual) : new Big(0);
    return { kind, label, quantity: 1, unitPrice: amount.minus(amount.times(share)), isTaxed };
  });
}

/** A fee and a discount that nearly cancel out leave nothing but rounding to divide by. */
function plausible(share: Big, otherwise: Big): Big {
  return share.gte(0) && share.lte(0.5) ? share : otherwise;
}

const CENT_NOISE = 0.005;
