/** @import { FoundOrder } from '../../../messages.ts' */

/**
 * When each step of the order's last event was done; null: not yet, or not known. None is before the one above it: what an earlier
 * event brought, or another daemon acknowledged, is no step of this one.
 *
 * @param {Pick<FoundOrder, 'receivedAt' | 'fetchedAt' | 'syncedAt' | 'ackedAt'>} order
 */
export function stepTimes({ receivedAt, ...order }) {
  const fetchedAt = since(receivedAt, order.fetchedAt);
  const syncedAt = since(fetchedAt ?? receivedAt, order.syncedAt);
  const ackedAt = since(syncedAt ?? fetchedAt ?? receivedAt, order.ackedAt);
  return { receivedAt, fetchedAt, syncedAt, ackedAt };
}

/** @param {string} start @param {string | null} at */
function since(start, at) {
  return at !== null && Date.parse(at) >= Date.parse(start) ? at : null;
}
