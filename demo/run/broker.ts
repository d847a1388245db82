import { type Channel, connect } from 'amqplib';
import { orAborted } from '../../src/async/deadline.ts';
import { HEADER, readHeader } from '../../src/messages/headers.ts';
import { deadLetterQueueName, retryQueueName } from '../../src/messages/retry-queues.ts';
import { DemoError } from './errors.ts';
import type { DemoSettings } from './settings.ts';

/** A broker that does not answer must not block the demo, nor its clean-up. */
const TIME_LIMIT_MS = 15_000;

export interface FoundDeadLetter {
  readonly text: string;
  readonly reason: string;
  readonly error: string;
  readonly attempts: number;
}

/** The contents of this run's queues. Accurate only while nothing consumes from them. */
export interface QueueContents {
  /** In the main queue and the retry queues. */
  readonly events: number;
  readonly deadLetters: readonly FoundDeadLetter[];
}

/** @throws DemoError when no broker answers, or it refuses the connection */
export async function assertBrokerAnswers(settings: DemoSettings): Promise<void> {
  await onChannel(settings, async () => undefined).catch((cause: unknown) => {
    const where = new URL(settings.brokerUrl).host;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new DemoError(`Cannot use RabbitMQ at ${where} (${problem}). "npm run demo" finds or starts one.`, {
      cause,
    });
  });
}

export function lookIntoQueues(settings: DemoSettings): Promise<QueueContents> {
  return onChannel(settings, async (channel) => {
    let events = 0;
    for (const queue of eventQueues(settings)) events += (await channel.checkQueue(queue)).messageCount;
    return { events, deadLetters: await readDeadLetters(channel, settings) };
  });
}

/** Removes this run's queues and exchange, if they exist. @throws DemoError when it cannot */
export async function deleteQueues(settings: DemoSettings): Promise<void> {
  const { queue } = settings;
  const removed = onChannel(settings, async (channel) => {
    for (const name of [...eventQueues(settings), deadLetterQueueName(queue)]) await channel.deleteQueue(name);
    await channel.deleteExchange(queue);
  });
  await removed.catch((cause: unknown) => {
    throw new DemoError(`Could not remove the queues named ${queue}… from RabbitMQ. Please remove them by hand.`, {
      cause,
    });
  });
}

function eventQueues({ queue, retryDelaysMs }: DemoSettings): string[] {
  return [queue, ...retryDelaysMs.map((delayMs) => retryQueueName(queue, delayMs))];
}

/** Reads without acking: they return to their queue when the channel closes. */
async function readDeadLetters(channel: Channel, { queue }: DemoSettings): Promise<FoundDeadLetter[]> {
  const found: FoundDeadLetter[] = [];
  for (;;) {
    const message = await channel.get(deadLetterQueueName(queue));
    if (message === false) return found;
    const header = (name: string) => String(readHeader(message.properties, name));
    found.push({
      text: message.content.toString(),
      reason: header(HEADER.reason),
      error: header(HEADER.error),
      attempts: Number(header(HEADER.failures)),
    });
  }
}

async function onChannel<T>({ brokerUrl }: DemoSettings, work: (channel: Channel) => Promise<T>): Promise<T> {
  const timeLimit = AbortSignal.timeout(TIME_LIMIT_MS);
  const model = await orAborted(connect(brokerUrl), timeLimit);
  model.on('error', () => undefined);
  try {
    const channel = await orAborted(model.createChannel(), timeLimit);
    channel.on('error', () => undefined);
    return await orAborted(work(channel), timeLimit);
  } finally {
    await orAborted(model.close(), timeLimit).catch(() => undefined);
  }
}
