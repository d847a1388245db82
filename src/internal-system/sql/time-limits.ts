/**
 * How long a database server may take, in ms. The server gives up first, so that a wait for a lock can be told from a server
 * that went silent: after `answer` without a word, the connection leads nowhere and is dropped.
 */
export const TIME_LIMITS_MS = {
  connect: 5_000,
  /** A row or table that another transaction holds. */
  lock: 8_000,
  statement: 10_000,
  /** A person's search, which no order has to wait for. */
  search: 2_000,
  answer: 12_000,
  /** After this, the server ends a transaction whose daemon stopped in the middle, and frees its locks. */
  idleInTransaction: 15_000,
  /** A statement that changes large tables, once. */
  migration: 600_000,
  /** A commit that only tries whether one comes back. */
  trial: 5_000,
  rollback: 2_000,
  /** For asking the server to give up a statement that it did not answer. */
  cancel: 2_000,
  close: 3_000,
} as const;
