import type { Channel } from 'amqplib';
import { declareCompanion, QUORUM_ARGUMENTS } from './companions.ts';
import type { Topology } from './options.ts';
import type { Generation } from './supervised-connection.ts';

/**
 * Declares the durable direct exchange, the queue and the binding exactly as the shop's producer does: with no extra
 * argument on a classic queue, because RabbitMQ refuses a second declaration with other arguments.
 *
 * The declarations have a channel of their own: a failed one closes its channel.
 *
 * @param namesInUse gets the names of the companion queues, by the names they were asked for
 */
export async function declareTopology(
  generation: Generation,
  topology: Topology,
  namesInUse: Map<string, string>,
): Promise<void> {
  const channel = await generation.model.createChannel();
  // A failed declaration rejects; the event only repeats it.
  channel.on('error', () => undefined);
  await declareExchange(channel, topology);
  await declareMainQueue(channel, topology);
  await channel.bindQueue(topology.queue, topology.exchange, topology.routingKey);
  await channel.close();
  for (const companion of topology.companionQueues) {
    namesInUse.set(companion.name, await declareCompanion(generation.model, companion));
  }
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
