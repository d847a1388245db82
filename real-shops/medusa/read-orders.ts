import { z } from 'zod';
import { type ExpectedOrder, fieldsOf } from '../expected-order.ts';
import type { MedusaApi } from './api.ts';

const PAGE = 10;
const FIELDS =
  'id,display_id,currency_code,email,created_at,updated_at,canceled_at,status,total,shipping_total,tax_total,discount_total,' +
  'summary,customer_id,*items,*shipping_methods,*shipping_address,*credit_lines,' +
  '*payment_collections.payments,*payment_collections.payments.captures,*payment_collections.payments.refunds';

/**
 * Every order as Medusa's admin shows it, and what has to be stored of it: with a login of its own, a few at a time, and from
 * other fields than the preset's wherever Medusa says a thing in two ways. Amounts are the floats that Medusa computes.
 */
export async function readOrders(admin: MedusaApi): Promise<ExpectedOrder[]> {
  const all: ExpectedOrder[] = [];
  for (let count = 1; all.length < count; ) {
    const query = new URLSearchParams({ fields: FIELDS, limit: String(PAGE), offset: String(all.length) });
    const page = await admin.get(pageSchema, `/admin/orders?${query}`);
    count = page.count;
    all.push(...page.orders.map(expected));
  }
  return all;
}

const text = z.string().nullable();
const line = z.object({
  id: z.string(),
  variant_sku: text,
  title: z.string(),
  quantity: z.number(),
  total: z.number(),
  tax_total: z.number(),
  requires_shipping: z.boolean(),
  is_tax_inclusive: z.boolean(),
});
const amount = z.object({ amount: z.number() });
const payment = z.object({
  id: z.string(),
  provider_id: z.string(),
  captures: z.array(amount),
  refunds: z.array(amount),
});
const orderSchema = z.object({
  id: z.string(),
  display_id: z.number(),
  currency_code: z.string(),
  email: text,
  created_at: z.string(),
  updated_at: z.string(),
  canceled_at: text,
  customer_id: text,
  total: z.number(),
  shipping_total: z.number(),
  tax_total: z.number(),
  discount_total: z.number(),
  shipping_methods: z.array(z.object({ total: z.number(), tax_total: z.number() })),
  credit_lines: z.array(amount),
  items: z.array(line),
  shipping_address: z.object({
    first_name: text,
    last_name: text,
    city: text,
    postal_code: text,
    country_code: text,
    phone: text,
    province: text,
  }),
  payment_collections: z.array(z.object({ payments: z.array(payment) })),
});
type MedusaOrder = z.output<typeof orderSchema>;
const pageSchema = z.object({ orders: z.array(orderSchema), count: z.number() });

function expected(order: MedusaOrder): ExpectedOrder {
  const currency = order.currency_code.toUpperCase();
  const rounded = (value: number) => roundedTo(value, currency);
  const { shipping_address: address, items } = order;
  const lines = byId(items);
  const isGross = items.every((item) => item.is_tax_inclusive);
  const shippingTax = sum(order.shipping_methods.map((method) => method.tax_total));
  const payments = byId(order.payment_collections.flatMap((collection) => collection.payments));
  const captured = payments.map(({ captures }) => sum(captures.map((each) => each.amount))).filter((each) => each > 0);
  // Medusa lowers the total by what it has paid back, and by what it keeps of an order that is cancelled.
  const credited = sum(order.credit_lines.map((credit) => credit.amount));
  return {
    shopOrderId: order.id,
    fields: {
      orderNumber: String(order.display_id),
      currency,
      placedAt: order.created_at,
      updatedAt: order.updated_at,
      cancelledAt: order.canceled_at,
      'buyer.id': order.customer_id,
      'buyer.email': order.email,
      'shippingAddress.city': address.city,
      'shippingAddress.postcode': address.postal_code,
      'shippingAddress.country': address.country_code?.toUpperCase() ?? null,
      'shippingAddress.province': address.province,
      'shippingAddress.phone': address.phone,
      'lines.length': items.length,
      ...fieldsOf('lines', lines, (item) => ({
        lineId: item.id,
        sku: item.variant_sku,
        quantity: item.quantity,
        lineTotal: rounded(item.total),
        tax: rounded(item.tax_total),
        requiresShipping: item.requires_shipping,
      })),
      'totals.grand': rounded(order.total + credited),
      'totals.shipping': rounded(order.shipping_total - (isGross ? 0 : shippingTax)),
      'totals.tax': rounded(order.tax_total),
      'totals.taxIncluded': isGross,
      'totals.refunded': rounded(sum(payments.flatMap(({ refunds }) => refunds).map((refund) => refund.amount))),
      'payments.length': captured.length,
      ...fieldsOf('payments', captured, (each) => ({ amount: rounded(each) })),
    },
  };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function roundedTo(value: number, currency: string): number {
  const factor = currency === 'JPY' ? 1 : 100;
  // Floats: 1.005 is a little less than it.
  return Math.round(Number((value * factor).toFixed(6))) / factor;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, each) => total + each, 0);
}
