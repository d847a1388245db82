import type { ChannelModel } from 'amqplib';
import { PRECONDITION_FAILED, replyCode } from './errors.ts';
import type { QueueDeclaration } from './options.ts';

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

async function isDeclared(model: ChannelModel, declaration: QueueDeclaration): Promise<boolean> {
  try {
    await declareQueue(model, declaration);
    return true;
  } catch (error) {
    if (replyCode(error) === PRECONDITION_FAILED) return false;
    throw error;
  }
}

/** On a channel of its own: a refusal closes it. */
async function declareQueue(model: ChannelModel, declaration: QueueDeclaration): Promise<void> {
  const channel = await model.createChannel();
  // A failed declaration rejects; the event only repeats it.
  channel.on('error', () => undefined);
  const type = declaration.type === 'quorum' ? QUORUM_ARGUMENTS : { 'x-queue-type': 'classic' };
  await channel.assertQueue(declaration.name, { durable: true, arguments: { ...type, ...declaration.arguments } });
  await channel.close();
}

/**
 * Since RabbitMQ 4.0 a quorum queue drops a message that was redelivered 20 times, which an outage or a crash loop reaches
 * easily. So the limit is one that nothing reaches. Not −1, which means "none" from 4.0 on but "drop at once" before: the
 * arguments must be the same on every version, or queues made on 3.x would be refused after the broker's upgrade.
 */
export const QUORUM_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
