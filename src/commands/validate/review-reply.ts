import { z } from 'zod';
import { orderSchema, parseOrder, withLinesOfEnded } from '../../orders/order.ts';
import { explainTotals, type TotalsReview } from './explain-totals.ts';
import { type FieldReview, reviewFields } from './review-fields.ts';

/** What was found in a reply of the shop. */
export interface ReplyReview {
  readonly fits: boolean;
  /** What does not fit in the reply as a whole. */
  readonly problems: readonly string[];
  /** What a person may want to know of it. */
  readonly notes: readonly string[];
  readonly orders: readonly OrderReview[];
}

export interface OrderReview extends FieldReview {
  readonly fits: boolean;
  /** Where it is in the reply, such as `orders[3]`; '' if it is the whole reply. */
  readonly place: string;
  /** Null if it has none that can be read. */
  readonly orderNumber: string | null;
  /** Null for an entry of a list, and for an order that does not fit. */
  readonly totals: TotalsReview | null;
}

/** A reply with one order, with many (`{"orders":[…]}`), or a page of a list. */
export function reviewReply(json: unknown): ReplyReview {
  if (Array.isArray(json)) {
    const orders = json.map((entry, index) => reviewEntry(entry, `[${index}]`));
    return whole(
      orders,
      ['It is a list. order-sync expects {"orders":[…]}, and one order without a list around it.'],
      [],
    );
  }
  if (isObject(json) && 'orders' in json) return reviewMany(json, json['orders']);
  const envelope = isObject(json) && namesOf(json).length === 0 ? envelopeIn(json) : undefined;
  if (envelope !== undefined) {
    const problem = `The order is inside ${JSON.stringify(envelope.name)}: send it as the reply itself.`;
    return whole([reviewOrder(envelope.order, envelope.name)], [problem], []);
  }
  if (!isObject(json) || namesOf(json).length === 0) {
    const problem =
      'It holds neither an orderNumber nor a shopOrderId, so order-sync takes it for a failed attempt (as a shop that is busy makes), not for an order.';
    return whole(isObject(json) ? [reviewOrder(json, '')] : [], [problem], []);
  }
  return whole([reviewOrder(json, '')], [], []);
}

function whole(orders: readonly OrderReview[], problems: readonly string[], notes: readonly string[]): ReplyReview {
  return { fits: problems.length === 0 && orders.every(({ fits }) => fits), problems, notes, orders };
}

function reviewMany(reply: Readonly<Record<string, unknown>>, entries: unknown): ReplyReview {
  if (!Array.isArray(entries)) return whole([], ['orders: expected a list, which is empty if there are none.'], []);
  const orders = entries.map((entry, index) => reviewEntry(entry, `orders[${index}]`));
  const problems = [...pageProblems(reply['nextPage']), ...sequenceProblems(reply, entries)];
  const numbers = orders.flatMap(({ orderNumber }) => (orderNumber === null ? [] : [orderNumber]));
  const doubled = [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))];
  return whole(orders, problems, [
    ...(entries.length === 0 ? ['It holds no order.'] : []),
    ...doubled.map(
      (number) => `Order ${number} is in it more than once: asked for many, order-sync then asks for it alone.`,
    ),
  ]);
}

function pageProblems(nextPage: unknown): string[] {
  if (z.int().min(2).nullish().safeParse(nextPage).success) return [];
  return ['nextPage: expected the number of the next page, such as 2, and null on the last one.'];
}

/** A page of the changes: what is out of order may be missed. The placed orders are sorted by a time that need not be in it. */
function sequenceProblems(reply: Readonly<Record<string, unknown>>, entries: readonly unknown[]): string[] {
  if (!('nextPage' in reply)) return [];
  const times = entries.flatMap((entry) => {
    const stub = z.object({ updatedAt: orderSchema.shape.updatedAt }).safeParse(entry);
    return stub.success ? [stub.data.updatedAt] : [];
  });
  const [first, last] = [times.at(0), times.at(-1)];
  if (first === undefined || last === undefined || first <= last) return [];
  return [
    'orders: it begins with a later change than it ends with. A list of changes has the oldest first. (In a list of placed orders, sorted by placedAt, that is right.)',
  ];
}

/** An entry of a list says at least which order it is, and what state it is in; or it is the whole order. */
function reviewEntry(entry: unknown, place: string): OrderReview {
  const isStub = isObject(entry) && !('totals' in entry) && !('lines' in entry);
  return isStub ? reviewStub(entry, place) : reviewOrder(entry, place);
}

const stubSchema = orderSchema.pick({ orderNumber: true, status: true, updatedAt: true });

function reviewStub(stub: Readonly<Record<string, unknown>>, place: string): OrderReview {
  const { shopOrderId: _, ...rest } = stub;
  const review = reviewFields(stubSchema, rest);
  return { ...review, fits: review.problems.length === 0, place, orderNumber: numberOf(stub), totals: null };
}

function reviewOrder(value: unknown, place: string): OrderReview {
  const review = reviewFields(orderSchema, withLinesOfEnded(value));
  const parsed = parseOrder(value);
  const totals = 'order' in parsed ? explainTotals(parsed.order) : null;
  return { ...review, fits: 'order' in parsed, place, orderNumber: numberOf(value), totals };
}

function numberOf(value: unknown): string | null {
  return orderSchema.shape.orderNumber.safeParse(isObject(value) ? value['orderNumber'] : undefined).data ?? null;
}

/** An object around the order: `{"data":{…}}`. */
function envelopeIn(json: Readonly<Record<string, unknown>>): { name: string; order: unknown } | undefined {
  const inside = Object.entries(json).find(([, value]) => isObject(value) && namesOf(value).length > 0);
  return inside === undefined ? undefined : { name: inside[0], order: inside[1] };
}

function namesOf(order: Readonly<Record<string, unknown>>): unknown[] {
  return [order['orderNumber'], order['shopOrderId']].filter(
    (name) => typeof name === 'string' || typeof name === 'number',
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
