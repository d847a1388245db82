import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQOptions } from '../broker/options.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { carriedProperties, HEADER, LAST_LOOK, ownHeaders } from '../messages/headers.ts';
import { type DeadLetter, DeadLetters, removeDeadLetter } from './dead-letters.ts';
import type { Selection } from './selection.ts';
import type { DeadLetterSummary } from './summary.ts';

const CONFIRMS_IN_FLIGHT = 100;

/**
 * Gives the selected dead letters a fresh start in the main queue.
 *
 * @param options of the main queue @param onDone called for each one replayed
 * @throws when one could not be replayed; no further one is begun then, and those without an `onDone` are still there
 */
export async function replayDeadLetters(
  options: RabbitMQOptions,
  selection: Selection,
  rabbit: Pick<RabbitMQ, 'publish' | 'queue'>,
  onDone: (summary: DeadLetterSummary) => void,
): Promise<void> {
  await using deadLetters = await DeadLetters.open(options);
  await inParallel(selection.from(deadLetters), CONFIRMS_IN_FLIGHT, async ({ deadLetter, summary }) => {
    await replay(deadLetter, rabbit);
    onDone(summary);
  });
}

/**
 * Publishes a dead letter to the main queue, as an event that never failed, and removes it only when the broker has
 * confirmed that. Killed in between, the event is in both queues, which does no harm.
 *
 * @throws whatever `rabbit.publish` does, and the dead letter stays; BrokerUnavailableError when it could not be removed
 */
export async function replay(deadLetter: DeadLetter, rabbit: Pick<RabbitMQ, 'publish' | 'queue'>): Promise<void> {
  const { content } = deadLetter.delivery;
  await rabbit.publish({ exchange: '', routingKey: rabbit.queue, content, properties: freshProperties(deadLetter) });
  removeDeadLetter(deadLetter, 'It was replayed and is still among the dead letters; replaying it again does no harm.');
}

/** The producer's own properties, without the history that we wrote. */
export function freshProperties({ delivery }: DeadLetter): ReturnType<typeof carriedProperties> {
  const { headers, ...kept } = carriedProperties(delivery, {});
  const ours: readonly string[] = Object.values(HEADER);
  const foreign = Object.entries(headers ?? {}).filter(([name]) => !ours.includes(name));
  return {
    ...kept,
    headers: { ...Object.fromEntries(foreign), ...ownHeaders({ publishedAt: Date.now(), ...LAST_LOOK }) },
  };
}
