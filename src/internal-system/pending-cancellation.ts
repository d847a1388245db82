import { isDelivered, type LedgerState, type OrderRecord } from './ledger.ts';
import type { ShownRecord } from './shown-record.ts';

type Known = Pick<OrderRecord | ShownRecord, 'orderNumber' | 'state' | 'lastEvent' | 'stored'>;

/** Where a cancellation is that has been announced, and that the warehouse does not see. */
export type PendingCancellation = Exclude<LedgerState, 'synced' | 'discarded'>;

/**
 * Whether the order was cancelled as far as an event says, or in what is stored, and staff still see it as it was: the event failed,
 * or the ERP has not got it. Somebody may be packing it.
 *
 * @param records all that are known by the same name: an event whose order the shop has not told yet stands for itself there
 * @returns undefined if nothing is pending
 */
export function pendingCancellation(order: Known, records: readonly Known[]): PendingCancellation | undefined {
  const { stored } = order;
  if (stored === null) return undefined;
  if (stored.status === 'cancelled') return isBehind(stored) ? 'undelivered' : undefined;
  const nameless = records.filter(({ orderNumber }) => orderNumber === null);
  return [order, ...nameless].flatMap(failedCancellation)[0];
}

/** What the ERP never got, nobody there can ship. */
function isBehind({ erp }: NonNullable<Known['stored']>): boolean {
  return erp !== undefined && erp.deliveredRevision !== null && !isDelivered(erp);
}

/** Once a person has discarded its event, a cancellation is no longer pending. */
function failedCancellation({ state, lastEvent }: Known): PendingCancellation[] {
  return lastEvent === 'cancelled' && (state === 'retrying' || state === 'dead-lettered') ? [state] : [];
}
