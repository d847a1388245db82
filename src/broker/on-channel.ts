import type { Channel, ChannelModel } from 'amqplib';
import { isMissing } from './errors.ts';

/** A failed request ends its channel: so whatever may fail has one of its own. */
export async function onChannel<T>(model: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  const result = await work(channel);
  await channel.close();
  return result;
}

/** What `check` returns; undefined when the queue or exchange that it asks for does not exist. */
export async function ifExists<T>(
  model: ChannelModel,
  check: (channel: Channel) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await onChannel(model, check);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
