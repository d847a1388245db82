import { z } from 'zod';
import { parseOrder } from '../../orders/order.ts';
import { withoutBuyer } from '../../orders/without-buyer.ts';
import { texts } from '../../orders/without-personal.ts';
import { NOT_YET_PICKED } from '../conflicts.ts';
import { ledgerReason } from '../ledger.ts';
import type { PrivacyStore, RememberedBecause } from '../privacy-store.ts';
import type { Row } from './columns.ts';
import { failureKey } from './ledger-keys.ts';
import { endOfPage } from './pages.ts';
import type { Source } from './queries.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

const orderRow = z.object({
  shop_order_id: z.string(),
  status: z.string(),
  fulfilment_status: z.string(),
  revision: z.coerce.number(),
  document: z.string(),
});
type StoredRow = z.output<typeof orderRow>;

/** An order that can't be read any more keeps nothing. */
const NOTHING = '{}';

export class SqlPrivacy implements PrivacyStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;
  readonly #isLedger: boolean;

  constructor({ database, isLedger }: Source & { readonly database: SqlDatabase }, shop: string) {
    this.#database = database;
    this.#shop = shop;
    this.#isLedger = isLedger;
  }

  async ordersOf(email: string, after: string | null) {
    const { documentAsText, tables } = this.#database;
    const wanted = email.trim().toLowerCase();
    const last = await endOfPage(this.#database, this.#shop, after);
    // Every database has words of its own for what is in a document, and all of them can leave out what does not mention it.
    const rows = await this.#database.read({
      sql: `SELECT o.order_number, ${documentAsText} AS document FROM ${tables.orders} o
             WHERE o.shop = ? AND o.order_number > ?${last === null ? '' : ' AND o.order_number <= ?'}
               AND lower(${documentAsText}) LIKE ?`,
      values: [this.#shop, after ?? '', ...(last === null ? [] : [last]), `%${wanted}%`],
    });
    const isTheirs = (row: Row) => textsIn(String(row['document'])).includes(wanted);
    return { orderNumbers: rows.filter(isTheirs).map((row) => String(row['order_number'])), last };
  }

  async forget(orderNumber: string, evenIfOpen: boolean): Promise<'forgotten' | 'unknown' | RememberedBecause> {
    return await this.#database.transaction(async (transaction) => {
      await transaction.lockOrders(this.#shop, [orderNumber]);
      const row = await this.#read(transaction, orderNumber);
      if (row === undefined) return 'unknown';
      const why = evenIfOpen ? undefined : await this.#whyNot(transaction, row);
      if (why !== undefined) return why;
      await this.#forgetOrder(transaction, orderNumber, row);
      await this.#forgetFailures(transaction, orderNumber, row);
      if (this.#isLedger) await this.#forgetDelivered(transaction, row);
      return 'forgotten';
    });
  }

  async #read(transaction: SqlTransaction, orderNumber: string): Promise<StoredRow | undefined> {
    const { documentAsText, tables } = this.#database;
    const [row] = await transaction.run({
      sql: `SELECT o.shop_order_id, o.status, o.fulfilment_status, o.revision, ${documentAsText} AS document
              FROM ${tables.orders} o WHERE o.shop = ? AND o.order_number = ?`,
      values: [this.#shop, orderNumber],
    });
    return row === undefined ? undefined : orderRow.parse(row);
  }

  async #whyNot(transaction: SqlTransaction, row: StoredRow): Promise<RememberedBecause | undefined> {
    const { order_sync_deliveries: deliveries, order_ledger: ledger } = transaction.tables;
    if (row.status === 'pending') return 'open';
    if (!this.#isLedger) {
      const isToShip = row.status === 'paid' || row.status === 'on_hold';
      return isToShip && row.fulfilment_status === NOT_YET_PICKED ? 'open' : undefined;
    }
    const values = [this.#shop, row.shop_order_id];
    const [waiting] = await transaction.run({
      sql: `SELECT 1 AS found FROM ${ledger} WHERE shop = ? AND shop_order_id = ? AND state = 'undelivered'`,
      values,
    });
    const [delivery] = await transaction.run({
      sql: `SELECT delivered_revision FROM ${deliveries} WHERE shop = ? AND shop_order_id = ?`,
      values,
    });
    const isBehind = delivery !== undefined && Number(delivery['delivered_revision']) !== row.revision;
    return waiting !== undefined || isBehind ? 'undelivered' : undefined;
  }

  async #forgetOrder(transaction: SqlTransaction, orderNumber: string, { document }: StoredRow): Promise<void> {
    await transaction.run({
      sql: `UPDATE ${transaction.tables.orders} SET buyer_name = NULL, document = ?, forgotten_at = ?
             WHERE shop = ? AND order_number = ?`,
      values: [documentWithoutBuyer(document), new Date(), this.#shop, orderNumber],
    });
  }

  /** The shop or the database may have quoted the order. The reason stays. */
  async #forgetFailures(transaction: SqlTransaction, orderNumber: string, row: StoredRow): Promise<void> {
    const { order_ledger: ledger } = transaction.tables;
    const names = [orderNumber, failureKey(orderNumber), failureKey(row.shop_order_id)];
    const rows = await transaction.run({
      sql: `SELECT reference, last_error FROM ${ledger}
             WHERE shop = ? AND (shop_order_id = ? OR reference IN (?, ?, ?)) AND last_error IS NOT NULL ORDER BY reference`,
      values: [this.#shop, row.shop_order_id, ...names],
    });
    for (const { reference, last_error: error } of rows) {
      await transaction.run({
        sql: `UPDATE ${ledger} SET last_error = ? WHERE shop = ? AND reference = ?`,
        values: [`${ledgerReason(String(error)) ?? 'unexpected'}: ${FORGOTTEN}`, this.#shop, String(reference)],
      });
    }
  }

  /** What the ERP was given is what the next change is compared with. */
  async #forgetDelivered(transaction: SqlTransaction, { shop_order_id: id }: StoredRow): Promise<void> {
    const { order_sync_deliveries: deliveries } = transaction.tables;
    const which = 'shop = ? AND shop_order_id = ? AND delivered_document IS NOT NULL';
    const [row] = await transaction.run({
      sql: `SELECT delivered_document FROM ${deliveries} WHERE ${which}`,
      values: [this.#shop, id],
    });
    if (row === undefined) return;
    const { delivered_document: document } = row;
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    await transaction.run({
      sql: `UPDATE ${deliveries} SET delivered_document = ? WHERE ${which}`,
      values: [documentWithoutBuyer(text), this.#shop, id],
    });
  }
}

const FORGOTTEN = "deleted with the buyer's data";

function documentWithoutBuyer(document: string): string {
  const parsed = readOrder(document);
  return parsed === undefined ? NOTHING : JSON.stringify(withoutBuyer(parsed));
}

function readOrder(document: string) {
  try {
    const parsed = parseOrder(JSON.parse(document));
    return 'order' in parsed ? parsed.order : undefined;
  } catch {
    return undefined;
  }
}

/** In lower case. */
function textsIn(document: string): string[] {
  try {
    return texts(JSON.parse(document)).map((text) => text.toLowerCase());
  } catch {
    return [];
  }
}
