import type { Channel } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
import { brokerName } from './endpoint.ts';
import { BrokerUnavailableError, isMissing } from './errors.ts';
import { onChannel } from './on-channel.ts';
import type { Generation } from './supervised-connection.ts';

/** What a queue says of itself. */
export interface QueueCounts {
  /** Ready to be delivered, without those in flight. */
  readonly messages: number;
  readonly consumers: number;
}

/** More than a healthy cluster takes. Of a classic queue whose node is down, RabbitMQ 4 says nothing for more than a minute. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * @returns undefined when there is no such queue
 * @throws BrokerUnavailableError when it is there and out of reach, or when the connection was lost; BrokerRefusedError
 */
export async function countMessages(generation: Generation, queue: string): Promise<QueueCounts | undefined> {
  try {
    const { messageCount, consumerCount } = await ask(generation, queue, (channel) => channel.checkQueue(queue));
    return { messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw await generation.explain(error, `the length of queue "${queue}"`);
  }
}

/**
 * RabbitMQ 3 says of a quorum queue without a majority of its nodes that it is empty and has no consumers. Asked for a message, it
 * closes the connection: so use one that may be lost. A message that arrives just then goes back at once.
 */
export function mayBeOutOfReach({ messages, consumers }: QueueCounts): boolean {
  return messages === 0 && consumers === 0;
}

/** Asks for a message. @throws BrokerUnavailableError when the queue is out of reach */
export async function makeSureOfReach(generation: Generation, queue: string): Promise<void> {
  try {
    await ask(generation, queue, async (channel) => {
      const message = await channel.get(queue);
      if (message !== false) channel.nack(message);
    });
  } catch (error) {
    const isRefused = !generation.signal.aborted && !(error instanceof BrokerUnavailableError);
    // The user may not read it, or it knows no basic.get: then nobody can tell.
    if (!isRefused) throw await generation.explain(error, `a message of queue "${queue}"`);
  }
}

function ask<T>(generation: Generation, queue: string, question: (channel: Channel) => Promise<T>): Promise<T> {
  return withTimeout(onChannel(generation.model, question), ANSWER_WITHIN_MS, () => {
    const broker = `RabbitMQ at ${brokerName(generation.endpoint)}`;
    throw new BrokerUnavailableError(
      `${broker} answers, but says nothing of queue "${queue}" within ${ANSWER_WITHIN_MS} ms: is its node down?`,
      { brokerAnswers: true },
    );
  });
}
