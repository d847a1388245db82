import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { LeaseName } from '../reconciliation-store.ts';
import {
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
import { suppressed } from '../sql/refusal.ts';
import type { SqlQuery, SqlTransaction } from '../sql/sql-database.ts';
import type { Tables } from '../sql/tables.ts';

/** One prepared statement per kind of row, run for each row: there is no network in between. Lists are passed as JSON. */
export class SqliteTransaction implements SqlTransaction {
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
    this.#writeAll(
      this.tables.orders,
      insert,
      rows.map((row) => values(row, ORDER_COLUMNS)),
    );
  }

  async updateOrders(rows: readonly OrderRow[], updated: readonly OrderColumn[]): Promise<void> {
    const update = `UPDATE ${this.tables.orders} SET ${updated.map((column) => `${column} = ?`).join(', ')}
      WHERE shop = ? AND order_number = ?`;
    const columns = [...updated, 'shop', 'order_number'] as const;
    this.#writeAll(
      this.tables.orders,
      update,
      rows.map((row) => values(row, columns)),
    );
  }

  async deleteLines(shop: string, orderNumbers: readonly string[]): Promise<void> {
    this.#run(
      `DELETE FROM ${this.tables.order_lines} WHERE shop = ? AND order_number IN (SELECT value FROM json_each(?))`,
      [shop, JSON.stringify(orderNumbers)],
    );
  }

  async insertLines(rows: readonly LineRow[]): Promise<void> {
    const insert = insertInto(this.tables.order_lines, LINE_COLUMNS);
    this.#writeAll(
      this.tables.order_lines,
      insert,
      rows.map((row) => values(row, LINE_COLUMNS)),
    );
  }

  async saveLedger(rows: readonly LedgerRow[], updated: readonly LedgerColumn[]): Promise<void> {
    const upsert = `${insertInto(this.tables.order_ledger, LEDGER_COLUMNS)}
      ON CONFLICT (shop, reference) DO UPDATE SET ${updated.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    this.#writeAll(
      this.tables.order_ledger,
      upsert,
      rows.map((row) => values(row, LEDGER_COLUMNS)),
    );
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
      `SELECT ${SCAN_COLUMNS.join(', ')}, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS now
         FROM ${this.tables.order_sync_reconciliation} WHERE shop = ? AND walk = ?`,
    ).get(shop, scan);
    return row ?? {};
  }

  async updateScan(shop: string, scan: LeaseName, row: ScanRow): Promise<void> {
    const entries = Object.entries(row);
    this.#run(
      `UPDATE ${this.tables.order_sync_reconciliation} SET ${entries.map(([column]) => `${column} = ?`).join(', ')}
        WHERE shop = ? AND walk = ?`,
      [...entries.map(([, value]) => sqliteValue(value)), shop, scan],
    );
  }

  /** A trigger's RAISE(IGNORE) leaves out its row, and SQLite reports success. @throws SyncError `write_rejected` */
  #writeAll(table: string, sql: string, rows: readonly (readonly SQLInputValue[])[]): void {
    const statement = this.#prepare(sql);
    const written = rows.filter((parameters) => Number(statement.run(...parameters).changes) > 0).length;
    if (written < rows.length) throw suppressed(table, written, rows.length);
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
