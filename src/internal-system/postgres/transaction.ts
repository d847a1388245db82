import type { ClientBase, QueryResult } from 'pg';
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
import { eachOf } from './by-key.ts';
import { writingAll } from './count-rows.ts';
import { select } from './select.ts';
import { statement } from './statement.ts';

/**
 * Each statement takes a whole batch: its rows are one JSON parameter, which `json_populate_recordset` reads with the table's
 * own column types.
 *
 * Writes are sent without waiting, with the COMMIT right behind them, so that a transaction takes two round trips however many
 * statements it has. That is safe here, and only here: after a failed statement, PostgreSQL refuses everything and turns the
 * COMMIT into a rollback.
 */
export class PostgresTransaction implements SqlTransaction {
  readonly dialect = 'postgres';
  readonly tables: Tables;
  readonly #client: ClientBase;
  readonly #sent: Promise<unknown>[];
  readonly #begun: Promise<unknown> | undefined;
  readonly #prepares: boolean;

  /**
   * @param sent statements sent without waiting: the BEGIN, right behind which the first statement is sent. All of them must
   *   have succeeded before the transaction counts as committed.
   * @param prepares parses each statement once a connection
   */
  constructor(tables: Tables, client: ClientBase, sent: Promise<unknown>[], prepares: boolean) {
    this.tables = tables;
    this.#client = client;
    this.#sent = sent;
    this.#begun = sent[0];
    this.#prepares = prepares;
  }

  async lockOrders(shop: string, orderNumbers: readonly string[]): Promise<Row[]> {
    const { rows } = await this.#query(
      `SELECT o.* FROM ${eachOf('$2')} CROSS JOIN LATERAL (
         SELECT ${VERSION_COLUMNS.join(', ')} FROM ${this.tables.orders} WHERE shop = $1 AND order_number = key FOR UPDATE) AS o`,
      [shop, orderNumbers],
    );
    return rows;
  }

  /** Waits for others that insert the same order; once they have committed, this fails with a duplicate key. */
  async insertOrders(rows: readonly OrderRow[]): Promise<void> {
    const { orders } = this.tables;
    const columns = ORDER_COLUMNS.map((column) => `r.${column}`).join(', ');
    const insert = `INSERT INTO ${orders} (${ORDER_COLUMNS.join(', ')})
       SELECT ${columns} FROM json_populate_recordset(NULL::${orders}, $1) AS r ORDER BY r.order_number`;
    void this.#send(writingAll(orders, insert, '$2'), [orderRows(rows), rows.length]);
  }

  async updateOrders(rows: readonly OrderRow[], updated: readonly OrderColumn[]): Promise<void> {
    const { orders } = this.tables;
    const update = `UPDATE ${orders} AS o SET (${updated.join(', ')}) = ROW(${updated.map((column) => `r.${column}`).join(', ')})
         FROM json_populate_recordset(NULL::${orders}, $1) AS r
        WHERE o.shop = r.shop AND o.order_number = r.order_number`;
    void this.#send(writingAll(orders, update, '$2'), [orderRows(rows), rows.length]);
  }

  async deleteLines(shop: string, orderNumbers: readonly string[]): Promise<void> {
    void this.#send(deleteFrom(this.tables.order_lines, 'order_number = key'), [shop, orderNumbers]);
  }

  async insertLines(rows: readonly LineRow[]): Promise<void> {
    const { order_lines: lines } = this.tables;
    const columns = LINE_COLUMNS.join(', ');
    const insert = `INSERT INTO ${lines} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${lines}, $1)`;
    void this.#send(writingAll(lines, insert, '$2'), [JSON.stringify(rows), rows.length]);
  }

  async saveLedger(rows: readonly LedgerRow[], updated: readonly LedgerColumn[]): Promise<void> {
    const { order_ledger: ledger } = this.tables;
    const columns = LEDGER_COLUMNS.join(', ');
    const upsert = `INSERT INTO ${ledger} (${columns})
       SELECT ${columns} FROM json_populate_recordset(NULL::${ledger}, $1) ORDER BY reference
       ON CONFLICT (shop, reference) DO UPDATE SET ${updated.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    void this.#send(writingAll(ledger, upsert, '$2'), [JSON.stringify(rows), rows.length]);
  }

  async deleteLedger(shop: string, references: readonly string[]): Promise<void> {
    void this.#send(deleteFrom(this.tables.order_ledger, 'reference = key'), [shop, references]);
  }

  async run(query: SqlQuery): Promise<Row[]> {
    const [rows] = await Promise.all([select(this.#client, query), this.#begun]);
    return rows;
  }

  async lockScan(shop: string, scan: LeaseName): Promise<Row> {
    const scans = this.tables.order_sync_reconciliation;
    await this.#query(`INSERT INTO ${scans} (shop, walk) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [shop, scan]);
    const { rows } = await this.#query(
      `SELECT ${SCAN_COLUMNS.join(', ')}, clock_timestamp() AS now
         FROM ${scans} WHERE shop = $1 AND walk = $2 FOR UPDATE`,
      [shop, scan],
    );
    return rows[0] ?? {};
  }

  async updateScan(shop: string, scan: LeaseName, row: ScanRow): Promise<void> {
    this.#update(this.tables.order_sync_reconciliation, row, 'shop = $1 AND walk = $2', [shop, scan]);
  }

  async lockDelivery(shop: string, shopOrderId: string, orderNumber: string): Promise<Row> {
    const { order_sync_deliveries: deliveries } = this.tables;
    await this.#query(
      `INSERT INTO ${deliveries} (shop, shop_order_id, order_number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [shop, shopOrderId, orderNumber],
    );
    const { rows } = await this.#query(
      `SELECT ${DELIVERY_COLUMNS.join(', ')}, clock_timestamp() AS now
         FROM ${deliveries} WHERE shop = $1 AND shop_order_id = $2 FOR UPDATE`,
      [shop, shopOrderId],
    );
    return rows[0] ?? {};
  }

  async updateDelivery(shop: string, shopOrderId: string, row: DeliveryChanges): Promise<void> {
    this.#update(this.tables.order_sync_deliveries, row, 'shop = $1 AND shop_order_id = $2', [shop, shopOrderId]);
  }

  /** @param condition with $1 and $2 for the key */
  #update(
    table: string,
    row: Readonly<Record<string, SqlValue>>,
    condition: string,
    key: readonly [string, string],
  ): void {
    const entries = Object.entries(row);
    const set = entries.map(([column], index) => `${column} = $${index + 3}`).join(', ');
    void this.#send(`UPDATE ${table} SET ${set} WHERE ${condition}`, [...key, ...entries.map(([, value]) => value)]);
  }

  #send(text: string, values: unknown[]): Promise<QueryResult<Row>> {
    const sent = this.#query(text, values);
    // Reported at the commit, which may be long after.
    sent.catch(() => undefined);
    this.#sent.push(sent);
    return sent;
  }

  /** Answers arrive in the order of the statements: a failed BEGIN is known before anything after it counts. */
  async #query(text: string, values: unknown[]): Promise<QueryResult<Row>> {
    const sent = this.#client.query<Row>(statement(text, values, this.#prepares));
    const [result] = await Promise.all([sent, this.#begun]);
    return result;
  }
}

function deleteFrom(table: string, condition: string): string {
  return `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
    SELECT found.ctid FROM ${eachOf('$2')} CROSS JOIN LATERAL (
      SELECT ctid FROM ${table} WHERE shop = $1 AND ${condition} FOR UPDATE) AS found))`;
}

/** The document is JSON text already: it goes into the parameter as it is, not as a string with every quote escaped. */
function orderRows(rows: readonly OrderRow[]): string {
  let text = '';
  for (const { document, ...columns } of rows) {
    text += `${text === '' ? '[' : ','}${JSON.stringify(columns).slice(0, -1)},"document":${document}}`;
  }
  return `${text}]`;
}
