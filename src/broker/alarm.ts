import type { Channel, ConfirmChannel } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import type { Generation } from './supervised-connection.ts';

/** No queue is called so: the default exchange drops what is sent there, and keeps nothing of it. */
const NOWHERE = 'order-sync.no-such-queue';

/**
 * Sends a message that no queue gets. Of a memory or disk alarm, RabbitMQ tells those alone who publish while it lasts
 * (`connection.blocked`): whoever does not, never hears of it.
 */
export function sendNowhere(channel: Channel | ConfirmChannel): void {
  channel.publish('', NOWHERE, Buffer.alloc(0));
}

/** More than a broker takes that answers. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Asks whether the broker takes messages, by a connection that is given up: with an alarm it is not read from any more.
 *
 * @returns the broker's words, such as "low on memory"; undefined if it takes messages
 * @throws the broker's refusal, if the user may not publish to the default exchange
 */
export async function findAlarm(endpoint: Endpoint, connectionName: string): Promise<string | undefined> {
  const answer = Promise.withResolvers<string | undefined>();
  answer.promise.catch(() => undefined);
  const connection = await openConnectionWithTimeout(
    () => [endpoint],
    connectionName,
    (generation) => ask(generation, answer),
  );
  try {
    return await withTimeout(answer.promise, ANSWER_WITHIN_MS, () => undefined);
  } finally {
    await connection.close();
  }
}

async function ask({ model }: Generation, answer: PromiseWithResolvers<string | undefined>): Promise<void> {
  model.on('blocked', answer.resolve);
  // Not watched by the generation: its failure is the answer.
  const channel = await model.createConfirmChannel();
  channel.on('error', answer.reject);
  sendNowhere(channel);
  channel.waitForConfirms().then(() => answer.resolve(undefined), answer.reject);
}
