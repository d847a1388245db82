import type { Channel, ChannelModel } from 'amqplib';
import { ifExists } from '../broker/on-channel.ts';
import { deadLetterQueueName, deadLetterSuccessorName } from '../messages/retry-queues.ts';

export interface OpenedQueues {
  readonly channel: Channel;
  /** The one in use. */
  readonly queue: string;
  readonly count: number;
  /** The one that an earlier version has declared, if another is in use; otherwise the same. */
  readonly earlier: string;
  readonly earlierCount: number;
}

export async function openQueues(model: ChannelModel, mainQueue: string): Promise<OpenedQueues> {
  const earlier = deadLetterQueueName(mainQueue);
  const successor = deadLetterSuccessorName(mainQueue);
  const inEarlier = (await countMessages(model, earlier)) ?? 0;
  const inSuccessor = await countMessages(model, successor);
  const channel = await model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  if (inSuccessor === undefined) return { channel, queue: earlier, count: inEarlier, earlier, earlierCount: 0 };
  return { channel, queue: successor, count: inSuccessor, earlier, earlierCount: inEarlier };
}

/** @returns undefined when there is no such queue: the daemon declares it when it first starts */
async function countMessages(model: ChannelModel, queue: string): Promise<number | undefined> {
  return (await ifExists(model, (channel) => channel.checkQueue(queue)))?.messageCount;
}
