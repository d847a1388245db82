import type { Migrations } from '../sql/migrate.ts';
import { storedTwice } from '../sql/stored-twice.ts';
import type { Tables } from '../sql/tables.ts';

/**
 * On MySQL and MariaDB each CREATE TABLE commits on its own, so an interrupted start runs again: hence IF NOT EXISTS, and all
 * indexes inside the tables. A table's comment tells order-sync's own from one that existed before.
 *
 * Order numbers and references compare byte by byte (`utf8mb4_bin`): A1 is not a1. DATETIME holds UTC.
 */
export const MYSQL_TABLE_COMMENT = 'order-sync';

const KEY = 'VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const SHOP = 'VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const OPTIONAL_AMOUNT = 'DECIMAL(30, 12)';
const AMOUNT = `${OPTIONAL_AMOUNT} NOT NULL`;
const CONTENT = 'MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const TABLE = `ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC COMMENT = '${MYSQL_TABLE_COMMENT}'`;

export function mysqlMigrations(tables: Tables): Migrations {
  return [
    [
      `CREATE TABLE IF NOT EXISTS ${tables.orders} (
      shop ${SHOP} NOT NULL,
      order_number ${KEY} NOT NULL,
      shop_order_id ${KEY} NOT NULL,
      status VARCHAR(32) NOT NULL,
      currency CHAR(3) NOT NULL,
      grand_total ${AMOUNT},
      items_total ${AMOUNT},
      shipping_total ${AMOUNT},
      tax_total ${AMOUNT},
      discount_total ${AMOUNT},
      refunded_total ${AMOUNT},
      placed_at DATETIME(3) NOT NULL,
      paid_at DATETIME(3),
      cancelled_at DATETIME(3),
      updated_at DATETIME(3) NOT NULL,
      buyer_name TEXT NOT NULL,
      fulfilment_status VARCHAR(64) NOT NULL DEFAULT 'new' COMMENT 'Owned by staff; order-sync never writes it after the insert',
      cancel_conflict BOOLEAN NOT NULL DEFAULT FALSE,
      totals_mismatch BOOLEAN NOT NULL DEFAULT FALSE,
      content_hash CHAR(64) NOT NULL,
      fetched_at DATETIME(3) NOT NULL,
      synced_at DATETIME(3) NOT NULL,
      document JSON NOT NULL,
      PRIMARY KEY (shop, order_number),
      KEY orders_shop_order_id (shop, shop_order_id),
      KEY orders_cancel_conflict (shop, cancel_conflict, synced_at)
    ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_lines} (
      shop ${SHOP} NOT NULL,
      order_number ${KEY} NOT NULL,
      line_no INT NOT NULL,
      line_id VARCHAR(255) NOT NULL,
      sku VARCHAR(255) NOT NULL,
      name TEXT NOT NULL,
      quantity ${AMOUNT},
      unit_price ${AMOUNT},
      discount ${AMOUNT},
      tax ${AMOUNT},
      line_total ${AMOUNT},
      PRIMARY KEY (shop, order_number, line_no)
    ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_ledger} (
      shop ${SHOP} NOT NULL,
      reference ${KEY} NOT NULL,
      order_number ${KEY},
      shop_order_id ${KEY},
      state VARCHAR(32) NOT NULL,
      attempts INT NOT NULL,
      last_event VARCHAR(32) NOT NULL,
      last_error TEXT,
      received_at DATETIME(3) NOT NULL,
      fetched_at DATETIME(3),
      synced_at DATETIME(3),
      updated_at DATETIME(3) NOT NULL,
      PRIMARY KEY (shop, reference),
      KEY order_ledger_shop_order_id (shop, shop_order_id),
      KEY order_ledger_updated_at (shop, updated_at),
      KEY order_ledger_state (shop, state, updated_at)
    ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_schema} (
      version INT PRIMARY KEY,
      applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
    ) ${TABLE}`,
    ],
    [
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_reconciliation} (
      shop ${SHOP} NOT NULL,
      walk VARCHAR(32) NOT NULL,
      cursor_at DATETIME(3),
      newest_listed_at DATETIME(3),
      begun_at DATETIME(3),
      lease_holder VARCHAR(255),
      lease_until DATETIME(3),
      started_at DATETIME(3),
      finished_at DATETIME(3),
      compared INT NOT NULL DEFAULT 0,
      found INT NOT NULL DEFAULT 0,
      known INT NOT NULL DEFAULT 0,
      error TEXT,
      report MEDIUMTEXT,
      PRIMARY KEY (shop, walk)
    ) ${TABLE}`,
    ],
    [
      ...unless(
        hasColumn(tables.orders, 'conflict_at'),
        `ALTER TABLE ${tables.orders} ADD conflicts VARCHAR(255), ADD conflict_at DATETIME(3)`,
      ),
      `UPDATE ${tables.orders} SET conflicts = 'cancelled', conflict_at = synced_at WHERE cancel_conflict AND conflicts IS NULL`,
      `UPDATE ${tables.orders} o JOIN (${storedTwice(tables.orders)}) old ON o.shop = old.shop AND o.order_number = old.order_number
        SET o.shop_order_id = concat(left(old.shop_order_id, 40), ' (old ', old.place, ')'), o.cancel_conflict = TRUE,
            o.conflicts = concat_ws(', ', o.conflicts, 'number_changed'), o.conflict_at = coalesce(o.conflict_at, o.synced_at)`,
      `UPDATE ${tables.order_ledger} l JOIN ${tables.orders} o ON o.shop = l.shop AND o.order_number = l.order_number
        SET l.shop_order_id = o.shop_order_id WHERE o.shop_order_id LIKE '% (old %)'`,
      ...unless(
        hasIndex(tables.orders, 'orders_identity'),
        `ALTER TABLE ${tables.orders} DROP KEY orders_shop_order_id, ADD UNIQUE KEY orders_identity (shop, shop_order_id)`,
      ),
      // Room for the mark of a failure.
      `ALTER TABLE ${tables.order_ledger} MODIFY reference VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`,
      `UPDATE ${tables.order_ledger} SET reference = concat('?', reference) WHERE state <> 'synced' AND left(reference, 1) <> '?'`,
    ],
    [
      `ALTER TABLE ${tables.orders} MODIFY buyer_name TEXT, MODIFY items_total ${OPTIONAL_AMOUNT}, MODIFY shipping_total ${OPTIONAL_AMOUNT},
      MODIFY tax_total ${OPTIONAL_AMOUNT}, MODIFY discount_total ${OPTIONAL_AMOUNT}, MODIFY refunded_total ${OPTIONAL_AMOUNT}`,
      `ALTER TABLE ${tables.order_lines} MODIFY line_id TEXT, MODIFY sku TEXT, MODIFY name TEXT, MODIFY unit_price ${OPTIONAL_AMOUNT},
      MODIFY discount ${OPTIONAL_AMOUNT}, MODIFY tax ${OPTIONAL_AMOUNT}, MODIFY line_total ${OPTIONAL_AMOUNT}`,
    ],
    [
      ...unless(
        hasColumn(tables.orders, 'revision'),
        `ALTER TABLE ${tables.orders} ADD revision INT NOT NULL DEFAULT 1`,
      ),
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_deliveries} (
        shop ${SHOP} NOT NULL,
        shop_order_id ${KEY} NOT NULL,
        order_number ${KEY} NOT NULL,
        delivered_revision INT,
        erp_id VARCHAR(255),
        note TEXT,
        delivered_document JSON,
        delivered_at DATETIME(3),
        attempted BOOLEAN NOT NULL DEFAULT FALSE,
        lease_holder VARCHAR(255),
        lease_until DATETIME(3),
        PRIMARY KEY (shop, shop_order_id)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_outbox} (
        id BIGINT AUTO_INCREMENT PRIMARY KEY,
        shop ${SHOP} NOT NULL,
        order_number ${KEY} NOT NULL,
        shop_order_id ${KEY} NOT NULL,
        revision INT NOT NULL,
        created_at DATETIME(3) NOT NULL DEFAULT (utc_timestamp(3))
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_shipments} (
        shop ${SHOP} NOT NULL,
        order_number ${KEY} NOT NULL,
        shipment_id ${KEY} NOT NULL,
        carrier VARCHAR(255),
        tracking_number VARCHAR(255),
        tracking_url TEXT,
        shipped_at DATETIME(3) NOT NULL DEFAULT (utc_timestamp(3)),
        items JSON,
        created_at DATETIME(3) NOT NULL DEFAULT (utc_timestamp(3)),
        state VARCHAR(32) NOT NULL DEFAULT 'new',
        sent_content ${CONTENT},
        sent_at DATETIME(3),
        reported_content ${CONTENT},
        reported_at DATETIME(3),
        note TEXT,
        error TEXT,
        lease_holder VARCHAR(255),
        lease_until DATETIME(3),
        content ${CONTENT} GENERATED ALWAYS AS (concat_ws(char(31 USING utf8mb4), coalesce(carrier, ''), coalesce(tracking_number, ''),
          coalesce(tracking_url, ''), timestampdiff(MICROSECOND, '1970-01-01', shipped_at), coalesce(items, ''))) STORED,
        pending BOOLEAN GENERATED ALWAYS AS (NOT (sent_content <=> content)) STORED,
        PRIMARY KEY (shop, order_number, shipment_id),
        KEY order_shipments_pending (shop, pending, created_at)
      ) ${TABLE}`,
    ],
    [
      ...unless(
        hasIndex(tables.orders, 'orders_placed'),
        `ALTER TABLE ${tables.orders} ADD KEY orders_placed (shop, placed_at),
          ADD KEY orders_totals_mismatch (shop, totals_mismatch, placed_at)`,
      ),
    ],
    [
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_audit} (
        shop ${SHOP} NOT NULL,
        id ${KEY} NOT NULL,
        at DATETIME(3) NOT NULL,
        name VARCHAR(255) NOT NULL,
        role VARCHAR(32) NOT NULL,
        address VARCHAR(255),
        action VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        orders ${CONTENT} NOT NULL,
        details ${CONTENT} NOT NULL,
        PRIMARY KEY (shop, id),
        KEY order_sync_audit_action (shop, action, id)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_discarded} (
        shop ${SHOP} NOT NULL,
        id ${KEY} NOT NULL,
        audit_id ${KEY} NOT NULL,
        dead_letter_id ${KEY} NOT NULL,
        source VARCHAR(32) NOT NULL,
        reference ${KEY},
        event VARCHAR(32),
        reason VARCHAR(64) NOT NULL,
        error TEXT,
        bytes INT NOT NULL,
        content ${CONTENT},
        properties ${CONTENT},
        PRIMARY KEY (shop, id),
        KEY order_sync_discarded_audit_id (audit_id)
      ) ${TABLE}`,
    ],
    [
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_pauses} (
        shop ${SHOP} NOT NULL PRIMARY KEY,
        paused_at DATETIME(3) NOT NULL,
        paused_by TEXT NOT NULL,
        reason TEXT,
        ends_at DATETIME(3),
        ended_at DATETIME(3),
        ended_by TEXT
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS ${tables.order_sync_daemons} (
        shop ${SHOP} NOT NULL,
        daemon VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        seen_at DATETIME(3) NOT NULL,
        report TEXT NOT NULL,
        PRIMARY KEY (shop, daemon)
      ) ${TABLE}`,
    ],
    unless(
      hasColumn(tables.orders, 'forgotten_at'),
      `ALTER TABLE ${tables.orders} ADD COLUMN forgotten_at DATETIME(3)`,
    ),
  ];
}

/** Whether a statement of a migration creates this table. */
export function creates(statement: string, table: string): boolean {
  return statement.startsWith(`CREATE TABLE IF NOT EXISTS ${table} `);
}

/** MySQL, unlike MariaDB, has no `IF NOT EXISTS` for these. */
function unless(found: string, statement: string): string[] {
  return [
    `SET @order_sync_step = IF((${found}), 'DO 0', '${statement}')`,
    'PREPARE order_sync_step FROM @order_sync_step',
    'EXECUTE order_sync_step',
    'DEALLOCATE PREPARE order_sync_step',
  ];
}

function hasColumn(table: string, column: string): string {
  return `SELECT count(*) > 0 FROM information_schema.columns
    WHERE table_schema = database() AND table_name = '${table}' AND column_name = '${column}'`;
}

function hasIndex(table: string, index: string): string {
  return `SELECT count(*) > 0 FROM information_schema.statistics
    WHERE table_schema = database() AND table_name = '${table}' AND index_name = '${index}'`;
}
