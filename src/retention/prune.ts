import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationStore, ScanRun, ScanState } from '../internal-system/reconciliation-store.ts';
import { KEPT_BECAUSE, type KeptBecause, type RetentionStore } from '../internal-system/retention-store.ts';
import { Lease } from '../reconcile/lease.ts';

/** It works a third of the time: the daemon's writes need the database as well. */
const REST = 2;

export interface PruneOptions {
  readonly retention: RetentionStore;
  readonly store: ReconciliationStore;
  /** Orders that changed last before this time are no longer kept. */
  readonly before: Date;
  readonly dryRun?: boolean;
  /** False: now is not the time. @param now by the internal system's clock @defaultValue always */
  readonly isDue?: (state: ScanState, now: string) => boolean;
  readonly signal: AbortSignal;
  readonly onPage?: (counts: PruneCounts) => void;
}

export interface PruneCounts {
  /** Orders deleted, or that would be. */
  readonly pruned: number;
  /** As old, and kept for a reason. */
  readonly kept: Readonly<Record<KeptBecause, number>>;
  /** Rows of the ledger that no stored order needs. Not counted in a dry run. */
  readonly ledgerRows: number;
}

/**
 * Deletes what is old and nobody needs any more, a few orders at a time, one daemon or command at a time. From then on,
 * reconciliation takes orders that changed last before that time for deleted, and not for missing: so that is noted first.
 *
 * @returns undefined if it is not due, or someone else is at it @throws SyncError; the signal's reason
 */
export async function prune(options: PruneOptions): Promise<PruneCounts | undefined> {
  const { store, before, dryRun = false, isDue = () => true } = options;
  if (dryRun) return await pruneAll(options, options.signal);
  await using lease = await Lease.take(store, 'prune');
  if (lease === undefined || !isDue(lease.state, lease.now)) return undefined;
  const { cursor } = lease.state;
  const time = before.toISOString();
  await lease.save({ begunAt: lease.now, ...(cursor === null || cursor < time ? { cursor: time } : {}) });
  const counts = await pruneAll(options, AbortSignal.any([options.signal, lease.signal]));
  await lease.save({ lastRun: runOf(counts, lease.now) });
  return counts;
}

function runOf(counts: PruneCounts, startedAt: string): ScanRun {
  const known = Object.values(counts.kept).reduce((sum, count) => sum + count, 0);
  const [compared, found, finishedAt] = [counts.pruned + known, counts.pruned, new Date().toISOString()];
  return { startedAt, finishedAt, compared, found, known, error: null, report: JSON.stringify(counts) };
}

async function pruneAll(
  { retention, before, dryRun = false, onPage = () => undefined }: PruneOptions,
  signal: AbortSignal,
): Promise<PruneCounts> {
  const kept = Object.fromEntries(KEPT_BECAUSE.map((why) => [why, 0])) as Record<KeptBecause, number>;
  const counts = { pruned: 0, kept, ledgerRows: 0 };
  for (let after: string | null = null, isDone = false; !isDone; ) {
    const page = await inTurn(signal, () => retention.prune(before, after, dryRun));
    counts.pruned += page.pruned;
    for (const why of KEPT_BECAUSE) kept[why] += page.kept[why] ?? 0;
    onPage(counts);
    after = page.last;
    isDone = after === null;
  }
  for (let isDone = dryRun; !isDone; ) {
    const rows = await inTurn(signal, () => retention.pruneLedger(before));
    counts.ledgerRows += rows;
    isDone = rows === 0;
  }
  return counts;
}

async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const begun = performance.now();
  const result = await work();
  await sleep((performance.now() - begun) * REST, undefined, { signal }).catch(() => signal.throwIfAborted());
  return result;
}
