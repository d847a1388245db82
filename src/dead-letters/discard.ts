import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQOptions } from '../broker/options.ts';
import { FAILURE_REASONS, type FailureReason } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { OrderWriter } from '../internal-system/order-writer.ts';
import { DeadLetters, removeDeadLetter } from './dead-letters.ts';
import type { Selection } from './selection.ts';
import type { DeadLetterSummary } from './summary.ts';

/** As many as one transaction of the ledger takes. */
const NOTES_IN_FLIGHT = 200;

/**
 * Removes the selected dead letters for good, each once the ledger says so.
 *
 * @param options of the main queue @param system whose ledger; undefined for what the ledger does not know @param onDone called for each one discarded
 * @throws when one could not be discarded; no further one is begun then, and those without an `onDone` are still there
 */
export async function discardDeadLetters(
  options: RabbitMQOptions,
  selection: Selection,
  system: InternalSystem | undefined,
  onDone: (summary: DeadLetterSummary) => void,
): Promise<void> {
  const note = system === undefined ? undefined : noter(system);
  await using deadLetters = await DeadLetters.open(options);
  await inParallel(selection.from(deadLetters), NOTES_IN_FLIGHT, async ({ deadLetter, summary }) => {
    await note?.(summary);
    removeDeadLetter(deadLetter, 'It is still there.');
    onDone(summary);
  });
}

function noter(system: InternalSystem): (summary: DeadLetterSummary) => Promise<void> {
  const writer = new OrderWriter(system);
  return (summary) => noteDiscard(summary, system, writer);
}

/**
 * Notes in the ledger that a person gave up on an event, unless the ledger knows better by now: that an event of that name was
 * synced since, for instance.
 *
 * @throws SyncError
 */
async function noteDiscard(deadLetter: DeadLetterSummary, system: InternalSystem, writer: OrderWriter): Promise<void> {
  const { order, event } = deadLetter;
  // An event that names no order has no place in the ledger.
  if (order === null || event === null) return;
  const records = (await system.findOrders?.(order)) ?? [];
  // Other orders may have this number or id; their events are none of this one's business.
  const record = records.find(({ reference, state }) => reference === order && state === 'dead-lettered');
  if (record === undefined && records.length > 0) return;
  const now = new Date();
  const receivedAt = record?.receivedAt ?? deadLetter.firstFailedAt;
  await writer.recordFailure({
    eventInfo: {
      reference: order,
      event,
      attempt: deadLetter.attempts ?? 1,
      receivedAt: receivedAt === null ? now : new Date(receivedAt),
    },
    state: 'discarded',
    reason: knownReason(deadLetter.reason),
    message: deadLetter.error ?? 'Another program put it among the dead letters.',
    failedAt: now,
  });
}

function knownReason(reason: string): FailureReason {
  return FAILURE_REASONS.find((known) => known === reason) ?? 'unexpected';
}
