import type { Order } from '../../orders/order.ts';

/** A value for a column or a placeholder. A Date is an instant; decimals are text. */
export type Value = string | number | bigint | boolean | Date | null;

/** A value that is undefined is refused: null is "none". */
export type Columns = Readonly<Record<string, Value | undefined>>;

/** A row of the company's, in the driver's types: decimals are text, large integers may be. */
export type CompanyRow = Columns;

/** A new content of an order, which is being stored in the same transaction. */
export interface MappedOrder {
  readonly order: Order;
  /** As it was stored before; null for a new order, and when `order-sync backfill` maps what is stored. */
  readonly previous: Order | null;
  /** 1 for the first content of the order, and one more with each change. */
  readonly revision: number;
  /** SHOP_NAME: several shops may write into the same tables. */
  readonly shop: string;
}

/**
 * The company's own tables, in the transaction that stores the order: both commit, or neither. Names are quoted, values are
 * parameters. Tables are in the database of INTERNAL_SYSTEM_URL, or `schema.table`.
 *
 * A statement that fails fails the order, even if the mapping catches the error.
 */
export interface CompanyTables {
  /** Any statement, with `?` for each value; its rows, if it returns some. A literal question mark goes in as a value. */
  query(sql: string, values?: readonly Value[]): Promise<CompanyRow[]>;

  /**
   * Makes the one row with these keys hold these columns. What is not named is never touched: it belongs to the staff. A row that
   * holds all of it already is not written.
   *
   * @returns the whole row, with the id that the database gave it
   */
  upsert(table: string, keys: Columns, columns: Columns, options?: UpsertOptions): Promise<CompanyRow>;

  /**
   * Makes these the rows of one parent: those that are new are inserted, those that changed updated, those that are not named
   * deleted. A row is known again by its key columns, and keeps whatever else it holds.
   *
   * @param parent such as `{ order_id: 17 }`
   * @param keyColumns columns of `rows` that tell those of one parent apart
   */
  replaceLines(
    table: string,
    parent: Columns,
    rows: readonly Columns[],
    keyColumns: readonly string[],
    options?: InsertOptions,
  ): Promise<void>;

  /** Always adds a row, with each content of the order: for journals. */
  insert(table: string, columns: Columns): Promise<void>;

  /** Writes these columns of all rows with these keys. @returns how many there are */
  update(table: string, keys: Columns, columns: Columns): Promise<number>;
}

export interface InsertOptions {
  /** What a new row begins with, and staff may change. */
  readonly insertOnly?: Columns;
}

export interface UpsertOptions extends InsertOptions {
  /** The keys that the row may still have, because the shop gave the order another number: it gets the new ones. */
  readonly formerKeys?: Columns | null;
}

/**
 * Writes one order into the company's tables. It may run several times for one content of an order, in transactions of which
 * only one commits: it has no effect outside of them.
 *
 * @throws SyncError `write_rejected` for an order that it can't write
 */
export type OrderMapping = (change: MappedOrder, tables: CompanyTables) => Promise<void>;

/** Gives the mapping its types: `export default defineMapping(async ({ order }, tables) => { … })`. */
export function defineMapping(mapping: OrderMapping): OrderMapping {
  return mapping;
}
