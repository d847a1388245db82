import { z } from 'zod';
import { type ExpectedOrder, fieldsOf } from '../expected-order.ts';
import type { VendureApi } from './graphql.ts';

const text = z.string().nullable();

/**
 * Every order as Vendure's admin shows it, and what has to be stored of it: read with another login, another query and other
 * fields than the preset's, wherever Vendure says a thing in two ways.
 */
export async function readOrders(admin: VendureApi): Promise<ExpectedOrder[]> {
  const { items } = await admin.ask(z.object({ items: z.array(z.looseObject({ orderPlacedAt: text })) }), QUERY);
  return items.filter(({ orderPlacedAt }) => orderPlacedAt !== null).map((order) => expected(orderSchema.parse(order)));
}

const QUERY = `{ orders(options: { take: 1000 }) { items {
  id code currencyCode orderPlacedAt updatedAt totalWithTax shippingWithTax
  customer { id emailAddress phoneNumber }
  shippingAddress { fullName streetLine1 city postalCode countryCode province phoneNumber }
  taxSummary { taxTotal }
  discounts { adjustmentSource type amountWithTax }
  lines { id quantity unitPriceWithTax linePriceWithTax proratedLinePriceWithTax productVariant { sku name } }
  surcharges { id description priceWithTax }
  payments { id method amount state transactionId refunds { state total } }
  history(options: { take: 100, sort: { createdAt: ASC } }) { items { type createdAt data } }
} } }`;

const orderSchema = z.object({
  id: z.string(),
  code: z.string(),
  currencyCode: z.string(),
  orderPlacedAt: text,
  updatedAt: z.string(),
  totalWithTax: z.number(),
  shippingWithTax: z.number(),
  customer: z.object({ id: z.string(), emailAddress: z.string(), phoneNumber: text }),
  shippingAddress: z.object({
    fullName: text,
    streetLine1: text,
    city: text,
    postalCode: text,
    countryCode: text,
    province: text,
    phoneNumber: text,
  }),
  taxSummary: z.array(z.object({ taxTotal: z.number() })),
  discounts: z.array(z.object({ adjustmentSource: z.string(), type: z.string(), amountWithTax: z.number() })),
  lines: z.array(
    z.object({
      id: z.string(),
      quantity: z.number(),
      unitPriceWithTax: z.number(),
      linePriceWithTax: z.number(),
      proratedLinePriceWithTax: z.number(),
      productVariant: z.object({ sku: z.string(), name: z.string() }),
    }),
  ),
  surcharges: z.array(z.object({ id: z.string(), description: z.string(), priceWithTax: z.number() })),
  payments: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      amount: z.number(),
      state: z.string(),
      transactionId: text,
      refunds: z.array(z.object({ state: z.string(), total: z.number() })),
    }),
  ),
  history: z.object({
    items: z.array(
      z.object({ type: z.string(), createdAt: z.string(), data: z.looseObject({ to: z.string().optional() }) }),
    ),
  }),
});
type VendureOrder = z.output<typeof orderSchema>;

function expected(order: VendureOrder): ExpectedOrder {
  const { customer, shippingAddress: address } = order;
  const lines = byId(order.lines.filter(({ quantity }) => quantity > 0));
  const paid = byId(order.payments).filter(({ state }) => state === 'Settled');
  const refunds = paid.flatMap((payment) => payment.refunds).filter(({ state }) => state === 'Settled');
  const cancelled = order.history.items.findLast(({ data }) => data.to === 'Cancelled');
  return {
    shopOrderId: order.id,
    fields: {
      orderNumber: order.code,
      currency: order.currencyCode,
      placedAt: order.orderPlacedAt,
      updatedAt: order.updatedAt,
      'cancelledAt.length': cancelled === undefined ? null : '2026-11-29T00:00:00.000Z'.length,
      'buyer.id': customer.id,
      'buyer.email': customer.emailAddress,
      'buyer.phone': customer.phoneNumber || null,
      'shippingAddress.recipient': address.fullName,
      'shippingAddress.city': address.city,
      'shippingAddress.postcode': address.postalCode,
      'shippingAddress.country': address.countryCode,
      'shippingAddress.province': address.province,
      'shippingAddress.phone': address.phoneNumber || null,
      'lines.length': lines.length,
      ...fieldsOf('lines', lines, ({ id, quantity, productVariant, proratedLinePriceWithTax: total }) => ({
        lineId: id,
        quantity,
        sku: productVariant.sku,
        name: productVariant.name,
        lineTotal: total / 100,
      })),
      'totals.grand': order.totalWithTax / 100,
      'totals.shipping': order.shippingWithTax / 100,
      'totals.tax': sum(order.taxSummary.map(({ taxTotal }) => taxTotal)),
      'totals.discount': sum(lines.map((line) => line.linePriceWithTax - line.proratedLinePriceWithTax)),
      'totals.refunded': sum(refunds.map(({ total }) => total)),
      'totals.taxIncluded': true,
      'totals.adjustments.length': order.surcharges.length,
      ...fieldsOf('totals.adjustments', byId(order.surcharges), ({ description, priceWithTax }) => ({
        label: description,
        amount: priceWithTax / 100,
      })),
      'payments.length': paid.length,
      ...fieldsOf('payments', paid, ({ method, amount, transactionId }) => ({
        method,
        transactionId,
        amount: amount / 100,
      })),
    },
  };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** Hundredths → units. */
function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0) / 100;
}
