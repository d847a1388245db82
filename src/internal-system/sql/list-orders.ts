import { SyncError } from '../../errors.ts';
import type { OrderCriteria, OrderFilter, OrderRecord } from '../ledger.ts';
import type { Row, SqlValue } from './columns.ts';
import { fromLedger, IS_BEHIND, isLatest, isUndelivered, type Source, selectRecords, withDelivery } from './queries.ts';
import { instant, orderRecord } from './records.ts';
import type { SqlQuery } from './sql-database.ts';

/** Where a list reads: from which rows, by which time, and by which key where two times are the same. */
interface Origin {
  readonly from: string;
  readonly table: 'l' | 'o';
  readonly time: string;
  readonly key: string;
  readonly state: string;
  /** What a row must be, whatever is asked for. */
  readonly always: readonly string[];
}

/** The most recently touched orders and failed events of the ledger, or the stored orders alone where only those are asked for. */
export function listOrders(source: Source, shop: string, filter: OrderFilter): SqlQuery {
  const origin = originOf(source, filter);
  const { from, time, key } = origin;
  const { conditions, values } = conditionsOf(source, origin, shop, filter);
  if (filter.after !== undefined) {
    const place = placeOf(filter.after);
    // Not (time, key) < (?, ?): MySQL finds no index for that.
    conditions.push(`${time} <= ? AND (${time} < ? OR ${key} < ?)`);
    values.push(place.time, place.time, place.key);
  }
  return {
    sql: `${selectRecords(source)}, ${time} AS listed_at, ${key} AS listed_key ${from}
          WHERE ${conditions.join(' AND ')} ORDER BY ${time} DESC, ${key} DESC LIMIT ?`,
    values: [...values, filter.limit],
  };
}

/** One row, with `found`. */
export function countOrders(source: Source, shop: string, criteria: OrderCriteria, atMost: number): SqlQuery {
  const origin = originOf(source, criteria);
  const { conditions, values } = conditionsOf(source, origin, shop, criteria);
  const from = isOfOrdersAlone(origin, criteria) ? `FROM ${source.database.tables.orders} o` : origin.from;
  return {
    sql: `SELECT count(*) AS found FROM (SELECT 1 AS one ${from} WHERE ${conditions.join(' AND ')} LIMIT ?) AS counted`,
    values: [...values, atMost],
  };
}

/** The conflicts above all, which are counted all the time: an index knows them. */
function isOfOrdersAlone({ table, time }: Origin, { since, until, state }: OrderCriteria): boolean {
  if (table !== 'o' || state !== undefined) return false;
  return time.startsWith('o.') || (since === undefined && until === undefined);
}

/** A row of `listOrders`. */
export function listedRecord(row: Row): OrderRecord {
  return { ...orderRecord(row), cursor: `${instant.parse(row['listed_at'])}${BETWEEN}${String(row['listed_key'])}` };
}

const BETWEEN = '~';

/** @throws SyncError `unexpected` */
function placeOf(cursor: string): { readonly time: Date; readonly key: string } {
  const [text = '', ...key] = cursor.split(BETWEEN);
  const time = instant.safeParse(text);
  if (!time.success || key.length === 0)
    throw new SyncError('unexpected', `Expected the cursor of an order in a list, found ${JSON.stringify(cursor)}.`);
  return { time: new Date(time.data), key: key.join(BETWEEN) };
}

function originOf(source: Source, { by, conflictsOnly, mismatchOnly, undeliveredOnly }: OrderCriteria): Origin {
  const { tables } = source.database;
  if (by !== 'placed' && conflictsOnly !== true && mismatchOnly !== true) {
    const always = [isLatest(tables)];
    // They are few: found by their ids, and not among all orders, newest first.
    const time = undeliveredOnly === true ? 'coalesce(l.updated_at, l.received_at)' : 'l.updated_at';
    return { from: fromLedger(source), table: 'l', time, key: 'l.reference', state: 'l.state', always };
  }
  return {
    from: fromStored(source),
    table: 'o',
    time: by === 'placed' ? 'o.placed_at' : 'coalesce(l.updated_at, o.synced_at)',
    key: 'o.order_number',
    state: `coalesce(l.state, CASE WHEN ${IS_BEHIND} THEN 'undelivered' ELSE 'synced' END)`,
    always: [],
  };
}

/** With what is known of each last: an event of it may have failed since it was stored. */
function fromStored(source: Source): string {
  const { orders, order_ledger: ledger } = source.database.tables;
  return `FROM ${orders} o LEFT JOIN ${ledger} l
  ON l.shop = o.shop AND l.shop_order_id = o.shop_order_id AND l.order_number = o.order_number
    AND ${isLatest(source.database.tables)} ${withDelivery(source)}`;
}

function conditionsOf(source: Source, origin: Origin, shop: string, criteria: OrderCriteria) {
  const conditions = [`${origin.table}.shop = ?`, ...origin.always];
  const values: SqlValue[] = [shop];
  if (criteria.conflictsOnly === true) conditions.push('o.cancel_conflict = TRUE');
  if (criteria.mismatchOnly === true) conditions.push('o.totals_mismatch = TRUE');
  if (criteria.undeliveredOnly === true) {
    conditions.push(isUndelivered(source.database.tables, origin.table));
    values.push(shop);
  }
  const compared = [
    [`${origin.time} >= ?`, criteria.since],
    [`${origin.time} < ?`, criteria.until],
    [`${origin.state} = ?`, criteria.state],
  ] as const;
  for (const [condition, value] of compared) {
    if (value === undefined) continue;
    conditions.push(condition);
    values.push(value);
  }
  return { conditions, values };
}
