import Big from 'big.js';
import type { z } from 'zod';
import type { orderSchema } from '../../src/orders/order.ts';
import {
  DEMO_BUYERS,
  DEMO_PRODUCTS,
  DEMO_SHIPPING,
  type DemoBuyer,
  type DemoCurrency,
  type DemoProduct,
} from './order-data.ts';
import { seededRandom } from './seeded-random.ts';

/** An order as the shop's API sends it. */
export type OrderDocument = z.input<typeof orderSchema>;

export interface DemoOrdersOptions {
  readonly count: number;
  /** The same seed gives the same orders. @defaultValue 1 */
  readonly seed?: number;
  /** When the last one was paid. @defaultValue the current time */
  readonly now?: Date;
}

/** Paid orders like a real shop's: valid, correct to the cent, placed a few seconds apart, oldest first. */
export function makeDemoOrders({ count, seed = 1, now = new Date() }: DemoOrdersOptions): OrderDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const paidAt = new Date(now.getTime() - (count - 1 - index) * 7_000);
    return makeDemoOrder(index, { seed, paidAt });
  });
}

/** The demo order with this index; no two indexes have the same order number or shop id. */
export function makeDemoOrder(index: number, { seed = 1, paidAt = new Date() } = {}): OrderDocument {
  const random = seededRandom(seed * 1_000_003 + index);
  const buyer = pick(DEMO_BUYERS, index);
  const money = (amount: Big) => amount.toFixed(decimals(buyer.currency));
  const lines = makeLines(buyer.currency, random);
  const items = lines.reduce((total, line) => total.plus(line.lineTotal), new Big(0));
  // One in twenty is covered by a voucher, so there is no payment.
  const isFree = index % 20 === 11;
  const { fee, freeFrom } = DEMO_SHIPPING[buyer.currency];
  const shipping = new Big(isFree || items.gte(freeFrom) ? 0 : fee);
  const tax = buyer.currency === 'USD' && !isFree ? rounded(items.times('0.0825'), buyer.currency) : new Big(0);
  const discount = isFree ? items : index % 4 === 2 ? rounded(items.times('0.1'), buyer.currency) : new Big(0);
  const grand = items.plus(shipping).plus(tax).minus(discount);
  const refunded = index % 9 === 5 ? rounded(grand.times('0.25'), buyer.currency) : new Big(0);
  const placedAt = new Date(paidAt.getTime() - 4_000).toISOString();
  return {
    orderNumber: orderNumber(index, paidAt),
    shopOrderId: String(5_500_000 + index),
    status: 'paid',
    currency: buyer.currency,
    placedAt,
    paidAt: paidAt.toISOString(),
    cancelledAt: null,
    updatedAt: new Date(paidAt.getTime() + 120).toISOString(),
    cancelReason: null,
    ...whoAndWhere(buyer, index),
    lines,
    totals: {
      items: money(items),
      shipping: money(shipping),
      tax: money(tax),
      discount: money(discount),
      refunded: money(refunded),
      grand: money(grand),
    },
    payments: isFree
      ? []
      : [
          {
            method: buyer.method,
            transactionId: `${paidAt.getTime()}${String(index).padStart(7, '0')}`,
            amount: money(grand),
            paidAt: paidAt.toISOString(),
          },
        ],
    buyerNote: buyer.note,
  };
}

/** The same order, cancelled at that time. */
export function cancelled(order: OrderDocument, at: Date, reason: string): OrderDocument {
  const time = at.toISOString();
  return { ...order, status: 'cancelled', cancelledAt: time, updatedAt: time, cancelReason: reason };
}

/** The same order before it was paid. */
export function unpaid(order: OrderDocument): OrderDocument {
  return { ...order, status: 'pending', paidAt: null, updatedAt: order.placedAt, payments: [] };
}

/** The same order with 30 % refunded. Its `updatedAt` stays, as refunds do not change it in some real shops. */
export function partlyRefunded(order: OrderDocument): OrderDocument {
  const amount = new Big(String(order.totals.grand)).times('0.3');
  const refunded = amount.toFixed(order.currency === 'JPY' ? 0 : 2, Big.roundHalfUp);
  return { ...order, totals: { ...order.totals, refunded } };
}

/** Three kinds take turns: 20 digits, which no JavaScript number can hold; letters and dashes; a short number. */
function orderNumber(index: number, paidAt: Date): string {
  if (index % 3 === 0)
    return `${paidAt.toISOString().slice(0, 10).replaceAll('-', '')}${String(index * 7919 + 123_456_789).padStart(12, '0')}`;
  if (index % 3 === 1) return `SO-${paidAt.getUTCFullYear()}-${String(index).padStart(4, '0')}`;
  return String(10_086 + index);
}

function makeLines(currency: DemoCurrency, random: () => number) {
  const count = 1 + Math.floor(random() * 4);
  const first = Math.floor(random() * DEMO_PRODUCTS.length);
  return Array.from({ length: count }, (_, position) => {
    return makeLine(pick(DEMO_PRODUCTS, first + position), currency, position, random);
  });
}

function makeLine(product: DemoProduct, currency: DemoCurrency, position: number, random: () => number) {
  const quantity = 1 + Math.floor(random() * 3);
  const price = new Big(product.prices[currency]);
  const discount = random() < 0.3 ? rounded(price.times('0.15'), currency) : new Big(0);
  const digits = decimals(currency);
  return {
    lineId: String(position + 1),
    sku: product.sku,
    name: product.name,
    quantity,
    unitPrice: price.toFixed(digits),
    discount: discount.toFixed(digits),
    tax: new Big(0).toFixed(digits),
    lineTotal: price.times(quantity).minus(discount).toFixed(digits),
  };
}

function whoAndWhere(buyer: DemoBuyer, index: number): Pick<OrderDocument, 'buyer' | 'shippingAddress'> {
  const { name, phone, email, country, province, city, district, street, postcode } = buyer;
  return {
    buyer: { id: `u-${1000 + index}`, name, email, phone },
    shippingAddress: { recipient: name, phone, country, province, city, district, lines: [street], postcode },
  };
}

function decimals(currency: DemoCurrency): number {
  return currency === 'JPY' ? 0 : 2;
}

function rounded(amount: Big, currency: DemoCurrency): Big {
  return amount.round(decimals(currency), Big.roundHalfUp);
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}
