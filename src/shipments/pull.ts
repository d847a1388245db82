import { z } from 'zod';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { Turn } from '../internal-system/turn.ts';
import { recordShipment } from './record-shipment.ts';

export type ListShipments = NonNullable<InternalSystem['listShipments']>;

const cursorSchema = z.object({ cursor: z.string().nullable() });
const LIST_TIMEOUT_MS = 60_000;

/**
 * Enters what the ERP says was shipped. The cursor is saved once all of it is entered: killed in between, it is entered again, which
 * changes nothing.
 *
 * @param onProblem told of each that can't be recorded; it is not asked for again
 * @throws SyncError when the ERP or the internal system fails
 */
export async function pullShipments(
  list: ListShipments,
  system: InternalSystem,
  turn: Turn,
  stopping: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<void> {
  const state = await turn.take();
  if (state === undefined) return;
  const { data } = cursorSchema.safeParse(JSON.parse(state.lastRun?.report ?? '{}'));
  const before = data?.cursor ?? null;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
  const { shipments, cursor } = await list(before, signal);
  for (const shipment of shipments) {
    const recorded = await recordShipment(shipment, system);
    if ('problem' in recorded) onProblem(recorded.problem);
  }
  if (cursor === before) return;
  const now = new Date().toISOString();
  const report = JSON.stringify({ cursor });
  const lastRun = {
    startedAt: now,
    finishedAt: now,
    compared: 0,
    found: shipments.length,
    known: 0,
    error: null,
    report,
  };
  await turn.save({ lastRun });
}
