import type { Logger } from 'pino';
import { inspectBroker } from './broker/inspect-broker.ts';
import type { RabbitMQOptions } from './broker/options.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { logQueueDangers } from './logging/daemon-log.ts';

/** Says what endangers the queues, and empties the one that an earlier version left. Never rejects. */
export async function lookAtQueues(
  options: RabbitMQOptions,
  managementUrl: string | undefined,
  logger: Logger,
): Promise<void> {
  try {
    logQueueDangers(await inspectBroker(options, managementUrl), logger);
    await using deadLetters = await DeadLetters.open(options);
    await deadLetters.moveEarlier();
  } catch (err) {
    logger.warn({ err }, 'could not look at the queues; the next start tries again');
  }
}
