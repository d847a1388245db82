import type { Channel } from 'amqplib';
import { countMessages } from '../broker/queue-counts.ts';
import type { Generation } from '../broker/supervised-connection.ts';
import { deadLetterQueueName, deadLetterSuccessorName } from '../messages/retry-queues.ts';

export interface OpenedQueues {
  readonly generation: Generation;
  readonly channel: Channel;
  /** The one in use. */
  readonly queue: string;
  /** Undefined when there is none: the daemon declares it when it first starts. */
  readonly count: number | undefined;
  /** The one that an earlier version has declared, if another is in use; otherwise the same. */
  readonly earlier: string;
  readonly earlierCount: number;
}

/** @throws BrokerUnavailableError when one is there and out of reach */
export async function openQueues(generation: Generation, mainQueue: string): Promise<OpenedQueues> {
  const earlier = deadLetterQueueName(mainQueue);
  const successor = deadLetterSuccessorName(mainQueue);
  const inEarlier = (await countMessages(generation, earlier))?.messages;
  const inSuccessor = (await countMessages(generation, successor))?.messages;
  const channel = await generation.model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  const opened = { generation, channel, earlier };
  if (inSuccessor === undefined) return { ...opened, queue: earlier, count: inEarlier, earlierCount: 0 };
  return { ...opened, queue: successor, count: inSuccessor, earlierCount: inEarlier ?? 0 };
}
