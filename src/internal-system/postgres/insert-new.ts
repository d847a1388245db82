import { totalsAddUp } from '../../orders/totals.ts';
import { NOT_YET_PICKED } from '../conflicts.ts';
import {
  LEDGER_COLUMNS,
  type LedgerColumn,
  LINE_COLUMNS,
  type LineColumn,
  ORDER_COLUMNS,
  type OrderColumn,
  type Row,
  UPDATED_LEDGER_COLUMNS,
} from '../sql/columns.ts';
import { failureKey } from '../sql/ledger-keys.ts';
import type { NewOrder } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';
import { failingBelow } from './count-rows.ts';

/** @returns the numbers of those that the statement left out: all of them, unless its row accounts for each */
export function leftOut(row: Row | undefined, orders: readonly NewOrder[]): readonly string[] {
  const numbers = Array.isArray(row?.['left_out']) ? row['left_out'].map(String) : [];
  const isEachTold = row?.['inserted'] === orders.length - numbers.length;
  return isEachTold ? numbers : orders.map(({ version }) => version.orderNumber);
}

/** The orders as `$2`: besides the document, which holds everything else, what is not in it. */
export function newOrderRows(orders: readonly NewOrder[]): Buffer {
  const parts: string[] = [];
  for (const order of orders) {
    parts.push('{"document":', order.version.document, ',', JSON.stringify(besideDocument(order)).slice(1), ',');
  }
  return jsonbList(parts);
}

function besideDocument({ version, eventInfo }: NewOrder) {
  return {
    order_number: version.order.orderNumber,
    content_hash: version.contentHash,
    fetched_at: version.fetchedAt,
    totals_mismatch: !totalsAddUp(version.order),
    failure_key: failureKey(eventInfo.reference),
    line_count: version.order.lines.length,
    attempts: eventInfo.attempt,
    last_event: eventInfo.event,
    received_at: eventInfo.receivedAt.toISOString(),
  };
}

/**
 * A list in the binary form of jsonb, which is a version and the text. Joined, the text would be copied by V8 three times and by the
 * driver twice, and outlive the batch by far.
 *
 * @param parts of the text: at least one item, and a comma after each
 */
function jsonbList(parts: readonly string[]): Buffer {
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 2);
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = JSONB_VERSION;
  bytes[1] = OPEN;
  let end = 2;
  for (const part of parts) end += bytes.write(part, end);
  // In place of the last comma.
  bytes[end - 1] = CLOSE;
  return bytes;
}

const JSONB_VERSION = 1;
const [OPEN, CLOSE] = [0x5b, 0x5d];

/** Where each column's value comes from: the same values as in `rows.ts`, as SQL. */
const ORDER: Readonly<Record<OrderColumn, string>> = {
  shop: '$1',
  order_number: 'given.order_number',
  shop_order_id: "given.document->>'shopOrderId'",
  status: "given.document->>'status'",
  currency: "given.document->>'currency'",
  grand_total: "(given.document->'totals'->>'grand')::numeric",
  items_total: "(given.document->'totals'->>'items')::numeric",
  shipping_total: "(given.document->'totals'->>'shipping')::numeric",
  tax_total: "(given.document->'totals'->>'tax')::numeric",
  discount_total: "(given.document->'totals'->>'discount')::numeric",
  refunded_total: "(given.document->'totals'->>'refunded')::numeric",
  placed_at: "(given.document->>'placedAt')::timestamptz",
  paid_at: "(given.document->>'paidAt')::timestamptz",
  cancelled_at: "(given.document->>'cancelledAt')::timestamptz",
  updated_at: "(given.document->>'updatedAt')::timestamptz",
  buyer_name: "given.document->'buyer'->>'name'",
  fulfilment_status: `'${NOT_YET_PICKED}'`,
  cancel_conflict: 'false',
  conflicts: 'NULL',
  conflict_at: 'NULL',
  totals_mismatch: 'given.totals_mismatch',
  content_hash: 'given.content_hash',
  revision: '1',
  fetched_at: 'given.fetched_at',
  synced_at: '$3',
  document: 'given.document',
};

const LINE: Readonly<Record<LineColumn, string>> = {
  shop: '$1',
  order_number: ORDER.order_number,
  line_no: 'each.line_no',
  line_id: "each.line->>'lineId'",
  sku: "each.line->>'sku'",
  name: "each.line->>'name'",
  quantity: "trim_scale(round((each.line->>'quantity')::numeric, 12))",
  unit_price: "(each.line->>'unitPrice')::numeric",
  discount: "(each.line->>'discount')::numeric",
  tax: "(each.line->>'tax')::numeric",
  line_total: "(each.line->>'lineTotal')::numeric",
};

const LEDGER: Readonly<Record<LedgerColumn, string>> = {
  shop: '$1',
  reference: ORDER.order_number,
  order_number: ORDER.order_number,
  shop_order_id: ORDER.shop_order_id,
  state: "'synced'",
  attempts: 'given.attempts',
  last_event: 'given.last_event',
  last_error: 'NULL',
  received_at: 'given.received_at',
  fetched_at: 'given.fetched_at',
  synced_at: '$3',
  updated_at: '$3',
};

const LINES_OF_INSERTED =
  '(SELECT sum(line_count) FROM given WHERE order_number IN (SELECT order_number FROM inserted))';

/**
 * Writes those of the given orders that are not stored yet, each with its lines and its ledger row. One row tells how many these
 * are, and the numbers of those that it left out. `$1` is the shop, `$2` the orders as a JSON list, `$3` the time.
 *
 * An order that exists, under its number or under its id, or that another transaction is inserting, is left alone with everything
 * that belongs to it. So is one that has left traces: lines of a row that staff deleted by hand, a ledger row of the event's
 * earlier failure. Scalar subqueries look for these, as a planner would join all with all instead.
 */
export function insertNew({ orders, order_lines: lines, order_ledger: ledger }: Tables): string {
  return `
  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($2) AS given (order_number text, document jsonb, content_hash text, fetched_at timestamptz,
      totals_mismatch boolean, failure_key text, line_count integer, attempts integer, last_event text, received_at timestamptz)
  ), inserted AS (
    INSERT INTO ${orders} (${ORDER_COLUMNS.join(', ')})
    SELECT ${ORDER_COLUMNS.map((column) => ORDER[column]).join(', ')} FROM given
     WHERE (SELECT true FROM ${lines} WHERE shop = $1 AND order_number = ${ORDER.order_number} LIMIT 1) IS NULL
       AND (SELECT true FROM ${ledger} WHERE shop = $1 AND reference = given.failure_key) IS NULL
     ORDER BY ${ORDER.order_number} COLLATE "C"
    ON CONFLICT DO NOTHING
    RETURNING order_number
  ), lines AS (
    INSERT INTO ${lines} (${LINE_COLUMNS.join(', ')})
    SELECT ${LINE_COLUMNS.map((column) => LINE[column]).join(', ')}
      FROM given CROSS JOIN LATERAL jsonb_array_elements(given.document->'lines') WITH ORDINALITY AS each (line, line_no)
     WHERE ${ORDER.order_number} IN (SELECT order_number FROM inserted)
    RETURNING 1
  ), noted AS (
    INSERT INTO ${ledger} (${LEDGER_COLUMNS.join(', ')})
    SELECT ${LEDGER_COLUMNS.map((column) => LEDGER[column]).join(', ')} FROM given
     WHERE ${LEDGER.reference} IN (SELECT order_number FROM inserted)
     ORDER BY ${LEDGER.reference} COLLATE "C"
    ON CONFLICT (shop, reference) DO UPDATE SET ${UPDATED_LEDGER_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM inserted)::integer AS inserted,
    (SELECT json_agg(order_number) FROM given WHERE order_number NOT IN (SELECT order_number FROM inserted)) AS left_out,
    ${failingBelow(lines, '(SELECT count(*) FROM lines)', LINES_OF_INSERTED)},
    ${failingBelow(ledger, '(SELECT count(*) FROM noted)', '(SELECT count(*) FROM inserted)')}`;
}
