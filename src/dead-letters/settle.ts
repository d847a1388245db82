import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQOptions } from '../broker/options.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { DeadLetters, discard, replay } from './dead-letters.ts';
import { DiscardNotes } from './discard-notes.ts';
import type { Selection } from './selection.ts';
import type { DeadLetterSummary } from './summary.ts';

const CONFIRMS_IN_FLIGHT = 100;
/** As many as one transaction of the ledger takes. */
const NOTES_IN_FLIGHT = 200;

/**
 * Gives the selected dead letters a fresh start in the main queue.
 *
 * @param options of the main queue @param onDone told of each once it is replayed
 * @throws when one could not be replayed, and then no further one was begun; those not told of are still there
 */
export async function replayDeadLetters(
  options: RabbitMQOptions,
  selection: Selection,
  rabbit: Pick<RabbitMQ, 'publish' | 'queue'>,
  onDone: (facts: DeadLetterSummary) => void,
): Promise<void> {
  await using deadLetters = await DeadLetters.open(options);
  await inParallel(selection.from(deadLetters), CONFIRMS_IN_FLIGHT, async ({ deadLetter, facts }) => {
    await replay(deadLetter, rabbit);
    onDone(facts);
  });
}

/** Removes the selected dead letters for good, each once the ledger says so. @throws like `replayDeadLetters` */
export async function discardDeadLetters(
  options: RabbitMQOptions,
  selection: Selection,
  system: InternalSystem,
  onDone: (facts: DeadLetterSummary) => void,
): Promise<void> {
  const notes = new DiscardNotes(system);
  await using deadLetters = await DeadLetters.open(options);
  await inParallel(selection.from(deadLetters), NOTES_IN_FLIGHT, async ({ deadLetter, facts }) => {
    await notes.add(facts);
    discard(deadLetter);
    onDone(facts);
  });
}
