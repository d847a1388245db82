import type { Migrations } from '../sql/migrate.ts';
import { storedTwice } from '../sql/stored-twice.ts';
import type { Tables } from '../sql/tables.ts';

const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/**
 * SQLite has neither exact decimals nor times: amounts are text as they were sent, times are ISO text in UTC with
 * milliseconds (they sort as text, and date() reads them).
 */
export function sqliteMigrations(tables: Tables, prefix: string): Migrations {
  return [
    [
      `CREATE TABLE ${tables.orders} (
      shop TEXT NOT NULL,
      order_number TEXT NOT NULL,
      shop_order_id TEXT NOT NULL,
      status TEXT NOT NULL,
      currency TEXT NOT NULL,
      grand_total TEXT NOT NULL,
      items_total TEXT NOT NULL,
      shipping_total TEXT NOT NULL,
      tax_total TEXT NOT NULL,
      discount_total TEXT NOT NULL,
      refunded_total TEXT NOT NULL,
      placed_at TEXT NOT NULL,
      paid_at TEXT,
      cancelled_at TEXT,
      updated_at TEXT NOT NULL,
      buyer_name TEXT NOT NULL,
      fulfilment_status TEXT NOT NULL DEFAULT 'new', -- owned by staff; order-sync never writes it after the insert
      cancel_conflict INTEGER NOT NULL DEFAULT 0,
      totals_mismatch INTEGER NOT NULL DEFAULT 0,
      content_hash TEXT NOT NULL,
      fetched_at TEXT NOT NULL,
      synced_at TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (shop, order_number)
    )`,
      `CREATE INDEX ${prefix}orders_shop_order_id ON ${tables.orders} (shop, shop_order_id)`,
      `CREATE INDEX ${prefix}orders_cancel_conflict ON ${tables.orders} (shop, synced_at) WHERE cancel_conflict = TRUE`,
      `CREATE TABLE ${tables.order_lines} (
      shop TEXT NOT NULL,
      order_number TEXT NOT NULL,
      line_no INTEGER NOT NULL,
      line_id TEXT NOT NULL,
      sku TEXT NOT NULL,
      name TEXT NOT NULL,
      quantity TEXT NOT NULL,
      unit_price TEXT NOT NULL,
      discount TEXT NOT NULL,
      tax TEXT NOT NULL,
      line_total TEXT NOT NULL,
      PRIMARY KEY (shop, order_number, line_no)
    )`,
      `CREATE TABLE ${tables.order_ledger} (
      shop TEXT NOT NULL,
      reference TEXT NOT NULL,
      order_number TEXT,
      shop_order_id TEXT,
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      last_event TEXT NOT NULL,
      last_error TEXT,
      received_at TEXT NOT NULL,
      fetched_at TEXT,
      synced_at TEXT,
      updated_at TEXT NOT NULL,
      PRIMARY KEY (shop, reference)
    )`,
      `CREATE INDEX ${prefix}order_ledger_shop_order_id ON ${tables.order_ledger} (shop, shop_order_id)`,
      `CREATE INDEX ${prefix}order_ledger_updated_at ON ${tables.order_ledger} (shop, updated_at)`,
      `CREATE INDEX ${prefix}order_ledger_state ON ${tables.order_ledger} (shop, state, updated_at)`,
      `CREATE TABLE ${tables.order_sync_schema} (
      version INTEGER PRIMARY KEY,
      applied_at TEXT NOT NULL DEFAULT (${NOW})
    )`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_reconciliation} (
      shop TEXT NOT NULL,
      walk TEXT NOT NULL,
      cursor_at TEXT,
      newest_listed_at TEXT,
      begun_at TEXT,
      lease_holder TEXT,
      lease_until TEXT,
      started_at TEXT,
      finished_at TEXT,
      compared INTEGER NOT NULL DEFAULT 0,
      found INTEGER NOT NULL DEFAULT 0,
      known INTEGER NOT NULL DEFAULT 0,
      error TEXT,
      report TEXT,
      PRIMARY KEY (shop, walk)
    )`,
    ],
    // Dropped two indexes by name, which may be the company's own.
    [],
    [
      `ALTER TABLE ${tables.orders} ADD COLUMN conflicts TEXT`,
      `ALTER TABLE ${tables.orders} ADD COLUMN conflict_at TEXT`,
      `UPDATE ${tables.orders} SET conflicts = 'cancelled', conflict_at = synced_at WHERE cancel_conflict = TRUE`,
      `UPDATE ${tables.orders} SET shop_order_id = substr(old.shop_order_id, 1, 40) || ' (old ' || old.place || ')', cancel_conflict = TRUE,
            conflicts = CASE WHEN ${tables.orders}.conflicts IS NULL THEN 'number_changed' ELSE ${tables.orders}.conflicts || ', number_changed' END,
            conflict_at = coalesce(${tables.orders}.conflict_at, ${tables.orders}.synced_at)
       FROM (${storedTwice(tables.orders)}) AS old
      WHERE ${tables.orders}.shop = old.shop AND ${tables.orders}.order_number = old.order_number`,
      `UPDATE ${tables.order_ledger} SET shop_order_id = o.shop_order_id FROM ${tables.orders} o
      WHERE o.shop = ${tables.order_ledger}.shop AND o.order_number = ${tables.order_ledger}.order_number AND o.shop_order_id LIKE '% (old %)'`,
      `DROP INDEX ${prefix}orders_shop_order_id`,
      `CREATE UNIQUE INDEX ${prefix}orders_identity ON ${tables.orders} (shop, shop_order_id)`,
      `UPDATE ${tables.order_ledger} SET reference = '?' || reference WHERE state <> 'synced'`,
    ],
    [
      'PRAGMA writable_schema = ON',
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
      // Any change of a table tells other connections to read the schema again; RESET does so for this one.
      `CREATE TABLE ${prefix}order_sync_reload (version INTEGER)`,
      `DROP TABLE ${prefix}order_sync_reload`,
      'PRAGMA writable_schema = RESET',
    ],
    [
      `ALTER TABLE ${tables.orders} ADD COLUMN revision INTEGER NOT NULL DEFAULT 1`,
      `CREATE TABLE ${tables.order_sync_deliveries} (
        shop TEXT NOT NULL,
        shop_order_id TEXT NOT NULL,
        order_number TEXT NOT NULL,
        delivered_revision INTEGER,
        erp_id TEXT,
        note TEXT,
        delivered_document TEXT,
        delivered_at TEXT,
        attempted INTEGER NOT NULL DEFAULT 0,
        lease_holder TEXT,
        lease_until TEXT,
        PRIMARY KEY (shop, shop_order_id)
      )`,
      `CREATE TABLE ${tables.order_sync_outbox} (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        shop TEXT NOT NULL,
        order_number TEXT NOT NULL,
        shop_order_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        created_at TEXT NOT NULL DEFAULT (${NOW})
      )`,
      `CREATE TABLE ${tables.order_shipments} (
        shop TEXT NOT NULL,
        order_number TEXT NOT NULL,
        shipment_id TEXT NOT NULL,
        carrier TEXT,
        tracking_number TEXT,
        tracking_url TEXT,
        shipped_at TEXT NOT NULL DEFAULT (${NOW}),
        items TEXT,
        created_at TEXT NOT NULL DEFAULT (${NOW}),
        state TEXT NOT NULL DEFAULT 'new',
        sent_content TEXT,
        sent_at TEXT,
        reported_content TEXT,
        reported_at TEXT,
        note TEXT,
        error TEXT,
        lease_holder TEXT,
        lease_until TEXT,
        content TEXT GENERATED ALWAYS AS (coalesce(carrier, '') || char(31) || coalesce(tracking_number, '') || char(31) ||
          coalesce(tracking_url, '') || char(31) || shipped_at || char(31) || coalesce(items, '')) VIRTUAL,
        pending INTEGER GENERATED ALWAYS AS (sent_content IS NOT content) VIRTUAL,
        PRIMARY KEY (shop, order_number, shipment_id)
      )`,
      `CREATE INDEX ${prefix}order_shipments_pending ON ${tables.order_shipments} (shop, created_at) WHERE pending = TRUE`,
    ],
    [
      `CREATE INDEX ${prefix}orders_placed ON ${tables.orders} (shop, placed_at)`,
      // With the flag as a column, too: SQLite has no statistics, and would take any other index by shop for as good.
      `DROP INDEX IF EXISTS ${prefix}orders_cancel_conflict`,
      `CREATE INDEX ${prefix}orders_cancel_conflict ON ${tables.orders} (shop, cancel_conflict, synced_at) WHERE cancel_conflict = TRUE`,
      `CREATE INDEX ${prefix}orders_totals_mismatch ON ${tables.orders} (shop, totals_mismatch, placed_at) WHERE totals_mismatch = TRUE`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_audit} (
        shop TEXT NOT NULL,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        address TEXT,
        action TEXT NOT NULL,
        orders TEXT NOT NULL,
        details TEXT NOT NULL,
        PRIMARY KEY (shop, id)
      )`,
      `CREATE INDEX ${prefix}order_sync_audit_action ON ${tables.order_sync_audit} (shop, action, id)`,
      `CREATE TABLE ${tables.order_sync_discarded} (
        shop TEXT NOT NULL,
        id TEXT NOT NULL,
        audit_id TEXT NOT NULL,
        dead_letter_id TEXT NOT NULL,
        source TEXT NOT NULL,
        reference TEXT,
        event TEXT,
        reason TEXT NOT NULL,
        error TEXT,
        bytes INTEGER NOT NULL,
        content TEXT,
        properties TEXT,
        PRIMARY KEY (shop, id)
      )`,
      `CREATE INDEX ${prefix}order_sync_discarded_audit_id ON ${tables.order_sync_discarded} (audit_id)`,
    ],
    [
      `CREATE TABLE ${tables.order_sync_pauses} (
        shop TEXT NOT NULL PRIMARY KEY,
        paused_at TEXT NOT NULL,
        paused_by TEXT NOT NULL,
        reason TEXT,
        ends_at TEXT,
        ended_at TEXT,
        ended_by TEXT
      )`,
      `CREATE TABLE ${tables.order_sync_daemons} (
        shop TEXT NOT NULL,
        daemon TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        report TEXT NOT NULL,
        PRIMARY KEY (shop, daemon)
      )`,
    ],
    [`ALTER TABLE ${tables.orders} ADD COLUMN forgotten_at TEXT`],
  ];
}

/**
 * SQLite before 3.53 (Node before 26) can drop NOT NULL only by building the table anew, which would take minutes, twice the
 * disk, and whatever staff added. So the table's own text is edited, as https://sqlite.org/lang_altertable.html describes for
 * just this: no row is touched. Text that staff wrote differently stays as it is.
 */
function nullable(table: string, ...columns: string[]): string {
  const edited = columns.reduce((sql, name) => `replace(${sql}, ' ${name} TEXT NOT NULL', ' ${name} TEXT')`, 'sql');
  return `UPDATE sqlite_schema SET sql = ${edited} WHERE type = 'table' AND name = '${table}'`;
}
