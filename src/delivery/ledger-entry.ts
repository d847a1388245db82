import { type Conflict, NO_CONFLICTS } from '../internal-system/conflicts.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './failure.ts';

/** Notes a failed attempt in the ledger, which has no place for an event that names no order. @throws SyncError */
export async function recordInLedger(
  writer: Pick<OrderWriter, 'recordFailure'>,
  attempt: Attempt,
  { error, delayMs, failedAt }: Failure,
  isAlone: boolean,
): Promise<readonly Conflict[]> {
  const { event } = attempt;
  if (event === undefined) return NO_CONFLICTS;
  const entry = {
    eventInfo: attempt.eventInfo(event),
    order: error.reason === 'wrong_order' ? undefined : attempt.order,
    state: delayMs === undefined ? 'dead-lettered' : 'retrying',
    reason: error.reason,
    message: error.message,
    failedAt,
  } as const;
  return await writer.recordFailure(entry, isAlone);
}
