import type { Migrations } from '../sql/migrate.ts';
import { storedTwice } from '../sql/stored-twice.ts';
import type { Tables } from '../sql/tables.ts';

/** What staff write of a shipment: two shipments that differ in it differ here. */
const SHIPMENT_CONTENT = [
  'carrier',
  'tracking_number',
  'tracking_url',
  "extract(epoch FROM shipped_at AT TIME ZONE 'UTC')::text",
  'items::text',
]
  .map((part) => `coalesce(${part}, '')`)
  .join(" || E'\\x1f' || ");

/**
 * Order numbers and references compare byte by byte (`COLLATE "C"`): A1 is not a1, and every program sorts them alike.
 * `numeric` without a scale keeps an amount as it was sent.
 *
 * Only the primary keys begin with the shop: on tables without statistics, any other such index would look as good as the key
 * to a planner, which would then read all orders of the shop to find one.
 */
export function postgresMigrations(tables: Tables, prefix: string): Migrations {
  return [
    [
      `CREATE TABLE ${tables.orders} (
      shop text COLLATE "C" NOT NULL,
      order_number text COLLATE "C" NOT NULL,
      shop_order_id text COLLATE "C" NOT NULL,
      status text NOT NULL,
      currency text NOT NULL,
      grand_total numeric NOT NULL,
      items_total numeric NOT NULL,
      shipping_total numeric NOT NULL,
      tax_total numeric NOT NULL,
      discount_total numeric NOT NULL,
      refunded_total numeric NOT NULL,
      placed_at timestamptz(3) NOT NULL,
      paid_at timestamptz(3),
      cancelled_at timestamptz(3),
      updated_at timestamptz(3) NOT NULL,
      buyer_name text NOT NULL,
      fulfilment_status text NOT NULL DEFAULT 'new',
      cancel_conflict boolean NOT NULL DEFAULT false,
      totals_mismatch boolean NOT NULL DEFAULT false,
      content_hash text NOT NULL,
      fetched_at timestamptz(3) NOT NULL,
      synced_at timestamptz(3) NOT NULL,
      document jsonb NOT NULL,
      PRIMARY KEY (shop, order_number)
    )`,
      `COMMENT ON COLUMN ${tables.orders}.fulfilment_status IS 'Owned by staff; order-sync never writes it after the insert'`,
      `CREATE TABLE ${tables.order_lines} (
      shop text COLLATE "C" NOT NULL,
      order_number text COLLATE "C" NOT NULL,
      line_no integer NOT NULL,
      line_id text NOT NULL,
      sku text NOT NULL,
      name text NOT NULL,
      quantity numeric NOT NULL,
      unit_price numeric NOT NULL,
      discount numeric NOT NULL,
      tax numeric NOT NULL,
      line_total numeric NOT NULL,
      PRIMARY KEY (shop, order_number, line_no)
    )`,
      `CREATE TABLE ${tables.order_ledger} (
      shop text COLLATE "C" NOT NULL,
      reference text COLLATE "C" NOT NULL,
      order_number text COLLATE "C",
      shop_order_id text COLLATE "C",
      state text NOT NULL,
      attempts integer NOT NULL,
      last_event text NOT NULL,
      last_error text,
      received_at timestamptz(3) NOT NULL,
      fetched_at timestamptz(3),
      synced_at timestamptz(3),
      updated_at timestamptz(3) NOT NULL,
      PRIMARY KEY (shop, reference)
    )`,
      `CREATE TABLE ${tables.order_sync_schema} (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_reconciliation} (
      shop text COLLATE "C" NOT NULL,
      walk text NOT NULL,
      cursor_at timestamptz(3),
      newest_listed_at timestamptz(3),
      begun_at timestamptz(3),
      lease_holder text,
      lease_until timestamptz(3),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      compared integer NOT NULL DEFAULT 0,
      found integer NOT NULL DEFAULT 0,
      known integer NOT NULL DEFAULT 0,
      error text,
      report text,
      PRIMARY KEY (shop, walk)
    )`,
    ],
    [
      dropOurs(
        tables.orders,
        'orders_shop_order_id',
        'orders_placed_at',
        'orders_updated_at',
        'orders_cancel_conflict',
      ),
      dropOurs(tables.order_ledger, 'order_ledger_shop_order_id', 'order_ledger_updated_at', 'order_ledger_state'),
      `CREATE INDEX ${prefix}orders_shop_order_id ON ${tables.orders} (shop_order_id)`,
      `CREATE INDEX ${prefix}orders_cancel_conflict ON ${tables.orders} (synced_at) WHERE cancel_conflict`,
      `CREATE INDEX ${prefix}order_ledger_shop_order_id ON ${tables.order_ledger} (shop_order_id)`,
      `CREATE INDEX ${prefix}order_ledger_updated_at ON ${tables.order_ledger} (updated_at)`,
      `CREATE INDEX ${prefix}order_ledger_state ON ${tables.order_ledger} (state, updated_at) WHERE state <> 'synced'`,
    ],
    [
      `ALTER TABLE ${tables.orders} ADD COLUMN conflicts text, ADD COLUMN conflict_at timestamptz(3)`,
      `UPDATE ${tables.orders} SET conflicts = 'cancelled', conflict_at = synced_at WHERE cancel_conflict`,
      `UPDATE ${tables.orders} AS o SET shop_order_id = left(old.shop_order_id, 40) || ' (old ' || old.place || ')', cancel_conflict = true,
            conflicts = concat_ws(', ', o.conflicts, 'number_changed'), conflict_at = coalesce(o.conflict_at, o.synced_at)
       FROM (${storedTwice(tables.orders)}) AS old
      WHERE o.shop = old.shop AND o.order_number = old.order_number`,
      `UPDATE ${tables.order_ledger} AS l SET shop_order_id = o.shop_order_id FROM ${tables.orders} o
      WHERE o.shop = l.shop AND o.order_number = l.order_number AND o.shop_order_id LIKE '% (old %)'`,
      dropOurs(tables.orders, 'orders_shop_order_id'),
      `CREATE UNIQUE INDEX ${prefix}orders_identity ON ${tables.orders} (shop_order_id, shop)`,
      `UPDATE ${tables.order_ledger} SET reference = '?' || reference WHERE state <> 'synced'`,
    ],
    [
      nullable(
        tables.orders,
        'buyer_name',
        'items_total',
        'shipping_total',
        'tax_total',
        'discount_total',
        'refunded_total',
      ),
      nullable(tables.order_lines, 'line_id', 'sku', 'name', 'unit_price', 'discount', 'tax', 'line_total'),
    ],
    [
      `ALTER TABLE ${tables.orders} ADD COLUMN revision integer NOT NULL DEFAULT 1`,
      `CREATE TABLE ${tables.order_sync_deliveries} (
        shop text COLLATE "C" NOT NULL,
        shop_order_id text COLLATE "C" NOT NULL,
        order_number text COLLATE "C" NOT NULL,
        delivered_revision integer,
        erp_id text,
        note text,
        delivered_document jsonb,
        delivered_at timestamptz(3),
        attempted boolean NOT NULL DEFAULT false,
        lease_holder text,
        lease_until timestamptz(3),
        PRIMARY KEY (shop, shop_order_id)
      )`,
      `CREATE TABLE ${tables.order_sync_outbox} (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shop text COLLATE "C" NOT NULL,
        order_number text COLLATE "C" NOT NULL,
        shop_order_id text COLLATE "C" NOT NULL,
        revision integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`,
      `CREATE TABLE ${tables.order_shipments} (
        shop text COLLATE "C" NOT NULL,
        order_number text COLLATE "C" NOT NULL,
        shipment_id text COLLATE "C" NOT NULL,
        carrier text,
        tracking_number text,
        tracking_url text,
        shipped_at timestamptz(3) NOT NULL DEFAULT now(),
        items jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'new',
        sent_content text,
        sent_at timestamptz(3),
        reported_content text,
        reported_at timestamptz(3),
        note text,
        error text,
        lease_holder text,
        lease_until timestamptz(3),
        content text NOT NULL GENERATED ALWAYS AS (${SHIPMENT_CONTENT}) STORED,
        pending boolean NOT NULL GENERATED ALWAYS AS (sent_content IS DISTINCT FROM ${SHIPMENT_CONTENT}) STORED,
        PRIMARY KEY (shop, order_number, shipment_id)
      )`,
      `CREATE INDEX ${prefix}order_shipments_pending ON ${tables.order_shipments} (created_at) WHERE pending`,
    ],
    [
      `CREATE INDEX ${prefix}orders_placed ON ${tables.orders} (placed_at)`,
      `CREATE INDEX ${prefix}orders_totals_mismatch ON ${tables.orders} (placed_at) WHERE totals_mismatch`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_audit} (
        shop text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        at timestamptz(3) NOT NULL,
        name text NOT NULL,
        role text NOT NULL,
        address text,
        action text COLLATE "C" NOT NULL,
        orders text NOT NULL,
        details text NOT NULL,
        PRIMARY KEY (shop, id)
      )`,
      `CREATE INDEX ${prefix}order_sync_audit_action ON ${tables.order_sync_audit} (shop, action, id)`,
      `CREATE TABLE ${tables.order_sync_discarded} (
        shop text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        audit_id text COLLATE "C" NOT NULL,
        dead_letter_id text COLLATE "C" NOT NULL,
        source text NOT NULL,
        reference text COLLATE "C",
        event text,
        reason text NOT NULL,
        error text,
        bytes integer NOT NULL,
        content text,
        properties text,
        PRIMARY KEY (shop, id)
      )`,
      `CREATE INDEX ${prefix}order_sync_discarded_audit_id ON ${tables.order_sync_discarded} (audit_id)`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_pauses} (
        shop text COLLATE "C" PRIMARY KEY,
        paused_at timestamptz(3) NOT NULL,
        paused_by text NOT NULL,
        reason text,
        ends_at timestamptz(3),
        ended_at timestamptz(3),
        ended_by text
      )`,
      `CREATE TABLE ${tables.order_sync_daemons} (
        shop text COLLATE "C" NOT NULL,
        daemon text COLLATE "C" NOT NULL,
        seen_at timestamptz(3) NOT NULL,
        report text NOT NULL,
        PRIMARY KEY (shop, daemon)
      )`,
    ],
    [`ALTER TABLE ${tables.orders} ADD COLUMN forgotten_at timestamptz(3)`],
  ];

  /** Those of this table alone: by a bare name, the search path may lead to an index of the company's own. */
  function dropOurs(table: string, ...indexes: string[]): string {
    const names = indexes.map((index) => `'${prefix}${index}'`).join(', ');
    return `DO $$ BEGIN
      EXECUTE coalesce((SELECT string_agg('DROP INDEX ' || i.indexrelid::regclass, '; ')
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE i.indrelid = '${table.replaceAll("'", "''")}'::regclass AND c.relname IN (${names})), 'SELECT');
    END $$`;
  }
}

/** Changes no row, however many there are. */
function nullable(table: string, ...columns: string[]): string {
  return `ALTER TABLE ${table} ${columns.map((column) => `ALTER COLUMN ${column} DROP NOT NULL`).join(', ')}`;
}
