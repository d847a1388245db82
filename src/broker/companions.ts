import type { ChannelModel } from 'amqplib';
import { ACCESS_REFUSED, BrokerRefusedError, PRECONDITION_FAILED, replyCode } from './errors.ts';
import { ifExists, onChannel } from './on-channel.ts';
import type { QueueDeclaration, Topology } from './options.ts';

/**
 * Declares the companion queues; where the topology is passive, as far as the user may.
 *
 * @returns the names to use, by the names that were asked for @throws BrokerRefusedError that names those which are missing
 */
export async function declareCompanions(model: ChannelModel, topology: Topology): Promise<Map<string, string>> {
  const namesInUse = new Map<string, string>();
  const missing: string[] = [];
  for (const companion of topology.companionQueues) {
    const { name } = companion;
    try {
      namesInUse.set(name, await declareCompanion(model, companion));
    } catch (error) {
      if (topology.declare === 'active' || replyCode(error) !== ACCESS_REFUSED) throw error;
      if ((await ifExists(model, (channel) => channel.checkQueue(name))) === undefined) missing.push(name);
    }
  }
  if (missing.length === 0) return namesInUse;
  throw new BrokerRefusedError(
    `RabbitMQ lacks ${missing.join(', ')}, and the user may not declare queues. An administrator has to: ` +
      '`order-sync check` shows how.',
  );
}

/**
 * Declares a queue. If an earlier version of the program has declared it with other arguments, which can never be changed,
 * that queue is left as it is, and the queue's successor is declared instead.
 *
 * @returns the name of the queue to use
 */
export async function declareCompanion(model: ChannelModel, declaration: QueueDeclaration): Promise<string> {
  const name = (await successorInUse(model, declaration)) ?? declaration.name;
  await declareQueue(model, { ...declaration, name });
  return name;
}

/** @returns the name of the queue's successor, if that is the one to use */
export async function successorInUse(model: ChannelModel, declaration: QueueDeclaration): Promise<string | undefined> {
  const { earlier } = declaration;
  if (earlier === undefined || (await isDeclared(model, declaration))) return undefined;
  return (await isDeclared(model, { ...declaration, ...earlier })) ? earlier.successor : undefined;
}

export function queueArguments({ type, arguments: others }: QueueDeclaration): Record<string, string | number> {
  return { ...(type === 'quorum' ? QUORUM_ARGUMENTS : { 'x-queue-type': 'classic' }), ...others };
}

async function isDeclared(model: ChannelModel, declaration: QueueDeclaration): Promise<boolean> {
  try {
    await declareQueue(model, declaration);
    return true;
  } catch (error) {
    if (replyCode(error) === PRECONDITION_FAILED) return false;
    throw error;
  }
}

async function declareQueue(model: ChannelModel, declaration: QueueDeclaration): Promise<void> {
  const options = { durable: true, arguments: queueArguments(declaration) };
  await onChannel(model, (channel) => channel.assertQueue(declaration.name, options));
}

/**
 * Since RabbitMQ 4.0 a quorum queue drops a message that was redelivered 20 times, which an outage or a crash loop reaches
 * easily. So the limit is one that nothing reaches. Not −1, which means "none" from 4.0 on but "drop at once" before: the
 * arguments must be the same on every version, or queues made on 3.x would be refused after the broker's upgrade.
 */
export const QUORUM_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
