import type { Channel } from 'amqplib';
import type { QueueDeclaration, Topology } from './options.ts';
import type { Generation } from './supervised-connection.ts';

/**
 * Declares the durable direct exchange, the queue and the binding exactly as the shop's producer does: with no extra
 * argument on a classic queue, because RabbitMQ refuses a second declaration with other arguments.
 *
 * The declarations have a channel of their own: a failed one closes its channel.
 */
export async function declareTopology(generation: Generation, topology: Topology): Promise<void> {
  const channel = await generation.model.createChannel();
  // A failed declaration rejects; the event only repeats it.
  channel.on('error', () => undefined);
  await declareExchange(channel, topology);
  await declareMainQueue(channel, topology);
  await channel.bindQueue(topology.queue, topology.exchange, topology.routingKey);
  for (const companion of topology.companionQueues) await declareQueue(channel, companion);
  await channel.close();
}

export async function declareExchange(channel: Channel, { exchange, durable, autoDelete }: Topology): Promise<void> {
  await channel.assertExchange(exchange, 'direct', { durable, autoDelete });
}

export async function declareMainQueue(
  channel: Channel,
  { queue, durable, autoDelete, queueType }: Topology,
): Promise<void> {
  await channel.assertQueue(queue, {
    durable,
    autoDelete,
    ...(queueType === 'quorum' ? { arguments: QUORUM_ARGUMENTS } : {}),
  });
}

export async function declareQueue(channel: Channel, declaration: QueueDeclaration): Promise<void> {
  const type = declaration.type === 'quorum' ? QUORUM_ARGUMENTS : { 'x-queue-type': 'classic' };
  await channel.assertQueue(declaration.name, { durable: true, arguments: { ...type, ...declaration.arguments } });
}

/**
 * Since RabbitMQ 4.0 a quorum queue drops a message that was redelivered 20 times, which an outage or a crash loop reaches
 * easily. So the limit is one that nothing reaches. Not −1, which means "none" from 4.0 on but "drop at once" before: the
 * arguments must be the same on every version, or queues made on 3.x would be refused after the broker's upgrade.
 */
const QUORUM_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
