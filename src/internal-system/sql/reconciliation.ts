import type {
  KnownOrder,
  LeaseName,
  OrderNames,
  ReconciliationStore,
  ScanState,
  TakenScan,
  UndeliveredOrder,
  VersionFacts,
} from '../reconciliation-store.ts';
import { type Row, SCAN_COLUMNS } from './columns.ts';
import { failureKey, referenceOf } from './ledger-keys.ts';
import {
  knownFrom,
  type LastEventRow,
  lastEventRow,
  nowRow,
  scanColumns,
  scanOf,
  storedRow,
  undeliveredRow,
  versionOf,
  versionRow,
} from './reconciliation-rows.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { TableName } from './tables.ts';

/** The orders that one query asks for. */
const MAX_ORDERS = 200;
/** The ids that one query asks for. */
const MAX_IDS = 1_000;
/** What was stored since is being delivered. */
const UNDER_WAY_MS = 300_000;
/** Its number as it was synced, and number and id as the names of failed events. */
const MAX_KEYS = 3 * MAX_ORDERS;

/** Reconciliation's part of the SQL internal systems: a row per shop and scan, and lookups in orders and ledger. */
export class SqlReconciliation implements ReconciliationStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async knownOrders(orders: readonly OrderNames[]): Promise<readonly KnownOrder[]> {
    const known: KnownOrder[] = [];
    for (let start = 0; start < orders.length; start += MAX_ORDERS) {
      const some = orders.slice(start, start + MAX_ORDERS);
      const numbers = some.map(({ orderNumber }) => orderNumber);
      const ids = some.flatMap(({ shopOrderId }) => (shopOrderId === undefined ? [] : [shopOrderId]));
      const failures = new Set([...numbers, ...ids].map(failureKey));
      // Events first: an order stored between the two queries is then seen as stored.
      const events = await this.#lastEvents([...numbers, ...failures]);
      const rows = await this.#select(Object.keys(storedRow.shape), 'orders', 'order_number', numbers, MAX_ORDERS);
      const stored = rows.map((row) => storedRow.parse(row));
      const more = stored.map((row) => failureKey(row.shop_order_id)).filter((key) => !failures.has(key));
      events.push(...(await this.#lastEvents(more)));
      known.push(...knownFrom(some, stored, events, await this.#ambiguousNames(events, numbers)));
    }
    return known;
  }

  async storedVersions(shopOrderIds: readonly string[]): Promise<ReadonlyMap<string, VersionFacts>> {
    if (shopOrderIds.length === 0) return new Map();
    const rows = await this.#select(Object.keys(versionRow.shape), 'orders', 'shop_order_id', shopOrderIds, MAX_IDS);
    return new Map(rows.map((row) => versionOf(row)));
  }

  async undeliveredOrders(after: string | null): Promise<readonly UndeliveredOrder[]> {
    const { orders, order_ledger: ledger } = this.#database.tables;
    const rows = await this.#database.read({
      sql: `SELECT l.reference AS ledger_key, o.order_number, o.shop_order_id, o.status, o.updated_at
              FROM ${ledger} l JOIN ${orders} o
                ON o.shop = l.shop AND o.order_number = l.order_number AND o.shop_order_id = l.shop_order_id
             WHERE l.shop = ? AND l.state = 'undelivered' AND l.updated_at < ? AND l.reference > ?
             ORDER BY l.reference LIMIT ?`,
      values: [this.#shop, new Date(Date.now() - UNDER_WAY_MS), after ?? '', MAX_ORDERS],
    });
    return rows.map((raw) => {
      const row = undeliveredRow.parse(raw);
      const {
        ledger_key: key,
        status,
        order_number: orderNumber,
        shop_order_id: shopOrderId,
        updated_at: updatedAt,
      } = row;
      return { key, orderNumber, shopOrderId, status, updatedAt };
    });
  }

  async takeLease(scan: LeaseName, holder: string, leaseMs: number): Promise<TakenScan | undefined> {
    return await this.#database.transaction(async (transaction) => {
      const row = await transaction.lockScan(this.#shop, scan);
      const { state, holder: before, leaseUntil } = scanOf(row);
      const { now } = nowRow.parse(row);
      const isTaken = before !== null && before !== holder && leaseUntil !== null && leaseUntil > now;
      if (isTaken) return undefined;
      const lease = { lease_holder: holder, lease_until: after(now, leaseMs) };
      await transaction.updateScan(this.#shop, scan, lease);
      return { state, now };
    });
  }

  async saveScan(scan: LeaseName, holder: string, leaseMs: number, changes: Partial<ScanState>): Promise<boolean> {
    return await this.#database.transaction(async (transaction) => {
      const row = await transaction.lockScan(this.#shop, scan);
      if (scanOf(row).holder !== holder) return false;
      const { now } = nowRow.parse(row);
      await transaction.updateScan(this.#shop, scan, { ...scanColumns(changes), lease_until: after(now, leaseMs) });
      return true;
    });
  }

  async releaseLease(scan: LeaseName, holder: string): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const row = await transaction.lockScan(this.#shop, scan);
      if (scanOf(row).holder !== holder) return;
      await transaction.updateScan(this.#shop, scan, { lease_holder: null, lease_until: null });
    });
  }

  async readScan(scan: LeaseName): Promise<ScanState> {
    const [row] = await this.#database.read({
      sql: `SELECT ${SCAN_COLUMNS.join(', ')} FROM ${this.#database.tables.order_sync_reconciliation} WHERE shop = ? AND walk = ?`,
      values: [this.#shop, scan],
    });
    return scanOf(row).state;
  }

  async #lastEvents(keys: readonly string[]): Promise<LastEventRow[]> {
    if (keys.length === 0) return [];
    const columns = Object.keys(lastEventRow.shape);
    const rows = await this.#select(columns, 'order_ledger', 'reference', keys, MAX_KEYS);
    return rows.map((row) => lastEventRow.parse(row));
  }

  /** Names by which an event failed before the fetch, and that are one order's id and another's number. */
  async #ambiguousNames(events: readonly LastEventRow[], numbers: readonly string[]): Promise<ReadonlySet<string>> {
    const names = events.filter((row) => row.order_number === null).map((row) => referenceOf(row.reference));
    const ids = await this.#namesIn('shop_order_id', names);
    const others = [...ids].filter((name) => !numbers.includes(name));
    const taken = await this.#namesIn('order_number', others);
    return new Set([...ids].filter((name) => numbers.includes(name) || taken.has(name)));
  }

  /** Those of the names that are some order's number, or id, and not both. */
  async #namesIn(column: 'order_number' | 'shop_order_id', names: readonly string[]): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set();
    const rows = await this.#select(['order_number', 'shop_order_id'], 'orders', column, names, MAX_KEYS);
    const distinct = rows.filter((row) => row['order_number'] !== row['shop_order_id']);
    return new Set(distinct.map((row) => String(row[column])));
  }

  async #select(
    columns: readonly string[],
    table: TableName,
    key: string,
    keys: readonly string[],
    maxKeys: number,
  ): Promise<Row[]> {
    return await this.#database.lookUp({ table, columns, shop: this.#shop, key, keys, maxKeys });
  }
}

function after(now: string, ms: number): Date {
  return new Date(Date.parse(now) + ms);
}
