/**
 * How long a database server may take, in ms. The server gives up first, so that a wait on a lock is told apart from a
 * server that went silent: whoever hears nothing for `answer` talks to a black hole and drops the connection.
 */
export const TIME_LIMITS_MS = {
  connect: 5_000,
  /** A row or table that another transaction holds. */
  lock: 8_000,
  statement: 10_000,
  answer: 12_000,
  /** After this the server ends a transaction whose daemon has stopped in the middle, and frees its locks. */
  idleInTransaction: 15_000,
  rollback: 2_000,
  close: 3_000,
} as const;

/** Resolves when `closing` has ended, well or not, or after the time limit: a dead peer must not keep the daemon from ending. */
export async function closeInTime(closing: Promise<unknown>): Promise<void> {
  const { promise: inTime, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, TIME_LIMITS_MS.close);
  await Promise.race([closing.catch(() => undefined), inTime]);
  clearTimeout(timer);
}
