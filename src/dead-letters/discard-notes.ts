import { FAILURE_REASONS, type FailureReason } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { OrderWriter } from '../internal-system/order-writer.ts';
import type { DeadLetterSummary } from './summary.ts';

/** Notes in the ledger that a person gave up on an event. */
export class DiscardNotes {
  readonly #system: InternalSystem;
  readonly #writer: OrderWriter;

  constructor(system: InternalSystem) {
    this.#system = system;
    this.#writer = new OrderWriter(system);
  }

  /**
   * Notes it, unless the ledger knows something better by now: that the order was synced since, for instance.
   *
   * @throws SyncError
   */
  async add(deadLetter: DeadLetterSummary): Promise<void> {
    const { order, event } = deadLetter;
    // An event that names no order has no place in the ledger.
    if (order === null || event === null) return;
    const records = (await this.#system.findOrders?.(order)) ?? [];
    if (records.some(({ state }) => state !== 'dead-lettered')) return;
    const now = new Date();
    const receivedAt = records[0]?.receivedAt ?? deadLetter.firstFailedAt;
    await this.#writer.recordFailure({
      eventInfo: {
        reference: order,
        event,
        attempt: deadLetter.attempts ?? 1,
        receivedAt: receivedAt === null ? now : new Date(receivedAt),
      },
      state: 'discarded',
      reason: knownReason(deadLetter.reason),
      message: deadLetter.error ?? 'Put among the dead letters by another program.',
      failedAt: now,
    });
  }
}

function knownReason(reason: string): FailureReason {
  return FAILURE_REASONS.find((known) => known === reason) ?? 'unexpected';
}
