import Big from 'big.js';
import { amountText, sum } from '../../../orders/money.ts';
import type { Order } from '../../../orders/order.ts';
import { totalsAddUp } from '../../../orders/totals.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, type Finding, odd, ok, skipped, wrong } from '../finding.ts';
import { ordersOf } from '../subject.ts';

/** The amounts of an order add up, and are in the currency's main unit. */
export const amounts: ContractCheck = {
  name: 'amounts',
  run(subject) {
    const orders = ordersOf(subject);
    if (orders.length === 0) return [skipped('no order could be fetched')];
    const findings = [...cents(orders), ...sums(orders)];
    return findings.length > 0 ? findings : [ok(`the amounts of ${counted(orders.length, 'order')} add up`)];
  },
};

function sums(orders: readonly Order[]): Finding[] {
  const bad = orders.filter((order) => !totalsAddUp(order));
  if (bad.length === 0) return [];
  const examples = bad.map((order) => `order ${order.orderNumber}: ${culprit(order)}`);
  const message = `The amounts of ${counted(bad.length, 'order')} of ${orders.length} do not add up.`;
  const remedy =
    'docs/order.md has the sums. Do prices contain the tax (totals.taxIncluded)? Is a fee, a gift card or a discount missing?';
  return [bad.length * 2 > orders.length ? wrong(message, { examples, remedy }) : odd(message, { examples, remedy })];
}

function culprit(order: Order): string {
  const withoutLines = { ...order, lines: order.lines.map((line) => ({ ...line, lineTotal: null })) };
  return totalsAddUp(withoutLines) ? 'lines' : 'totals';
}

/** Cents among amounts, or whole amounts taken for cents: a hundred times too much or too little. */
function cents(orders: readonly Order[]): Finding[] {
  const mixed = orders.filter(({ lines, totals }) => {
    const known = lines.flatMap(({ lineTotal }) => lineTotal ?? []);
    if (known.length === 0 || known.length < lines.length || totals.items === null) return false;
    const [ofLines, items] = [sum(known), new Big(totals.items)];
    return ofLines.gt(0) && (ofLines.eq(items.times(100)) || items.eq(ofLines.times(100)));
  });
  if (mixed.length > 0) {
    const examples = mixed.map(({ orderNumber }) => `order ${orderNumber}: totals.items, lines`);
    return [wrong('Lines and totals differ by a factor of 100: one of them is in cents.', { examples })];
  }
  const priced = orders.filter(({ totals }) => new Big(totals.grand).gt(0));
  const isLikeCents = ({ totals, currency }: Order) => {
    return amountText('0', currency) !== '0' && !totals.grand.includes('.') && new Big(totals.grand).gte(100);
  };
  if (priced.length < FEW || !priced.every(isLikeCents)) return [];
  return [
    odd('No total has a fraction. Are these cents?', {
      examples: priced.map(({ orderNumber }) => `order ${orderNumber}: totals.grand`),
      remedy: 'Compare one with the shop.',
    }),
  ];
}

/** A few round prices may be chance. */
const FEW = 5;
