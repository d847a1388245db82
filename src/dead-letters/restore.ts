import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { AuditStore, KeptDeadLetter, RestorableDeadLetter } from '../internal-system/audit-store.ts';
import { restoredMessage } from './kept-message.ts';

const CONFIRMS_IN_FLIGHT = 100;

/**
 * Publishes discarded dead letters to the queue that they came from, as events that never failed. What was kept of each is
 * removed only once the broker has confirmed it. Killed in between, it can be restored again, which does no harm.
 *
 * @param queues whose dead letters they were → the queue that they came from @param onDone called for each one restored
 * @throws when one could not be restored; those without an `onDone` can be restored later
 */
export async function restoreDeadLetters(
  deadLetters: readonly RestorableDeadLetter[],
  rabbit: Pick<RabbitMQ, 'publish'>,
  queues: Readonly<Record<KeptDeadLetter['source'], string>>,
  audit: AuditStore,
  onDone: (deadLetter: RestorableDeadLetter) => void,
): Promise<void> {
  await inParallel(deadLetters, CONFIRMS_IN_FLIGHT, async (deadLetter) => {
    const message = restoredMessage(deadLetter);
    if (message === undefined) return;
    await rabbit.publish({ exchange: '', routingKey: queues[deadLetter.source], ...message });
    await audit.release([deadLetter.id]);
    onDone(deadLetter);
  });
}
