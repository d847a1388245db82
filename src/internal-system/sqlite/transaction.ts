import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { LeaseName } from '../reconciliation-store.ts';
import {
  DELIVERY_COLUMNS,
  type DeliveryChanges,
  LEDGER_COLUMNS,
  type LedgerColumn,
  type LedgerRow,
  LINE_COLUMNS,
  type LineRow,
  ORDER_COLUMNS,
  type OrderColumn,
  type OrderRow,
  type Row,
  SCAN_COLUMNS,
  type ScanRow,
  type SqlValue,
} from '../sql/columns.ts';
import { VERSION_COLUMNS } from '../sql/records.ts';
import type { SqlQuery, SqlTransaction } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';

const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** One prepared statement per kind of row, run for each row: there is no network in between. Lists are passed as JSON. */
export class SqliteTransaction implements SqlTransaction {
  readonly dialect = 'sqlite';
  readonly tables: Tables;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(tables: Tables, prepare: (sql: string) => StatementSync) {
    this.tables = tables;
    this.#prepare = prepare;
  }

  /** BEGIN IMMEDIATE has locked the whole file. */
  async lockOrders(shop: string, orderNumbers: readonly string[]): Promise<Row[]> {
    return this.#prepare(
      `SELECT ${VERSION_COLUMNS.join(', ')} FROM ${this.tables.orders}
        WHERE shop = ? AND order_number IN (SELECT value FROM json_each(?))`,
    ).all(shop, JSON.stringify(orderNumbers));
  }

  async insertOrders(rows: readonly OrderRow[]): Promise<void> {
    const insert = insertInto(this.tables.orders, ORDER_COLUMNS);
    for (const row of rows) this.#run(insert, values(row, ORDER_COLUMNS));
  }

  async updateOrders(rows: readonly OrderRow[], updated: readonly OrderColumn[]): Promise<void> {
    const update = `UPDATE ${this.tables.orders} SET ${updated.map((column) => `${column} = ?`).join(', ')}
      WHERE shop = ? AND order_number = ?`;
    for (const row of rows) this.#run(update, values(row, [...updated, 'shop', 'order_number']));
  }

  async deleteLines(shop: string, orderNumbers: readonly string[]): Promise<void> {
    this.#run(
      `DELETE FROM ${this.tables.order_lines} WHERE shop = ? AND order_number IN (SELECT value FROM json_each(?))`,
      [shop, JSON.stringify(orderNumbers)],
    );
  }

  async insertLines(rows: readonly LineRow[]): Promise<void> {
    const insert = insertInto(this.tables.order_lines, LINE_COLUMNS);
    for (const row of rows) this.#run(insert, values(row, LINE_COLUMNS));
  }

  async saveLedger(rows: readonly LedgerRow[], updated: readonly LedgerColumn[]): Promise<void> {
    const upsert = `${insertInto(this.tables.order_ledger, LEDGER_COLUMNS)}
      ON CONFLICT (shop, reference) DO UPDATE SET ${updated.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    for (const row of rows) this.#run(upsert, values(row, LEDGER_COLUMNS));
  }

  async deleteLedger(shop: string, references: readonly string[]): Promise<void> {
    this.#run(
      `DELETE FROM ${this.tables.order_ledger} WHERE shop = ? AND reference IN (SELECT value FROM json_each(?))`,
      [shop, JSON.stringify(references)],
    );
  }

  async run({ sql, values }: SqlQuery): Promise<Row[]> {
    return this.#prepare(sql).all(...values.map(sqliteValue));
  }

  async lockScan(shop: string, scan: LeaseName): Promise<Row> {
    this.#run(
      `INSERT INTO ${this.tables.order_sync_reconciliation} (shop, walk) VALUES (?, ?) ON CONFLICT DO NOTHING`,
      [shop, scan],
    );
    const row = this.#prepare(
      `SELECT ${SCAN_COLUMNS.join(', ')}, ${NOW} AS now
         FROM ${this.tables.order_sync_reconciliation} WHERE shop = ? AND walk = ?`,
    ).get(shop, scan);
    return row ?? {};
  }

  async updateScan(shop: string, scan: LeaseName, row: ScanRow): Promise<void> {
    this.#update(this.tables.order_sync_reconciliation, row, 'shop = ? AND walk = ?', [shop, scan]);
  }

  async lockDelivery(shop: string, shopOrderId: string, orderNumber: string): Promise<Row> {
    const { order_sync_deliveries: deliveries } = this.tables;
    this.#run(`INSERT INTO ${deliveries} (shop, shop_order_id, order_number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, [
      shop,
      shopOrderId,
      orderNumber,
    ]);
    const row = this.#prepare(
      `SELECT ${DELIVERY_COLUMNS.join(', ')}, ${NOW} AS now FROM ${deliveries} WHERE shop = ? AND shop_order_id = ?`,
    ).get(shop, shopOrderId);
    return row ?? {};
  }

  async updateDelivery(shop: string, shopOrderId: string, row: DeliveryChanges): Promise<void> {
    this.#update(this.tables.order_sync_deliveries, row, 'shop = ? AND shop_order_id = ?', [shop, shopOrderId]);
  }

  #update(table: string, row: Readonly<Record<string, SqlValue>>, condition: string, key: readonly string[]): void {
    const entries = Object.entries(row);
    const set = entries.map(([column]) => `${column} = ?`).join(', ');
    this.#run(`UPDATE ${table} SET ${set} WHERE ${condition}`, [
      ...entries.map(([, value]) => sqliteValue(value)),
      ...key,
    ]);
  }

  #run(sql: string, parameters: readonly SQLInputValue[]): void {
    this.#prepare(sql).run(...parameters);
  }
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function values<Column extends string>(
  row: Readonly<Record<Column, SqlValue>>,
  columns: readonly Column[],
): SQLInputValue[] {
  return columns.map((column) => sqliteValue(row[column]));
}

/** SQLite has no booleans and no times. */
export function sqliteValue(value: SqlValue): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.toISOString() : value;
}
