import type { OrderRecord } from './ledger.ts';

/**
 * When an event that failed is tried again, as a UTC instant: the wait of its retry queue after its last attempt. It may be later
 * while the daemon is paused.
 *
 * @returns null if no attempt follows, or the ledger does not say when the last one was
 */
export function nextAttemptAt(
  { state, attempts, notedAt }: Pick<OrderRecord, 'state' | 'attempts' | 'notedAt'>,
  retryDelaysMs: readonly number[],
): string | null {
  const delayMs = retryDelaysMs[attempts - 1];
  if (state !== 'retrying' || notedAt === undefined || delayMs === undefined) return null;
  return new Date(Date.parse(notedAt) + delayMs).toISOString();
}
