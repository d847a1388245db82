import { Batcher } from '../async/batcher.ts';
import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQOptions } from '../broker/options.ts';
import { FAILURE_REASONS, type FailureReason } from '../errors.ts';
import type { Actor, AuditStore, KeptDeadLetter } from '../internal-system/audit-store.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { OrderWriter } from '../internal-system/order-writer.ts';
import { DeadLetters, removeDeadLetter } from './dead-letters.ts';
import { keptDeadLetter } from './kept-message.ts';
import type { Selected, Selection } from './selection.ts';
import type { DeadLetterSummary } from './summary.ts';

/** As many as one transaction of the ledger takes. */
const NOTES_IN_FLIGHT = 200;
/** Rows of discarded dead letters in one call. */
const MAX_KEPT = 100;
const ORDERS_NAMED = 20;

export interface Discarding {
  readonly system: InternalSystem;
  readonly actor: Actor;
  /** Whose dead letters they are: the ledger knows orders alone. */
  readonly source: KeptDeadLetter['source'];
}

/**
 * Removes the selected dead letters, each once the audit has what it takes to restore it and the ledger says that it is
 * discarded: what cannot be audited is not discarded. A module without an audit has neither.
 *
 * @param options of the main queue @param onDone called for each one discarded
 * @throws when one could not be discarded; no further one is begun then, and those without an `onDone` are still there
 */
export async function discardDeadLetters(
  options: RabbitMQOptions,
  selection: Selection,
  { system, actor, source }: Discarding,
  onDone: (summary: DeadLetterSummary) => void,
): Promise<void> {
  const { audit } = system;
  const note = source === 'orders' ? noter(system, actor) : undefined;
  const entry = audit && new DiscardEntry(audit, actor);
  await using deadLetters = await DeadLetters.open(options);
  try {
    await inParallel(selection.from(deadLetters), NOTES_IN_FLIGHT, async (selected) => {
      await entry?.keep(selected, source);
      await note?.(selected.summary);
      removeDeadLetter(selected.deadLetter, 'It is still there.');
      entry?.discarded(selected.summary);
      onDone(selected.summary);
    });
  } finally {
    await entry?.complete();
  }
}

/** The audit's entry of one person's discarding, however many dead letters: begun with the first of them. */
class DiscardEntry {
  readonly #audit: AuditStore;
  readonly #actor: Actor;
  readonly #keeping: Batcher<KeptDeadLetter, true>;
  readonly #orders = new Set<string>();
  #id: Promise<string> | undefined;
  #done = 0;

  constructor(audit: AuditStore, actor: Actor) {
    this.#audit = audit;
    this.#actor = actor;
    this.#keeping = new Batcher({
      run: (kept) => this.#keep(kept),
      maxBatch: MAX_KEPT,
      slots: 1,
      // The database is to blame, not one of them: whatever a message holds can be kept.
      afterFailure: () => 'rejected',
    });
  }

  /** @throws SyncError */
  async keep(selected: Selected, source: KeptDeadLetter['source']): Promise<void> {
    this.#id ??= this.#audit.add({ ...this.#actor, action: 'discarded', orders: [], details: {} });
    await this.#id;
    await this.#keeping.add(keptDeadLetter(selected, source));
  }

  discarded({ order }: DeadLetterSummary): void {
    this.#done += 1;
    if (order !== null && this.#orders.size < ORDERS_NAMED) this.#orders.add(order);
  }

  /** Never rejects: what was discarded is in the audit already, and can be restored. */
  async complete(): Promise<void> {
    if (this.#id === undefined) return;
    const changes = { orders: [...this.#orders], details: { done: this.#done } };
    await this.#id.then((id) => this.#audit.complete(id, changes)).catch(() => undefined);
  }

  async #keep(kept: readonly KeptDeadLetter[]): Promise<true[]> {
    await this.#audit.keep((await this.#id) ?? '', kept);
    return kept.map(() => true);
  }
}

function noter(system: InternalSystem, { name }: Actor): (summary: DeadLetterSummary) => Promise<void> {
  const writer = new OrderWriter(system);
  return (summary) => noteDiscard(summary, name, system, writer);
}

/**
 * Notes in the ledger that a person gave up on an event, unless the ledger knows better by now: that an event of that name was
 * synced since, for instance.
 *
 * @throws SyncError
 */
async function noteDiscard(
  deadLetter: DeadLetterSummary,
  by: string,
  system: InternalSystem,
  writer: OrderWriter,
): Promise<void> {
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
    message: `${deadLetter.error ?? 'Another program put it among the dead letters.'} Discarded by ${by}.`,
    failedAt: now,
  });
}

function knownReason(reason: string): FailureReason {
  return FAILURE_REASONS.find((known) => known === reason) ?? 'unexpected';
}
