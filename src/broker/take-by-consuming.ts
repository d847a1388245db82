import type { Channel, ConsumeMessage } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';

/** A message that is ready arrives right after the subscription, unless another consumer is the active one. */
const ARRIVES_WITHIN_MS = 1_000;

/**
 * One message from a queue that knows no `basic.get`: subscribes for a single delivery, and unsubscribes.
 *
 * @param prefetch of the channel, which it has again afterwards @returns false when none arrived
 */
export async function takeByConsuming(
  channel: Channel,
  queue: string,
  prefetch: number,
): Promise<ConsumeMessage | false> {
  const arrived = Promise.withResolvers<void>();
  let message: ConsumeMessage | null = null;
  await channel.prefetch(1);
  const { consumerTag } = await channel.consume(queue, (delivered) => {
    message ??= delivered;
    arrived.resolve();
  });
  await withTimeout(arrived.promise, ARRIVES_WITHIN_MS, () => undefined);
  await channel.cancel(consumerTag);
  await channel.prefetch(prefetch);
  return message ?? false;
}
