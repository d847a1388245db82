import { format } from 'mysql2/promise';
import { SyncError } from '../../errors.ts';
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

/** Runs one statement, within the time limit. */
export type RunStatement = (sql: string, values?: readonly unknown[]) => Promise<Row[]>;

const STATEMENT_BYTES = 1024 * 1024;
/** The parts of a statement besides its rows. */
const ROOM_FOR_COLUMNS = 4096;

/** Each statement takes as many rows as fit into about a megabyte, and into the server's `max_allowed_packet`. */
export class MysqlTransaction implements SqlTransaction {
  readonly dialect = 'mysql';
  readonly tables: Tables;
  readonly #run: RunStatement;
  readonly #maxPacketBytes: number;

  constructor(tables: Tables, run: RunStatement, maxPacketBytes: number) {
    this.tables = tables;
    this.#run = run;
    this.#maxPacketBytes = maxPacketBytes;
  }

  async lockOrders(shop: string, orderNumbers: readonly string[]): Promise<Row[]> {
    return await this.#run(
      `SELECT ${VERSION_COLUMNS.join(', ')} FROM ${this.tables.orders}
        WHERE shop = ? AND order_number IN (?) ORDER BY order_number FOR UPDATE`,
      [shop, orderNumbers],
    );
  }

  /** An order inserted since is a duplicate key, upon which the transaction runs again. */
  async insertOrders(rows: readonly OrderRow[]): Promise<void> {
    await this.#insert(this.tables.orders, ORDER_COLUMNS, rows);
  }

  /** The rows exist and are locked, so this always updates. */
  async updateOrders(rows: readonly OrderRow[], updated: readonly OrderColumn[]): Promise<void> {
    await this.#insert(this.tables.orders, ORDER_COLUMNS, rows, onDuplicate(updated));
  }

  async deleteLines(shop: string, orderNumbers: readonly string[]): Promise<void> {
    await this.#run(`DELETE FROM ${this.tables.order_lines} WHERE shop = ? AND order_number IN (?)`, [
      shop,
      orderNumbers,
    ]);
  }

  async insertLines(rows: readonly LineRow[]): Promise<void> {
    await this.#insert(this.tables.order_lines, LINE_COLUMNS, rows);
  }

  async saveLedger(rows: readonly LedgerRow[], updated: readonly LedgerColumn[]): Promise<void> {
    await this.#insert(this.tables.order_ledger, LEDGER_COLUMNS, rows, onDuplicate(updated));
  }

  async deleteLedger(shop: string, references: readonly string[]): Promise<void> {
    await this.#run(`DELETE FROM ${this.tables.order_ledger} WHERE shop = ? AND reference IN (?)`, [shop, references]);
  }

  async run({ sql, values }: SqlQuery): Promise<Row[]> {
    return await this.#run(sql, values);
  }

  async lockScan(shop: string, scan: LeaseName): Promise<Row> {
    await this.#run(
      `INSERT INTO ${this.tables.order_sync_reconciliation} (shop, walk) VALUES (?, ?) ON DUPLICATE KEY UPDATE walk = VALUES(walk)`,
      [shop, scan],
    );
    const rows = await this.#run(
      `SELECT ${SCAN_COLUMNS.join(', ')}, CURRENT_TIMESTAMP(3) AS now
         FROM ${this.tables.order_sync_reconciliation} WHERE shop = ? AND walk = ? FOR UPDATE`,
      [shop, scan],
    );
    return rows[0] ?? {};
  }

  async updateScan(shop: string, scan: LeaseName, row: ScanRow): Promise<void> {
    await this.#run(`UPDATE ${this.tables.order_sync_reconciliation} SET ? WHERE shop = ? AND walk = ?`, [
      row,
      shop,
      scan,
    ]);
  }

  async lockDelivery(shop: string, shopOrderId: string, orderNumber: string): Promise<Row> {
    const { order_sync_deliveries: deliveries } = this.tables;
    await this.#run(
      `INSERT INTO ${deliveries} (shop, shop_order_id, order_number) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE shop = VALUES(shop)`,
      [shop, shopOrderId, orderNumber],
    );
    const rows = await this.#run(
      `SELECT ${DELIVERY_COLUMNS.join(', ')}, CURRENT_TIMESTAMP(3) AS now
         FROM ${deliveries} WHERE shop = ? AND shop_order_id = ? FOR UPDATE`,
      [shop, shopOrderId],
    );
    return rows[0] ?? {};
  }

  async updateDelivery(shop: string, shopOrderId: string, row: DeliveryChanges): Promise<void> {
    await this.#run(`UPDATE ${this.tables.order_sync_deliveries} SET ? WHERE shop = ? AND shop_order_id = ?`, [
      row,
      shop,
      shopOrderId,
    ]);
  }

  async #insert<Column extends string>(
    table: string,
    columns: readonly Column[],
    rows: readonly Readonly<Record<Column, SqlValue>>[],
    suffix = '',
  ): Promise<void> {
    const tuples = rows.map((row) => format('(?)', [columns.map((column) => mysqlValue(column, row[column]))]));
    for (const statement of this.#statements(tuples)) {
      await this.#run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${statement.join(', ')} ${suffix}`);
    }
  }

  /** The server cuts off a statement that is too large, which looks like an outage: so it is not sent. */
  #statements(tuples: readonly string[]): string[][] {
    const statements: string[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const tuple of tuples) {
      const size = Buffer.byteLength(tuple) + 2;
      if (size + ROOM_FOR_COLUMNS > this.#maxPacketBytes) {
        throw new SyncError(
          'write_rejected',
          `An order takes ${size} bytes, the MySQL server's max_allowed_packet is ${this.#maxPacketBytes}.`,
        );
      }
      if (bytes + size > Math.min(STATEMENT_BYTES, this.#maxPacketBytes - ROOM_FOR_COLUMNS)) {
        statements.push([]);
        bytes = 0;
      }
      statements.at(-1)?.push(tuple);
      bytes += size;
    }
    return statements;
  }
}

/** MySQL's DATETIME has no time zone: ours hold UTC. */
function mysqlValue(column: string, value: SqlValue): SqlValue {
  return typeof value === 'string' && column.endsWith('_at') ? value.replace('Z', '') : value;
}

function onDuplicate(columns: readonly string[]): string {
  return `ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`;
}
