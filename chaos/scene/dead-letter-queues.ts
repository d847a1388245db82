import type { ChannelModel } from 'amqplib';
import { deadLetterQueueName, deadLetterSuccessorName } from '../../src/messages/retry-queues.ts';

/** Those of the scene's main queue that exist, with their messages: there are two if an earlier version has declared one. */
export async function deadLetterQueues(model: ChannelModel, mainQueue: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const queue of [deadLetterQueueName(mainQueue), deadLetterSuccessorName(mainQueue)]) {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    const counts = await channel.checkQueue(queue).catch(() => undefined);
    if (counts === undefined) continue;
    found.set(queue, counts.messageCount);
    await channel.close();
  }
  return found;
}
