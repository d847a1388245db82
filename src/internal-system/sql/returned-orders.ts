import type { Snapshot } from '../internal-system.ts';
import type { ReconciliationStore } from '../reconciliation-store.ts';
import { LEAST_RETENTION_DAYS } from '../retention-store.ts';

const LEAST_RETENTION_MS = LEAST_RETENTION_DAYS * 24 * 3_600_000;

/** The warehouse has dealt with it long ago. */
const ARCHIVED = 'archived';

/**
 * An order that is no longer kept may come back: its buyer gets a refund after years. Being new here, it would be to ship once more.
 * So if it is not stored, it comes back as `archived`. Asks nothing where all of them are of young orders.
 *
 * @returns the same snapshots @throws SyncError
 */
export async function withReturnedMarked(
  snapshots: readonly Snapshot[],
  store: Pick<ReconciliationStore, 'readScan'>,
): Promise<readonly Snapshot[]> {
  const young = new Date(Date.now() - LEAST_RETENTION_MS).toISOString();
  if (snapshots.every(({ order }) => order.placedAt >= young)) return snapshots;
  const { cursor: prunedBefore } = await store.readScan('prune');
  if (prunedBefore === null) return snapshots;
  const mark = (snapshot: Snapshot) => ({ ...snapshot, fulfilmentStatus: snapshot.fulfilmentStatus ?? ARCHIVED });
  return snapshots.map((snapshot) => (snapshot.order.placedAt < prunedBefore ? mark(snapshot) : snapshot));
}
