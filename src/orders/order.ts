import Big from 'big.js';
import { z } from 'zod';
import { listOf } from './list-of.ts';
import { decimal, smallUnits, sum } from './money.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from './order-reference.ts';

/** The lifecycle that the warehouse needs, earliest first. At equal `updatedAt`, the later state is the newer one. */
export const ORDER_STATUSES = ['pending', 'paid', 'completed', 'refunded', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** A time with a zone, in the one form that all times are compared in: UTC with milliseconds. */
const instant = z.transform((value: string, context): string => {
  const text = canonicalInstant(value);
  if (text !== undefined) return text;
  context.issues.push({ code: 'custom', message: EXPECTED_INSTANT, input: undefined });
  return z.NEVER;
});

const EXPECTED_INSTANT = 'expected a time with a zone such as "2026-11-22T08:00:05.120Z"';
const zonedTime = z.iso.datetime({ offset: true });

/** UTC, with or without milliseconds, as most times are; the last days of a month take a calendar to check. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/** The full check costs ten times as much as checking for the form that nearly all times have. */
function canonicalInstant(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (USUAL.test(value)) return withMilliseconds(value);
  const time = Date.parse(value);
  if (Number.isNaN(time)) return undefined;
  const text = new Date(time).toISOString();
  return text === withMilliseconds(value) || zonedTime.safeParse(value).success ? text : undefined;
}

function withMilliseconds(utc: string): string {
  return utc.includes('.') ? utc : `${utc.slice(0, -1)}.000Z`;
}

const reference = z
  .union([z.string().trim(), z.int().transform(String)])
  .refine(isOrderReference, `expected ${ORDER_REFERENCE_RULE}`);

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const address = z.looseObject({
  recipient: z.string(),
  phone: z.string(),
  country: z.string(),
  province: z.string(),
  city: z.string(),
  district: optional(z.string()),
  lines: listOf(z.string()),
  postcode: optional(z.string()),
});

const orderLine = z.looseObject({
  lineId: z.union([z.string(), z.number().transform(String)]),
  sku: z.string(),
  name: z.string(),
  /** Usually whole; a shop that sells by weight sends fractions. */
  quantity: z.number().nonnegative(),
  unitPrice: decimal,
  discount: decimal,
  tax: decimal,
  lineTotal: decimal,
});

/**
 * The canonical order: money as decimal text, times as UTC instants with milliseconds, order numbers as text. Fields
 * that are not named here are kept.
 */
export const orderSchema = z.looseObject({
  orderNumber: reference,
  shopOrderId: reference,
  status: z.enum(ORDER_STATUSES),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as "CNY"'),
  placedAt: instant,
  paidAt: optional(instant),
  cancelledAt: optional(instant),
  updatedAt: instant,
  cancelReason: optional(z.string()),
  buyer: z.looseObject({
    id: z.union([z.string(), z.number().transform(String)]),
    name: z.string(),
    email: optional(z.string()),
    phone: optional(z.string()),
  }),
  shippingAddress: address,
  /** What is to be shipped now; empty when everything was cancelled or returned. */
  lines: listOf(orderLine),
  totals: z.looseObject({
    items: decimal,
    shipping: decimal,
    tax: decimal,
    discount: decimal,
    refunded: decimal,
    grand: decimal,
  }),
  payments: listOf(
    z.looseObject({
      method: z.string(),
      transactionId: optional(z.string()),
      amount: decimal,
      paidAt: optional(instant),
    }),
  ),
  buyerNote: optional(z.string()),
});

/** The same, compiled to straight-line code, as an order has a hundred fields; itself where Node may not compile text. */
const compiledSchema = z.compile(orderSchema);

export type Order = z.output<typeof orderSchema>;
export type OrderLine = Order['lines'][number];

/** @returns the order, or one sentence naming up to five fields that are wrong (never their values, which are personal). */
export function parseOrder(value: unknown): { order: Order } | { problem: string } {
  const parsed = compiledSchema.safeParse(value);
  if (parsed.success) return { order: parsed.data };
  const issues = parsed.error.issues;
  const shown = issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'order'}: ${issue.message}`);
  return { problem: shown.join('; ') + (issues.length > 5 ? `; and ${issues.length - 5} more` : '') };
}

/**
 * Does the money add up? grand = items + shipping + tax − discount, and each line's total = quantity × unit price −
 * discount + tax. An order whose totals do not add up is written all the same, and flagged: a person decides, and nothing waits.
 */
export function totalsAddUp(order: Order): boolean {
  const { items, shipping, tax, discount, grand } = order.totals;
  const rest = smallUnits(items) + smallUnits(shipping) + smallUnits(tax) - smallUnits(discount) - smallUnits(grand);
  if (Number.isNaN(rest) ? !sum([items, shipping, tax]).minus(discount).eq(grand) : rest !== 0) return false;
  return order.lines.every(lineAddsUp);
}

function lineAddsUp({ quantity, unitPrice, discount, tax, lineTotal }: OrderLine): boolean {
  const gross = quantity * smallUnits(unitPrice);
  const rest = gross - smallUnits(discount) + smallUnits(tax) - smallUnits(lineTotal);
  if (Number.isInteger(quantity) && Number.isSafeInteger(gross) && !Number.isNaN(rest)) return rest === 0;
  return new Big(unitPrice).times(quantity).minus(discount).plus(tax).eq(lineTotal);
}
