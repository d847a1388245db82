import type { Shipment } from '../../orders/shipment.ts';
import { type Conflict, conflictsText, withRaised } from '../conflicts.ts';
import type {
  ReadShipment,
  ShipmentFailure,
  ShipmentName,
  ShipmentRecord,
  ShipmentStore,
  TakenShipment,
} from '../shipment-store.ts';
import { nowRow } from './reconciliation-rows.ts';
import { storedVersions } from './records.ts';
import {
  enteredShipment,
  leaseRow,
  orderRow,
  RECORD_COLUMNS,
  readRow,
  shipmentRecord,
  shipmentsOf,
} from './shipment-rows.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

const MAX_ERROR_LENGTH = 2_000;
const MAX_COMPARED = 10_000;
const THIS_ROW = 'shop = ? AND order_number = ? AND shipment_id = ?';

/** The shipments' part of the SQL internal systems. */
export class SqlShipments implements ShipmentStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async pending(limit: number): Promise<readonly ReadShipment[]> {
    const rows = await this.#database.read({
      sql: `SELECT order_number, shipment_id, content FROM ${this.#table}
             WHERE shop = ? AND pending = TRUE ORDER BY created_at LIMIT ?`,
      values: [this.#shop, limit],
    });
    return rows.map((row) => readRow.parse(row));
  }

  async noteSent(sent: readonly ReadShipment[]): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const now = await this.#now(transaction);
      for (const shipment of sent.toSorted(byName)) await this.#noteSent(transaction, shipment, now);
    });
  }

  async sendAgain(sentForMs: number): Promise<number> {
    return await this.#database.transaction(async (transaction) => {
      const before = new Date((await this.#now(transaction)).getTime() - sentForMs);
      const lost = `shop = ? AND state = 'sent' AND sent_at < ? AND pending = FALSE`;
      const values = [this.#shop, before];
      const rows = await transaction.run({ sql: `SELECT shipment_id FROM ${this.#table} WHERE ${lost}`, values });
      if (rows.length === 0) return 0;
      await transaction.run({ sql: `UPDATE ${this.#table} SET sent_content = NULL WHERE ${lost}`, values });
      return rows.length;
    });
  }

  /** All of the order's rows are leased, so that no two daemons work on one order: whoever comes later finds some taken. */
  async take(name: ShipmentName, holder: string, leaseMs: number): Promise<TakenShipment | 'taken' | undefined> {
    return await this.#database.transaction(async (transaction) => {
      const now = await this.#now(transaction);
      await transaction.run({
        sql: `UPDATE ${this.#table} SET lease_holder = ?, lease_until = ?
               WHERE shop = ? AND order_number = ? AND (lease_until IS NULL OR lease_until <= ?)`,
        values: [holder, new Date(now.getTime() + leaseMs), this.#shop, name.orderNumber, now],
      });
      const rows = await transaction.run({
        sql: `SELECT ${RECORD_COLUMNS}, content, reported_content, lease_holder FROM ${this.#table}
               WHERE shop = ? AND order_number = ?`,
        values: [this.#shop, name.orderNumber],
      });
      if (rows.some((row) => leaseRow.parse(row).lease_holder !== holder)) {
        await this.#release(transaction, name, holder);
        return 'taken';
      }
      const row = rows.find((candidate) => candidate['shipment_id'] === name.shipmentId);
      if (row === undefined) {
        await this.#release(transaction, name, holder);
        return undefined;
      }
      const { content, reported_content: reportedContent } = leaseRow.parse(row);
      // Whoever sent its event has perhaps not noted it yet.
      await this.#noteSent(transaction, { ...name, content }, now);
      const [order] = await transaction.run({
        sql: `SELECT o.shop_order_id, o.status, ${this.#database.documentAsText} AS document FROM ${this.#database.tables.orders} o
               WHERE o.shop = ? AND o.order_number = ?`,
        values: [this.#shop, name.orderNumber],
      });
      const known = order === undefined ? undefined : orderRow.parse(order);
      const entered = enteredShipment(shipmentRecord(row), known?.shopOrderId ?? null);
      const reportedTrackingNumber = trackingNumberIn(reportedContent);
      return { ...name, content, reportedContent, reportedTrackingNumber, entered, order: known };
    });
  }

  async release(name: ShipmentName, holder: string): Promise<void> {
    await this.#database.transaction((transaction) => this.#release(transaction, name, holder));
  }

  async noteReported({ content, ...name }: ReadShipment, note: string | undefined): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const now = await this.#now(transaction);
      await transaction.run({
        sql: `UPDATE ${this.#table} SET state = 'reported', sent_content = ?, reported_content = ?, reported_at = ?, note = ?,
                     error = NULL WHERE ${THIS_ROW}`,
        values: [content, content, now, note ?? null, ...this.#key(name)],
      });
    });
  }

  async noteFailed(name: ShipmentName, { state, error }: ShipmentFailure): Promise<Conflict | undefined> {
    return await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `UPDATE ${this.#table} SET state = ?, error = ? WHERE ${THIS_ROW} AND pending = FALSE`,
        values: [state, error.slice(0, MAX_ERROR_LENGTH), ...this.#key(name)],
      });
      return state === 'conflict' ? await this.#raiseConflict(transaction, name) : undefined;
    });
  }

  async record(shipment: Shipment): Promise<'recorded' | 'corrected' | 'unchanged'> {
    return await this.#database.transaction(async (transaction) => {
      const before = await this.#content(transaction, shipment);
      const { carrier, trackingNumber, trackingUrl, shippedAt, lines } = shipment;
      const items = lines === null ? null : JSON.stringify(lines.map(withoutNulls));
      const values = [carrier, trackingNumber, trackingUrl, new Date(shippedAt), items];
      if (before === undefined) {
        await transaction.run({
          sql: `INSERT INTO ${this.#table}
                  (shop, order_number, shipment_id, carrier, tracking_number, tracking_url, shipped_at, items)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          values: [...this.#key(shipment), ...values],
        });
        return 'recorded';
      }
      await transaction.run({
        sql: `UPDATE ${this.#table} SET carrier = ?, tracking_number = ?, tracking_url = ?, shipped_at = ?, items = ?
               WHERE ${THIS_ROW}`,
        values: [...values, ...this.#key(shipment)],
      });
      return (await this.#content(transaction, shipment)) === before ? 'unchanged' : 'corrected';
    });
  }

  async ofOrder(orderNumber: string): Promise<readonly ShipmentRecord[]> {
    return await this.ofOrders([orderNumber]);
  }

  async ofOrders(orderNumbers: readonly string[]): Promise<readonly ShipmentRecord[]> {
    if (orderNumbers.length === 0) return [];
    return (await this.#database.read(shipmentsOf(this.#table, this.#shop, orderNumbers))).map(shipmentRecord);
  }

  async reportedWithin(ms: number): Promise<readonly ShipmentRecord[]> {
    const rows = await this.#database.transaction(async (transaction) => {
      const since = new Date((await this.#now(transaction)).getTime() - ms);
      return await transaction.run({
        sql: `SELECT ${RECORD_COLUMNS} FROM ${this.#table}
               WHERE shop = ? AND state = 'reported' AND pending = FALSE AND reported_at >= ?
               ORDER BY order_number, shipment_id LIMIT ?`,
        values: [this.#shop, since, MAX_COMPARED],
      });
    });
    return rows.map(shipmentRecord);
  }

  async reportAgain(name: ShipmentName): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `UPDATE ${this.#table} SET sent_content = NULL, reported_content = NULL WHERE ${THIS_ROW}`,
        values: this.#key(name),
      });
    });
  }

  /** Its order was cancelled or refunded in the shop, which the stored order may not show yet. */
  async #raiseConflict(transaction: SqlTransaction, { orderNumber }: ShipmentName): Promise<Conflict | undefined> {
    const [version] = storedVersions(await transaction.lockOrders(this.#shop, [orderNumber])).values();
    if (version === undefined) return undefined;
    const conflict = version.status === 'refunded' ? 'refunded' : 'cancelled';
    if (version.conflicts.includes(conflict)) return undefined;
    await transaction.run({
      sql: `UPDATE ${this.#database.tables.orders} SET cancel_conflict = ?, conflicts = ?, conflict_at = ?
             WHERE shop = ? AND order_number = ?`,
      values: [
        true,
        conflictsText(withRaised(version.conflicts, [conflict])),
        version.conflictAt === null ? await this.#now(transaction) : new Date(version.conflictAt),
        this.#shop,
        orderNumber,
      ],
    });
    return conflict;
  }

  async #noteSent(transaction: SqlTransaction, { content, ...name }: ReadShipment, now: Date): Promise<void> {
    await transaction.run({
      sql: `UPDATE ${this.#table} SET sent_content = ?, sent_at = ?, state = 'sent', error = NULL
             WHERE ${THIS_ROW} AND pending = TRUE`,
      values: [content, now, ...this.#key(name)],
    });
  }

  async #content(transaction: SqlTransaction, name: ShipmentName): Promise<unknown> {
    const sql = `SELECT content FROM ${this.#table} WHERE ${THIS_ROW}`;
    const [row] = await transaction.run({ sql, values: this.#key(name) });
    return row?.['content'];
  }

  async #release(transaction: SqlTransaction, { orderNumber }: ShipmentName, holder: string): Promise<void> {
    await transaction.run({
      sql: `UPDATE ${this.#table} SET lease_holder = NULL, lease_until = NULL
             WHERE shop = ? AND order_number = ? AND lease_holder = ?`,
      values: [this.#shop, orderNumber, holder],
    });
  }

  async #now(transaction: SqlTransaction): Promise<Date> {
    const [row] = await transaction.run({ sql: `SELECT ${this.#database.clock} AS now`, values: [] });
    return new Date(nowRow.parse(row).now);
  }

  #key({ orderNumber, shipmentId }: ShipmentName): string[] {
    return [this.#shop, orderNumber, shipmentId];
  }

  get #table(): string {
    return this.#database.tables.order_shipments;
  }
}

/** Two daemons lock rows in the same order. */
function byName(a: ShipmentName, b: ShipmentName): number {
  return a.orderNumber.localeCompare(b.orderNumber) || a.shipmentId.localeCompare(b.shipmentId);
}

/** Each schema.ts joins the columns in this order. */
function trackingNumberIn(content: string | null): string | null {
  return content?.split('\x1f')[1] || null;
}

/** As staff would write it. */
function withoutNulls(line: object): object {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== null));
}
