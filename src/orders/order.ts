import { z } from 'zod';
import { expectation, isNone, optionalFlag, optionalObject, readText, refuse, required, text } from './fields.ts';
import { instant, optionalInstant } from './instant.ts';
import { sentAs } from './json-forms.ts';
import { asList, listOf, optionalListOf } from './list-of.ts';
import { decimal, optionalDecimal, quantity } from './money.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from './order-reference.ts';
import { objectReader, readBy } from './readers.ts';
import { fieldOf, restoreSentOrder } from './sent-order.ts';

/**
 * The lifecycle that the warehouse needs, earliest first. `on_hold` is paid, but not to be shipped yet: a hold by staff, a review
 * of the payment. An order may go there from `paid` and back.
 */
export const ORDER_STATUSES = ['pending', 'paid', 'on_hold', 'completed', 'refunded', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

const STATUS_WORDS = new Map<string, OrderStatus>([
  ...ORDER_STATUSES.map((status): [string, OrderStatus] => [status, status]),
  ['canceled', 'cancelled'],
]);

const status = required<OrderStatus, string>(
  'status',
  (value) =>
    typeof value === 'string' ? (STATUS_WORDS.get(value) ?? STATUS_WORDS.get(value.trim().toLowerCase())) : undefined,
  `one of ${ORDER_STATUSES.join(', ')}`,
);

const CURRENCY = /^[A-Z]{3}$/;

const currency = required<string>(
  'currency',
  (value) => {
    if (typeof value !== 'string') return undefined;
    const code = value.trim().toUpperCase();
    return CURRENCY.test(code) ? code : undefined;
  },
  'an ISO 4217 code such as "CNY"',
);

const reference = sentAs(
  'reference',
  readBy(
    z
      .union([z.string().trim(), z.int().transform(String)], {
        error: ({ input }) => expectation(`${ORDER_REFERENCE_RULE}, such as "10086"`, input),
      })
      .refine(isOrderReference, `expected ${ORDER_REFERENCE_RULE}, such as "10086"`),
    readReference,
  ),
);

function readReference(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && isOrderReference(text) ? text : undefined;
}

const addressLines = sentAs(
  'addressLines',
  readBy(
    z.transform((value: string[] | string | null | undefined, context): string[] => {
      return readAddressLines(value) ?? refuse(context, 'a list of texts such as ["8 Main Street", "Floor 2"]', value);
    }),
    readAddressLines,
  ),
);

function readAddressLines(value: unknown): string[] | undefined {
  if (isNone(value)) return [];
  const lines = typeof value === 'string' ? [value] : asList(value)?.filter((line) => !isNone(line) || line === '');
  const texts = lines?.map(readText);
  return texts?.every((line) => line !== undefined) ? texts : undefined;
}

const buyer = optionalObject({
  id: text('u-5512'),
  name: text('Li Ming'),
  email: text('li@example.com'),
  phone: text('+86 138 0000 0000'),
});

/** Null for digital goods, and for those that the buyer picks up. */
const shippingAddress = optionalObject({
  recipient: text('Li Ming'),
  phone: text('+86 138 0000 0000'),
  country: text('CN'),
  province: text('Zhejiang'),
  city: text('Hangzhou'),
  district: text('Xihu'),
  lines: addressLines,
  postcode: text('310000'),
});

const orderLine = z.looseObject(
  {
    lineId: text('1'),
    /** Null for a product that was deleted since, or never had one. */
    sku: text('TEA-LJ-250'),
    name: text('Longjing tea 250 g'),
    quantity,
    unitPrice: optionalDecimal,
    discount: optionalDecimal,
    tax: optionalDecimal,
    lineTotal: optionalDecimal,
    requiresShipping: optionalFlag.optional(),
    /** The unit price was got by dividing. So it is rounded, and the line's total is not checked with it. */
    unitPriceDerived: optionalFlag.optional(),
  },
  anObject('{"sku":"TEA-LJ-250","quantity":2,…}'),
);

export const ADJUSTMENT_KINDS = ['surcharge', 'fee', 'gift_card', 'rounding', 'discount', 'other'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

const adjustmentKind = required<AdjustmentKind, string>(
  'adjustmentKind',
  (value) => {
    const word = typeof value === 'string' ? value.trim().toLowerCase().replace(/[ -]/g, '_') : '';
    return ADJUSTMENT_KINDS.find((kind) => kind === word);
  },
  `one of ${ADJUSTMENT_KINDS.join(', ')}`,
);

/** Part of the grand total that is none of the other sums. What lowers it is negative. */
const adjustment = z.looseObject(
  { kind: adjustmentKind, label: text('Gift card'), amount: decimal },
  anObject('{"kind":"fee","amount":"2.00"}'),
);

/** The totals as they were when the order was placed. */
const originalTotals = optionalObject({
  items: optionalDecimal,
  shipping: optionalDecimal,
  tax: optionalDecimal,
  discount: optionalDecimal,
  grand: optionalDecimal,
});

/** As they are now, after edits and cancelled lines. */
const totals = z.looseObject(
  {
    items: optionalDecimal,
    shipping: optionalDecimal,
    tax: optionalDecimal,
    discount: optionalDecimal,
    refunded: optionalDecimal,
    grand: decimal,
    /** Kept as it was sent, as it always was: `flagOf` reads it. */
    taxIncluded: sentAs(
      'taxIncluded',
      readBy(z.unknown(), (value) => value),
    ).optional(),
    adjustments: optionalListOf(adjustment).optional(),
    original: originalTotals.optional(),
  },
  anObject('{"grand":"129.40",…}'),
);

const payment = z.looseObject(
  {
    method: text('alipay'),
    transactionId: text('2026112222001400001'),
    amount: optionalDecimal,
    paidAt: optionalInstant,
  },
  anObject('{"method":"alipay","amount":"129.40",…}'),
);

/**
 * The canonical order: money as decimal text, times as UTC instants with milliseconds, order numbers as text, null for what
 * the shop does not say. Fields that are not named here are kept.
 *
 * A stored order is compared by its content's hash: what an order reads as, and the order of the fields, must stay as it is.
 * A field that came later may be absent, and stays where the shop put it: see sent-order.ts.
 */
export const orderSchema = z.looseObject(
  {
    orderNumber: reference,
    shopOrderId: reference,
    status,
    currency,
    placedAt: instant,
    paidAt: optionalInstant,
    cancelledAt: optionalInstant,
    updatedAt: instant,
    cancelReason: text('out of stock'),
    buyer,
    shippingAddress,
    /** What is to be shipped now; empty when everything was cancelled or returned. */
    lines: listOf(orderLine),
    totals,
    payments: optionalListOf(payment),
    buyerNote: text('please ring twice'),
  },
  anObject('{"orderNumber":"10086",…}'),
);

function anObject(example: string) {
  return { error: ({ input }: { input?: unknown }) => expectation(`an object such as ${example}`, input) };
}

const readOrder = objectReader(orderSchema);

export type Order = z.output<typeof orderSchema>;
export type OrderLine = Order['lines'][number];

/** @returns the order, or one sentence naming up to five fields that are wrong (never their values, which are personal). */
export function parseOrder(value: unknown): { order: Order } | { problem: string } {
  const complete = withLinesOfEnded(value);
  const order = readOrder(complete);
  if (order !== undefined) return { order: inSentOrder(order, value) };
  const parsed = orderSchema.safeParse(complete);
  if (parsed.success) return { order: inSentOrder(parsed.data, value) };
  return { problem: describeIssues(parsed.error.issues) };
}

/** One sentence naming up to five fields that are wrong, without their values. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'order'}: ${issue.message}`);
  return shown.join('; ') + (issues.length > 5 ? `; and ${issues.length - 5} more` : '');
}

const LATER_IN_TOTALS = ['taxIncluded', 'adjustments', 'original'];
const LATER_IN_LINES = ['requiresShipping', 'unitPriceDerived'];

function inSentOrder(order: Order, sent: unknown): Order {
  const { totals, lines } = order;
  if (totals.taxIncluded !== undefined || totals.adjustments !== undefined || totals.original !== undefined) {
    restoreSentOrder(totals, fieldOf(sent, 'totals'), LATER_IN_TOTALS);
  }
  if (lines.some(hasLaterFields)) {
    const sentLines = asList(fieldOf(sent, 'lines'));
    for (const [index, line] of lines.entries()) {
      if (hasLaterFields(line)) restoreSentOrder(line, sentLines?.[index], LATER_IN_LINES);
    }
  }
  return order;
}

function hasLaterFields({ requiresShipping, unitPriceDerived }: OrderLine): boolean {
  return requiresShipping !== undefined || unitPriceDerived !== undefined;
}

/**
 * An order that is cancelled or refunded has nothing to be shipped, and its shop may send null for that (Go's nil slice). In any
 * other order, missing lines are a reply that was cut short: nothing would be shipped, and nobody would know.
 */
export function withLinesOfEnded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ('lines' in value && !isNone(value.lines))) return value;
  const ended = 'status' in value ? status.safeParse(value.status).data : undefined;
  return ended === 'cancelled' || ended === 'refunded' ? { ...value, lines: [] } : value;
}
