import { z } from 'zod';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ScanState } from '../internal-system/reconciliation-store.ts';
import type { Turn } from '../internal-system/turn.ts';
import { recordShipment } from './record-shipment.ts';

export type ListShipments = NonNullable<InternalSystem['listShipments']>;

const LIST_TIMEOUT_MS = 60_000;
/** An ERP may ship for others too: their orders never come. */
const WAIT_MS = 7 * 24 * 3_600_000;
const MOST_WAITING = 500;

/** What happens to shipments that can't be recorded; a sentence each. */
export interface PullObserver {
  /** Its order is not stored here: it is tried again with each call. */
  readonly waits: (problem: string) => void;
  /** It is not tried again. */
  readonly refused: (problem: string) => void;
}

/**
 * Enters what the ERP says was shipped. One whose order is not stored here waits for it: for a week at most, and 500 of them at most,
 * of which the oldest is given up. What waits is saved with the cursor once all else is entered: killed in between, it is entered
 * again, which changes nothing.
 *
 * @throws SyncError when the ERP or the internal system fails
 */
export async function pullShipments(
  list: ListShipments,
  system: InternalSystem,
  turn: Turn,
  stopping: AbortSignal,
  observer: PullObserver,
): Promise<void> {
  const state = await turn.take();
  if (state === undefined) return;
  const saved = savedIn(state);
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
  const { shipments, cursor } = await list(saved.cursor, signal);
  const now = new Date();
  const listed = shipments.map((shipment): Waiting => ({ shipment, since: now.toISOString() }));
  const waiting: Waiting[] = [];
  // What has waited comes first: the same shipment listed since is a correction of it.
  for (const entry of [...saved.waiting, ...listed]) {
    const recorded = await recordShipment(entry.shipment, system);
    if (!('problem' in recorded)) continue;
    const mayCome = recorded.isOrderUnknown && now.getTime() - Date.parse(entry.since) < WAIT_MS;
    if (mayCome) waiting.push(entry);
    else observer.refused(recorded.problem);
    if (mayCome && listed.includes(entry)) observer.waits(recorded.problem);
  }
  const given = waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING));
  if (given.length > 0)
    observer.refused(
      `Of more than ${MOST_WAITING} shipments without an order, the ${given.length} oldest were given up.`,
    );
  const report = JSON.stringify({ cursor, waiting } satisfies Saved);
  if (report === JSON.stringify(saved)) return;
  await turn.save({ lastRun: aRun(now.toISOString(), shipments.length, report) });
}

interface Waiting {
  readonly shipment: unknown;
  readonly since: string;
}

interface Saved {
  readonly cursor: string | null;
  readonly waiting: readonly Waiting[];
}

const savedSchema = z.object({
  cursor: z.string().nullable(),
  waiting: z.array(z.object({ shipment: z.unknown(), since: z.string() })).default([]),
});

function savedIn({ lastRun }: ScanState): Saved {
  return savedSchema.safeParse(JSON.parse(lastRun?.report ?? '{}')).data ?? { cursor: null, waiting: [] };
}

function aRun(at: string, found: number, report: string) {
  return { startedAt: at, finishedAt: at, compared: 0, found, known: 0, error: null, report };
}
