import type { Notify } from '../internal-system.ts';
import type { EventInfo } from '../ledger.ts';
import type { Version } from '../newest-wins.ts';
import type { LeaseName } from '../reconciliation-store.ts';
import type {
  DeliveryChanges,
  LedgerColumn,
  LedgerRow,
  LineRow,
  OrderColumn,
  OrderRow,
  Row,
  ScanRow,
  SqlValue,
} from './columns.ts';
import type { Dialect } from './dialect.ts';
import type { SearchAccess } from './search/access.ts';
import type { TableName, Tables } from './tables.ts';

/** An order written for the first time. */
export interface NewOrder {
  readonly version: Version;
  readonly eventInfo: EventInfo;
}

/** How a database server is reached. */
export interface ServerOptions {
  /** `postgres://…` or `mysql://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  /** Asked when the server refuses the credentials: they may have been rotated. */
  readonly currentUrl: () => string;
  /** Before the name of each table and index of ours. */
  readonly tablePrefix: string;
  readonly notify: Notify;
  readonly connected: Connected;
}

/**
 * Told of each new connection: it may lead to another server than the one before, or to one that was restored from a backup.
 *
 * @param server `host:port`, or the path of a socket or a file
 */
export type Connected = (server: string) => void;

export interface SqlQuery {
  /** With `?` for each value. */
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** The table that it is about, for errors in which the server names none. */
  readonly table?: string;
}

/** Rows of a shop by their keys: by a column that, together with the shop, an index of the table has. */
export interface KeyQuery {
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly shop: string;
  readonly key: string;
  readonly keys: readonly string[];
  /** There are never more keys in a query of this kind. */
  readonly maxKeys: number;
}

/**
 * What SQLite, PostgreSQL and MySQL each do in their own way. Everything they do alike (the steps of a write, the ledger, the
 * queries) is here once, in this folder.
 *
 * Every method throws SyncError, or ConfigError where a person must change something first.
 */
export interface SqlDatabase {
  /** Known once it is open. */
  readonly tables: Tables;

  /** The `document` column of `orders o` as text. */
  readonly documentAsText: string;

  /** The server's clock: an expression. */
  readonly clock: string;

  /** The most concurrent writes that get more done than one after the other. */
  readonly maxWrites: number;

  /** Connects, and brings the tables to this program's version. May be called again after a failure. */
  open(): Promise<void>;

  /**
   * Runs `work` in one transaction and commits it. If it loses a race against another transaction, it is rolled back and
   * `work` runs again, so `work` must have no effect outside the transaction.
   */
  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T>;

  /**
   * Writes those of these orders that have left no trace yet, neither under their number nor under their id, in a transaction
   * of its own, and returns the numbers of the others. Absent where looking first costs next to nothing.
   */
  insertNew?(shop: string, orders: readonly NewOrder[], syncedAt: string): Promise<readonly string[]>;

  read(query: SqlQuery): Promise<Row[]>;

  /** Those of the rows that there are, each found by its key, however many orders the shop has. */
  lookUp(query: KeyQuery): Promise<Row[]>;

  /** By what is known of the buyer or the parcel. */
  readonly search: SearchAccess;

  /**
   * Resolves if orders could be written now: connection, tables, privileges, and a commit that comes back in time. One that does
   * not is cancelled on the server, and the error says what it waited for.
   *
   * @param probes statements that need what a write needs, and touch no row
   */
  check(probes: readonly string[], trial: Trial): Promise<void>;

  close(): Promise<void>;
}

/** Writes what is committed to see whether a commit comes back. */
export type Trial = (transaction: SqlTransaction) => Promise<void>;

/** The statements of a write. Lists are never empty, and sorted by key so that two daemons lock rows in the same order. */
export interface SqlTransaction {
  readonly dialect: Dialect;
  readonly tables: Tables;

  /** The rows of these orders that exist, locked until the transaction ends. */
  lockOrders(shop: string, orderNumbers: readonly string[]): Promise<Row[]>;

  /**
   * Fails if one of them is stored under its number or its id after all, inserted by another transaction or under a number that
   * was not looked up: the transaction then runs again, and sees it.
   */
  insertOrders(rows: readonly OrderRow[]): Promise<void>;

  /** Writes these columns of rows that exist and are locked. */
  updateOrders(rows: readonly OrderRow[], updated: readonly OrderColumn[]): Promise<void>;

  deleteLines(shop: string, orderNumbers: readonly string[]): Promise<void>;

  insertLines(rows: readonly LineRow[]): Promise<void>;

  /** Inserts ledger rows; in existing ones, writes only the `updated` columns. */
  saveLedger(rows: readonly LedgerRow[], updated: readonly LedgerColumn[]): Promise<void>;

  /** Removes the ledger rows with these references. */
  deleteLedger(shop: string, references: readonly string[]): Promise<void>;

  /** A statement that is the same everywhere, and rare: it is not prepared. */
  run(query: SqlQuery): Promise<Row[]>;

  /** The row of a scan, created if need be, locked until the transaction ends; with the server's clock as `now`. */
  lockScan(shop: string, scan: LeaseName): Promise<Row>;

  /** Writes these columns of the row that `lockScan` has locked. */
  updateScan(shop: string, scan: LeaseName, row: ScanRow): Promise<void>;

  /** The row of an order's deliveries, created if need be, locked until the transaction ends; with the server's clock as `now`. */
  lockDelivery(shop: string, shopOrderId: string, orderNumber: string): Promise<Row>;

  /** Writes these columns of the row that `lockDelivery` has locked. */
  updateDelivery(shop: string, shopOrderId: string, row: DeliveryChanges): Promise<void>;
}
