import { LEDGER_STATES, WRITTEN_STATES } from '../ledger.ts';
import type { SqlValue } from './columns.ts';
import { failureKey } from './ledger-keys.ts';
import type { SqlDatabase, SqlQuery } from './sql-database.ts';
import type { Tables } from './tables.ts';

/** What the queries are made for. */
export interface Source {
  readonly database: Pick<SqlDatabase, 'documentAsText' | 'tables'>;
  /** Whether an ERP gets the orders from here. If not, its table is not read: an older grant may not allow it. */
  readonly isLedger: boolean;
}

/**
 * The queries behind `status` and `orders`. Each row is what `orderRecord` reads: the ledger's row `l` and the order
 * `o`, either of which may be missing: an order can fail before it was ever stored, and a ledger may have been pruned. What an
 * ERP has got of the order is in `d`; without an ERP behind the ledger, there is none.
 */
export function selectRecords({ database: { documentAsText, tables } }: Source): string {
  return `
    SELECT coalesce(l.reference, o.order_number) AS reference,
           coalesce(o.order_number, l.order_number) AS order_number,
           coalesce(o.shop_order_id, l.shop_order_id) AS shop_order_id,
           coalesce(l.state, CASE WHEN ${IS_BEHIND} THEN 'undelivered' ELSE 'synced' END) AS state,
           coalesce(l.attempts, 0) AS attempts,
           coalesce(l.last_event, 'unspecified') AS last_event,
           l.last_error,
           coalesce(l.received_at, o.fetched_at) AS received_at,
           coalesce(l.fetched_at, o.fetched_at) AS ledger_fetched_at,
           CASE WHEN d.shop IS NOT NULL THEN d.delivered_at
                WHEN l.state = 'undelivered' THEN l.synced_at
                ELSE coalesce(l.synced_at, o.synced_at) END AS ledger_synced_at,
           coalesce(l.updated_at, o.synced_at) AS touched_at,
           o.order_number IS NOT NULL AS is_stored,
           o.status, o.currency, o.grand_total, o.placed_at, o.paid_at, o.cancelled_at,
           o.updated_at AS order_updated_at, o.fulfilment_status, o.cancel_conflict, o.conflicts, o.conflict_at, o.forgotten_at,
           o.totals_mismatch,
           (SELECT count(*) FROM ${tables.order_lines} n
             WHERE n.shop = o.shop AND n.order_number = o.order_number) AS line_count,
           o.revision, d.shop IS NOT NULL AS has_erp, d.delivered_revision, d.erp_id, d.delivered_at, d.note, d.attempted,
           ${documentAsText} AS document`;
}

/** An ERP is to have it as it is stored, and has not. */
export const IS_BEHIND = 'd.shop IS NOT NULL AND (d.delivered_revision IS NULL OR d.delivered_revision <> o.revision)';

/** By number and id: another order may have the number by now. All tables join on their primary keys. */
export function fromLedger(source: Source): string {
  const { orders, order_ledger: ledger } = source.database.tables;
  return `FROM ${ledger} l LEFT JOIN ${orders} o
  ON o.shop = l.shop AND o.order_number = l.order_number AND o.shop_order_id = l.shop_order_id ${withDelivery(source)}`;
}

function fromOrders(source: Source): string {
  const { orders, order_ledger: ledger } = source.database.tables;
  return `FROM ${orders} o LEFT JOIN ${ledger} l
  ON l.shop = o.shop AND l.reference = o.order_number AND l.shop_order_id = o.shop_order_id ${withDelivery(source)}`;
}

export function withDelivery({ database: { tables }, isLedger }: Source): string {
  const { orders, order_sync_deliveries: deliveries } = tables;
  const none = `(SELECT shop, shop_order_id, revision AS delivered_revision, shop_order_id AS erp_id, synced_at AS delivered_at,
    shop_order_id AS note, cancel_conflict AS attempted FROM ${orders} WHERE 1 = 0)`;
  return `LEFT JOIN ${isLedger ? deliveries : none} d ON d.shop = o.shop AND d.shop_order_id = o.shop_order_id`;
}

/** Few rows, which an index by state finds. */
const FAILED_STATES = LEDGER_STATES.filter((state) => state !== 'synced')
  .map((state) => `'${state}'`)
  .join(', ');

/**
 * Everything known by this order number, shop id or event's reference. One query per key, as not every database uses two
 * indexes at once; an order that several of them find is the same record each time.
 */
export function findRecords(source: Source, shop: string, reference: string): SqlQuery[] {
  const [ledger, orders] = [fromLedger(source), fromOrders(source)];
  return [
    query(`${ledger} WHERE l.shop = ? AND l.reference IN (?, ?)`, [shop, reference, failureKey(reference)]),
    findByShopOrderId(source, shop, reference),
    query(`${ledger} WHERE l.shop = ? AND l.order_number = ? AND l.state IN (${FAILED_STATES})`, [shop, reference]),
    findByOrderNumber(source, shop, reference),
    query(`${orders} WHERE o.shop = ? AND o.shop_order_id = ?`, [shop, reference]),
  ];

  function query(from: string, values: readonly SqlValue[]): SqlQuery {
    return { sql: `${selectRecords(source)} ${from}`, values };
  }
}

/** The stored order of this number. */
export function findByOrderNumber(source: Source, shop: string, orderNumber: string): SqlQuery {
  const sql = `${selectRecords(source)} ${fromOrders(source)} WHERE o.shop = ? AND o.order_number = ?`;
  return { sql, values: [shop, orderNumber] };
}

/** In one go, and each by its key: "any of these" reads whole tables while they have no statistics. */
export function together(queries: readonly SqlQuery[]): SqlQuery {
  return {
    sql: queries.map(({ sql }) => sql.trim()).join(' UNION ALL '),
    values: queries.flatMap(({ values }) => values),
  };
}

/** Every ledger row of an order: that of its number, of its former numbers, and of events that failed. */
export function findByShopOrderId(source: Source, shop: string, shopOrderId: string): SqlQuery {
  const sql = `${selectRecords(source)} ${fromLedger(source)} WHERE l.shop = ? AND l.shop_order_id = ?`;
  return { sql, values: [shop, shopOrderId] };
}

/**
 * Of several ledger rows of one order (its number, former numbers, failed events), the latest stands for it; of two from one
 * millisecond, that of its number and not that of a former one. A CASE, as an OR invites SQLite to read everything that is newer.
 */
export function isLatest({ order_ledger: ledger }: Tables): string {
  return `NOT EXISTS (SELECT 1 FROM ${ledger} n
  WHERE n.shop = l.shop AND n.shop_order_id = l.shop_order_id AND n.order_number = l.order_number
    AND CASE WHEN n.updated_at > l.updated_at THEN 1
             WHEN n.updated_at = l.updated_at AND n.reference = n.order_number
              AND l.reference <> l.order_number AND l.state IN (${WRITTEN}) THEN 1
             ELSE 0 END = 1)`;
}

const WRITTEN = WRITTEN_STATES.map((state) => `'${state}'`).join(', ');

/** A row of the ledger says that the order, under this number or a former one, is not in the ERP as it is stored. With the shop. */
export function isUndelivered({ order_ledger: ledger }: Tables, of: 'l' | 'o'): string {
  return `${of}.shop_order_id IN (SELECT n.shop_order_id FROM ${ledger} n WHERE n.shop = ? AND n.state = 'undelivered')`;
}
