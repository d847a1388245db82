import type { SearchKind, SearchTerm } from '../../search/order-search.ts';
import type { Row, SqlValue } from '../columns.ts';

/**
 * An index behind the search. None is part of a migration, which every daemon waits for: it is built beside the daemons that write,
 * and without it orders arrive all the same. They are on expressions of the stored document, so no write knows of them, and what is
 * deleted from an order is found no more.
 */
export interface SearchIndex {
  readonly name: string;
  /** Create it, if need be with its column. */
  readonly statements: readonly string[];
}

/** Rows of `orders o` that a term finds by one index. */
export interface SearchCondition {
  readonly kind: SearchKind;
  /** A table or a join, with the index where the database has to be told. */
  readonly from: string;
  /** The shop is part of it. */
  readonly where: string;
  readonly values: readonly SqlValue[];
}

/** With `?` for each value. */
export interface SearchQuery {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** How a database searches orders: each in its own way, as none of their indexes is like another's. All methods throw SyncError. */
export interface SearchAccess {
  /** Every index that it needs. */
  readonly indexes: readonly SearchIndex[];

  /** The names of those that are there and in use. */
  present(): Promise<ReadonlySet<string>>;

  /** Creates one beside those who write. Returns at once if another daemon is about it. */
  create(index: SearchIndex): Promise<void>;

  /** How the shop's orders are found; several conditions where a term takes several indexes. */
  conditions(shop: string, term: SearchTerm): readonly SearchCondition[];

  /** Reads by an index, and for a limited time: people's questions hold up no order. */
  read(query: SearchQuery): Promise<Row[]>;
}
