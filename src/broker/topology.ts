import type { Channel, ChannelModel } from 'amqplib';
import { BrokerRefusedError, isMissing, replyCode } from './errors.ts';
import type { QueueDeclaration, Topology } from './options.ts';
import { STREAM_REMEDY } from './refusals.ts';
import { builtInType, DEFAULT_EXCHANGE } from './routing.ts';

const ACCESS_REFUSED = 403;
const PRECONDITION_FAILED = 406;

/**
 * Declares the durable exchange, the queue and the bindings exactly as the shop's producer does: with no extra argument on a
 * classic queue, because RabbitMQ refuses a second declaration with other arguments. What is passive is not declared: the main
 * queue must be there, and only our own queues are made, as far as the user may.
 */
export async function declareTopology(model: ChannelModel, topology: Topology): Promise<void> {
  if (topology.declare === 'passive') {
    await onChannel(model, (channel) => channel.checkQueue(topology.queue));
  } else {
    await declareExchange(model, topology);
    await onChannel(model, async (channel) => {
      await declareMainQueue(channel, topology);
      await bind(channel, topology);
    });
  }
  const missing = await declareCompanions(model, topology);
  if (missing.length > 0) throw missingQueues(missing);
}

/**
 * One that is there keeps its arguments (an alternate exchange, say), and need not be ours to configure: what matters is that
 * the queue can be bound to it, and that the type is right, because it decides what routing keys mean.
 */
export async function declareExchange(model: ChannelModel, topology: Topology): Promise<void> {
  const { exchange, exchangeType, durable, autoDelete } = topology;
  if (builtInType(exchange) !== undefined) return;
  try {
    await onChannel(model, (channel) => channel.assertExchange(exchange, exchangeType, { durable, autoDelete }));
  } catch (error) {
    if (hasOtherArguments(error)) return;
    if (replyCode(error) !== ACCESS_REFUSED) throw error;
    // Whoever may not declare it may bind to it all the same, if it is there.
    if (!(await exists(model, (channel) => channel.checkExchange(exchange)))) throw error;
  }
}

/** @returns whether the broker compared everything else about the exchange, and found it alike */
function hasOtherArguments(error: unknown): boolean {
  if (replyCode(error) !== PRECONDITION_FAILED || !(error instanceof Error)) return false;
  const differing = /inequivalent arg '([^']+)' for exchange/.exec(error.message)?.[1];
  return differing !== undefined && !['type', 'durable', 'auto_delete'].includes(differing);
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

async function bind(channel: Channel, { exchange, queue, routingKeys }: Topology): Promise<void> {
  if (exchange === DEFAULT_EXCHANGE) return;
  // A fanout or headers exchange is bound without a key; without a condition, a headers exchange passes everything on.
  for (const key of routingKeys.length === 0 ? [''] : routingKeys) await channel.bindQueue(queue, exchange, key);
}

/** @returns those that are not there and that the user may not declare; none unless the topology is passive */
export async function declareCompanions(model: ChannelModel, topology: Topology): Promise<QueueDeclaration[]> {
  const missing: QueueDeclaration[] = [];
  for (const companion of topology.companionQueues) {
    try {
      await onChannel(model, (channel) => declareQueue(channel, companion));
    } catch (error) {
      if (topology.declare === 'active' || replyCode(error) !== ACCESS_REFUSED) throw error;
      if (!(await exists(model, (channel) => channel.checkQueue(companion.name)))) missing.push(companion);
    }
  }
  return missing;
}

export async function declareQueue(channel: Channel, declaration: QueueDeclaration): Promise<void> {
  await channel.assertQueue(declaration.name, { durable: true, arguments: queueArguments(declaration) });
}

export function queueArguments({ type, arguments: others }: QueueDeclaration): Record<string, string | number> {
  return { ...(type === 'quorum' ? QUORUM_ARGUMENTS : { 'x-queue-type': 'classic' }), ...others };
}

function missingQueues(missing: readonly QueueDeclaration[]): BrokerRefusedError {
  const names = missing.map(({ name }) => name).join(', ');
  return new BrokerRefusedError(
    `RabbitMQ lacks ${names}, and the user may not declare queues. An administrator has to: \`order-sync check\` shows how.`,
  );
}

/** Asks without declaring: the broker looks at the permission first, and only then at an argument that makes no sense. */
export async function mayDeclare(model: ChannelModel, queue: string): Promise<boolean> {
  const options = { durable: true, arguments: { 'x-message-ttl': 'whether it may be declared' } };
  try {
    await onChannel(model, (channel) => channel.assertQueue(queue, options));
  } catch (error) {
    if (replyCode(error) === ACCESS_REFUSED) return false;
    if (replyCode(error) !== PRECONDITION_FAILED) throw error;
  }
  return true;
}

/**
 * A stream takes acks and forgets nothing, and hands nothing back: events would be lost without a word. It alone takes this
 * argument, and it alone wants a prefetch first, so that no consumer begins whatever the queue is.
 *
 * @throws BrokerRefusedError
 */
export async function refuseStream(model: ChannelModel, queue: string): Promise<void> {
  const probe = { arguments: { 'x-stream-offset': 'next' } };
  const error: unknown = await onChannel(model, (channel) => channel.consume(queue, () => undefined, probe)).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error && error.message.includes('prefetch count is not set'))
    throw new BrokerRefusedError(`Queue "${queue}" is a stream. ${STREAM_REMEDY}`);
}

async function exists(model: ChannelModel, check: (channel: Channel) => Promise<unknown>): Promise<boolean> {
  try {
    await onChannel(model, check);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A failed request ends its channel: so whatever may fail has one of its own. */
export async function onChannel<T>(model: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  const result = await work(channel);
  await channel.close();
  return result;
}

/**
 * Since RabbitMQ 4.0 a quorum queue drops a message that was redelivered 20 times, which an outage or a crash loop reaches
 * easily. So the limit is one that nothing reaches. Not −1, which means "none" from 4.0 on but "drop at once" before: the
 * arguments must be the same on every version, or queues made on 3.x would be refused after the broker's upgrade.
 */
const QUORUM_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
