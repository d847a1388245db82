import { isDeepStrictEqual } from 'node:util';
import type { OrderDocument } from '../orders/make-orders.ts';
import type { QueueContents } from '../run/broker.ts';
import type { OrderTime } from '../run/outcomes.ts';
import type { ExpectedDeadLetter } from '../story/website.ts';
import type { LineRow, OrderRow, StoredState } from './stored-state.ts';

/** What the website did, and what was found in the end. */
export interface Evidence {
  /** Every order with a published event, as the shop has it now. */
  readonly orders: readonly OrderDocument[];
  readonly cancelled: ReadonlySet<string>;
  readonly expectedDeadLetters: readonly ExpectedDeadLetter[];
  readonly publishedEvents: number;
  /** Events that the daemon finished. */
  readonly finishedEvents: number;
  /** From publish to commit, for orders with a single event. */
  readonly times: readonly OrderTime[];
  readonly stored: StoredState;
  readonly queues: QueueContents;
  /** "exit status 0" */
  readonly daemonEnd: string;
}

/** Something that the demo claims. It is true when there are no problems. */
export interface Claim {
  readonly text: string;
  readonly problems: readonly string[];
}

export function checkClaims(evidence: Evidence): Claim[] {
  const { orders, cancelled, expectedDeadLetters, publishedEvents, times, daemonEnd } = evidence;
  return [
    {
      text: `${orders.length} orders are in the internal system, each exactly once, and nothing else`,
      problems: once(evidence),
    },
    { text: "each is in the shop's newest state", problems: newest(evidence) },
    { text: 'every line and every amount is exact', problems: exact(evidence) },
    {
      text: `${cancelled.size} orders are cancelled and no others: a late "paid" event undid none`,
      problems: cancellations(evidence),
    },
    { text: 'the ledger has the right state for every order', problems: ledger(evidence) },
    {
      text: `${publishedEvents} events were published: none is lost, none is left in a queue`,
      problems: events(evidence),
    },
    { text: `${expectedDeadLetters.length} dead letters, each with the right reason`, problems: deadLetters(evidence) },
    {
      text: `the ledger confirms the latency of the ${times.length} undisturbed orders`,
      problems: timesShown(evidence),
    },
    { text: 'the daemon stopped cleanly', problems: differing('its end', 'exit status 0', daemonEnd) },
  ];
}

function once({ orders, stored }: Evidence): string[] {
  const rows = Map.groupBy(stored.orders, (row) => row.order_number);
  const expected = new Set(orders.map((order) => String(order.orderNumber)));
  return [
    ...[...expected].flatMap((number) => {
      const count = rows.get(number)?.length ?? 0;
      return count === 1 ? [] : `order ${number} is stored ${count} times`;
    }),
    ...missing(rows.keys(), expected).map((number) => `order ${number} was never in the shop`),
  ];
}

function newest({ orders, stored }: Evidence): string[] {
  return differences(orders, stored, (order, row) => ({
    'shop id': [order.shopOrderId, row.shop_order_id],
    status: [order.status, row.status],
    currency: [order.currency, row.currency],
    'time of change': [order.updatedAt, row.updated_at],
    document: [order, JSON.parse(row.document)],
  }));
}

function exact({ orders, stored }: Evidence): string[] {
  const lines = Map.groupBy(stored.lines, (row) => row.order_number);
  const numbers = new Set(orders.map((order) => String(order.orderNumber)));
  return [
    ...differences(orders, stored, ({ totals, ...order }, row) => ({
      'grand total': [totals.grand, row.grand_total],
      'items total': [totals.items, row.items_total],
      shipping: [totals.shipping, row.shipping_total],
      tax: [totals.tax, row.tax_total],
      discount: [totals.discount, row.discount_total],
      refund: [totals.refunded, row.refunded_total],
      'flag for totals that do not add up': [0, row.totals_mismatch],
      lines: [order.lines.map(lineOf), (lines.get(row.order_number) ?? []).map(storedLineOf)],
    })),
    ...missing(lines.keys(), numbers).map((number) => `lines without an order: ${number}`),
  ];
}

function cancellations({ cancelled, stored }: Evidence): string[] {
  const found = new Set(
    stored.orders
      .filter((row) => row.status === 'cancelled' && row.cancelled_at !== null)
      .map((row) => row.order_number),
  );
  return [
    ...missing(cancelled, found).map((number) => `order ${number} is not cancelled`),
    ...missing(found, cancelled).map((number) => `order ${number} is cancelled, but not in the shop`),
  ];
}

function ledger({ orders, expectedDeadLetters, stored }: Evidence): string[] {
  const expected = new Map([
    ...orders.map(({ orderNumber }): [string, string] => [String(orderNumber), 'synced']),
    ...expectedDeadLetters.flatMap(({ reference, reason }): [string, string][] =>
      reference === null ? [] : [[reference, `dead-lettered ${reason}`]],
    ),
  ]);
  const found = new Map(
    stored.ledger.map((row) => {
      const [reason = ''] = row.last_error?.split(':') ?? [];
      // A failure is kept under the event's name for the order, behind a mark.
      return [row.reference.replace(/^\?/, ''), `${row.state} ${reason}`.trim()];
    }),
  );
  const references = new Set([...expected.keys(), ...found.keys()]);
  return [...references].flatMap((reference) => {
    return differing(`ledger of ${reference}`, expected.get(reference) ?? 'no row', found.get(reference) ?? 'no row');
  });
}

function events({ publishedEvents, finishedEvents, queues }: Evidence): string[] {
  return [
    ...(finishedEvents < publishedEvents ? [`only ${finishedEvents} events were finished`] : []),
    ...differing('events left in the queues', 0, queues.events),
  ];
}

function deadLetters({ expectedDeadLetters, queues }: Evidence): string[] {
  const shown = ({ text, reason }: { text: string; reason: string }) => `${reason} ${text}`;
  return differing('dead letters', expectedDeadLetters.map(shown).sort(), queues.deadLetters.map(shown).sort());
}

/** The ledger's time is taken at the beginning of the transaction; the time shown includes the commit. */
function timesShown({ times, stored }: Evidence): string[] {
  const syncedAt = new Map(stored.ledger.map((row) => [row.reference, row.synced_at]));
  return times.flatMap(({ orderNumber, publishedAt, ms }) => {
    const ledgerMs = Date.parse(syncedAt.get(orderNumber) ?? '') - publishedAt.getTime();
    return ledgerMs <= ms ? [] : `order ${orderNumber}: ${ms} ms shown, ${ledgerMs} ms in the ledger`;
  });
}

type Comparison = Readonly<Record<string, readonly [expected: unknown, found: unknown]>>;

/** Skips orders that are missing, which another claim reports. */
function differences(
  orders: readonly OrderDocument[],
  stored: StoredState,
  compare: (order: OrderDocument, row: OrderRow) => Comparison,
): string[] {
  const rows = new Map(stored.orders.map((row) => [row.order_number, row]));
  return orders.flatMap((order) => {
    const row = rows.get(String(order.orderNumber));
    if (row === undefined) return [];
    return Object.entries(compare(order, row)).flatMap(([what, [expected, found]]) =>
      differing(`${what} of order ${order.orderNumber}`, expected, found),
    );
  });
}

function differing(what: string, expected: unknown, found: unknown): string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  return [`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
}

/** Those of `wanted` that are not among `found`. */
function missing(wanted: Iterable<string>, found: ReadonlySet<string>): string[] {
  return [...wanted].filter((item) => !found.has(item));
}

function lineOf(line: OrderDocument['lines'][number]): string[] {
  const { sku, name, quantity, unitPrice, discount, tax, lineTotal } = line;
  return [sku, name, quantity, unitPrice, discount, tax, lineTotal].map(String);
}

function storedLineOf(row: LineRow): string[] {
  return [row.sku, row.name, row.quantity, row.unit_price, row.discount, row.tax, row.line_total];
}
