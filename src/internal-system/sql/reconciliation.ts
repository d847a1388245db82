import type { KnownOrder, ReconciliationStore, ScanKind, ScanState, TakenScan } from '../reconciliation-store.ts';
import { type Row, SCAN_COLUMNS } from './columns.ts';
import { lastEventRow, nowRow, scanColumns, scanOf, storedRow } from './reconciliation-rows.ts';
import type { SqlDatabase } from './sql-database.ts';

/** The orders that one query asks for. */
const MAX_NUMBERS = 200;

/** Reconciliation's part of the SQL internal systems: a row per shop and scan, and lookups in orders and ledger. */
export class SqlReconciliation implements ReconciliationStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async knownOrders(orderNumbers: readonly string[]): Promise<ReadonlyMap<string, KnownOrder>> {
    const known = new Map<string, KnownOrder>();
    for (let start = 0; start < orderNumbers.length; start += MAX_NUMBERS) {
      const numbers = orderNumbers.slice(start, start + MAX_NUMBERS);
      // Events first: an order stored between the two queries is then seen as stored.
      const events = await this.#select(Object.keys(lastEventRow.shape), 'order_ledger', 'reference', numbers);
      const orders = await this.#select(Object.keys(storedRow.shape), 'orders', 'order_number', numbers);
      for (const raw of events) {
        const { reference, state, updated_at: at } = lastEventRow.parse(raw);
        known.set(reference, { stored: undefined, lastEvent: { state, at } });
      }
      for (const raw of orders) {
        const row = storedRow.parse(raw);
        const stored = {
          status: row.status,
          updatedAt: row.updated_at,
          contentHash: row.content_hash,
          placedAt: row.placed_at,
          currency: row.currency,
          grandTotal: row.grand_total,
        };
        known.set(row.order_number, { stored, lastEvent: known.get(row.order_number)?.lastEvent });
      }
    }
    return known;
  }

  async takeLease(scan: ScanKind, holder: string, leaseMs: number): Promise<TakenScan | undefined> {
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

  async saveScan(scan: ScanKind, holder: string, leaseMs: number, changes: Partial<ScanState>): Promise<boolean> {
    return await this.#database.transaction(async (transaction) => {
      const row = await transaction.lockScan(this.#shop, scan);
      if (scanOf(row).holder !== holder) return false;
      const { now } = nowRow.parse(row);
      await transaction.updateScan(this.#shop, scan, { ...scanColumns(changes), lease_until: after(now, leaseMs) });
      return true;
    });
  }

  async releaseLease(scan: ScanKind, holder: string): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const row = await transaction.lockScan(this.#shop, scan);
      if (scanOf(row).holder !== holder) return;
      await transaction.updateScan(this.#shop, scan, { lease_holder: null, lease_until: null });
    });
  }

  async readScan(scan: ScanKind): Promise<ScanState> {
    const [row] = await this.#database.read({
      sql: `SELECT ${SCAN_COLUMNS.join(', ')} FROM order_sync_reconciliation WHERE shop = ? AND walk = ?`,
      values: [this.#shop, scan],
    });
    return scanOf(row).state;
  }

  /** Always with the same number of placeholders, so that a database that caches statements caches just these. */
  async #select(columns: readonly string[], table: string, key: string, values: readonly string[]): Promise<Row[]> {
    const [first = ''] = values;
    const padded = Array.from({ length: MAX_NUMBERS }, (_, index) => values[index] ?? first);
    return await this.#database.read({
      sql: `SELECT ${columns.join(', ')} FROM ${table}
             WHERE shop = ? AND ${key} IN (${padded.map(() => '?').join(', ')})`,
      values: [this.#shop, ...padded],
    });
  }
}

function after(now: string, ms: number): Date {
  return new Date(Date.parse(now) + ms);
}
