import Big from 'big.js';
import type { OrderDocument } from '../demo/orders/make-orders.ts';
import { type Order, parseOrder } from '../src/orders/order.ts';
import type { StoredSale } from './tryton/sales.ts';

/** `none`: Tryton must not have a sale. `cancelled-or-none`: it was cancelled before Tryton heard of it, or after. */
export type ExpectedState = 'confirmed' | 'quotation' | 'cancelled' | 'cancelled-or-none' | 'processing' | 'none';

export interface Expectation {
  readonly order: OrderDocument;
  readonly state: ExpectedState;
}

export interface Comparison {
  readonly fields: number;
  readonly problems: readonly string[];
}

const PREFIX = 'web/';

/** All sales of one order against what the order says: one of them, in the right state, and each of its fields. */
export function compare({ order: document, state }: Expectation, sales: readonly StoredSale[]): Comparison {
  const reference = PREFIX + document.orderNumber;
  const own = sales.filter((sale) => sale.reference === reference);
  const [sale] = own;
  if (state === 'none') return { fields: 1, problems: sale === undefined ? [] : [`${reference}: is in Tryton`] };
  if (sale === undefined && state === 'cancelled-or-none') return { fields: 1, problems: [] };
  if (sale === undefined) return { fields: 1, problems: [`${reference}: is not in Tryton`] };
  if (own.length > 1) return { fields: 1, problems: [`${reference}: is in Tryton ${own.length} times`] };
  const expected: Record<string, string | number | null> = {
    state: state.replace('-or-none', ''),
    ...expectedFields(parsed(document)),
  };
  const found: Record<string, string | number | null> = { state: sale.state, ...sale.fields };
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const problems = [...names]
    .filter((name) => !isSame(name, expected, found))
    .map((name) => `${reference}: ${name}: expected ${show(expected[name])}, found ${show(found[name])}`);
  return { fields: names.size, problems };
}

/** The shop rounds the tax on shipping and discounts to cents, so that the net price of these is known to a cent. */
const CENT = 0.01;
const EXTRAS = ['SHIPPING', 'DISCOUNT', 'SURCHARGE'];

type Fields = Readonly<Record<string, string | number | null>>;

function isSame(name: string, wanted: Fields, got: Fields): boolean {
  const [expected, found] = [wanted[name] ?? null, got[name] ?? null];
  if (!/untaxed|unit_price$/.test(name) || expected === null || found === null) return expected === found;
  const isExtra = EXTRAS.includes(String(wanted[name.replace('unit_price', 'code')]));
  const tolerance = name === 'untaxed' ? CENT * 3 : isExtra ? CENT * 1.5 : 0;
  return new Big(expected).minus(found).abs().lte(tolerance);
}

function show(value: unknown): string {
  return JSON.stringify(value ?? null);
}

function parsed(document: OrderDocument): Order {
  const result = parseOrder(document);
  if ('order' in result) return result.order;
  throw new Error(`the rig made an order that is none: ${result.problem}`);
}

function expectedFields({ currency, placedAt, shippingAddress: to, buyer, buyerNote, ...order }: Order) {
  const comment = [to?.phone && `Phone: ${to.phone}`, buyer?.email && `E-mail: ${buyer.email}`, buyerNote];
  const lines = expectedLines(order);
  const untaxed = lines.reduce((sum, line) => sum.plus(new Big(line.unit_price).times(line.quantity)), new Big(0));
  return {
    currency,
    day: placedAt.slice(0, 10),
    comment: comment.filter((line) => line !== null && line !== undefined).join('\n'),
    party: 'WEB',
    party_name: to?.recipient ?? null,
    street: to === null ? 'Internet' : to.lines.join('\n'),
    city: to === null ? 'Köln' : to.city,
    postal_code: to?.postcode ?? null,
    country: to?.country ?? null,
    same_address: 'true',
    untaxed: untaxed.toFixed(2),
    'lines.length': lines.length,
    ...Object.fromEntries(
      lines.flatMap((line, index) => Object.entries(line).map(([name, value]) => [`lines.${index}.${name}`, value])),
    ),
  };
}

function expectedLines({ lines, totals }: Pick<Order, 'lines' | 'totals'>) {
  const isTaxed = totals.tax !== '0.00';
  const net = (gross: string | Big) => new Big(gross).times(isTaxed ? 100 : 119).div(119);
  const extra = (code: string, gross: string | Big, description: string, taxes = isTaxed) => ({
    code,
    quantity: 1,
    unit_price: (taxes ? net(gross) : new Big(gross)).toFixed(4),
    description,
    taxes: taxes ? '1' : '0',
  });
  return [
    ...lines.map(({ sku, name, quantity, lineTotal, tax }) => ({
      code: sku ?? '',
      quantity,
      unit_price: new Big(lineTotal ?? 0)
        .minus(tax ?? 0)
        .div(quantity)
        .toFixed(4),
      description: name ?? '',
      taxes: new Big(tax ?? 0).eq(0) ? '0' : '1',
    })),
    ...(isNone(totals.shipping) ? [] : [extra('SHIPPING', totals.shipping ?? '0', '')]),
    ...(isNone(totals.discount) ? [] : [extra('DISCOUNT', new Big(totals.discount ?? 0).neg(), '')]),
    ...(totals.adjustments ?? []).map(({ amount, label }) => extra('DISCOUNT', amount, label ?? '', false)),
  ];
}

function isNone(amount: string | null): boolean {
  return new Big(amount ?? 0).eq(0);
}
