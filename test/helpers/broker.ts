import { randomBytes } from 'node:crypto';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { onTestFinished } from 'vitest';
import { RabbitMQ, type RabbitMQOptions } from '../../src/index.ts';

export const BROKER_URL = process.env['RABBITMQ_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';

/** The test's own connection, besides the one under test: it inspects, declares, publishes and cleans up. */
export interface Bystander {
  readonly model: ChannelModel;
  readonly channel: Channel;
  /** Publishes to a queue with a confirm, without anything that our own publisher adds. */
  publish(queue: string, content: string | Buffer, properties?: object): Promise<void>;
  /** Ready messages; undefined when the queue does not exist. */
  messages(queue: string): Promise<number | undefined>;
  /** Takes all messages out of a queue. */
  drain(queue: string): Promise<{ content: string; headers: Record<string, unknown>; properties: object }[]>;
}

export async function aBystander(url = BROKER_URL): Promise<Bystander> {
  const model = await connect(url);
  model.on('error', () => undefined);
  const channel = await model.createConfirmChannel();
  onTestFinished(() => model.close().catch(() => undefined));
  return {
    model,
    channel,
    async publish(queue, content, properties = {}) {
      channel.sendToQueue(queue, Buffer.from(content), { persistent: true, ...properties });
      await channel.waitForConfirms();
    },
    async messages(queue) {
      const probe = await model.createChannel();
      probe.on('error', () => undefined);
      const found = await probe.checkQueue(queue).catch(() => undefined);
      if (found !== undefined) await probe.close();
      return found?.messageCount;
    },
    async drain(queue) {
      const drained = [];
      for (let message = await channel.get(queue); message !== false; message = await channel.get(queue)) {
        channel.ack(message);
        const headers: Record<string, unknown> = { ...message.properties.headers };
        drained.push({ content: message.content.toString(), headers, properties: message.properties });
      }
      return drained;
    },
  };
}

/**
 * A unique name for exchange, queue and routing key. They are deleted after the test, except on a private broker, which
 * goes as a whole.
 */
export function aQueueName(url = BROKER_URL, retryDelaysMs: readonly number[] = []): string {
  const name = `test.${randomBytes(5).toString('hex')}`;
  onTestFinished(async () => {
    if (url !== BROKER_URL) return;
    const model = await connect(url);
    const channel = await model.createChannel();
    const queues = [name, `${name}.dead-letters`, ...retryDelaysMs.map((delayMs) => `${name}.retry.${delayMs}`)];
    for (const queue of queues) await channel.deleteQueue(queue);
    await channel.deleteExchange(name);
    await model.close();
  });
  return name;
}

/** The class under test on a queue of its own, closed after the test. */
export function aRabbit(overrides: Partial<RabbitMQOptions> = {}): RabbitMQ {
  const name = overrides.queue ?? aQueueName(typeof overrides.url === 'string' ? overrides.url : undefined);
  const rabbit = new RabbitMQ({ url: BROKER_URL, exchange: name, queue: name, routingKey: name, ...overrides });
  onTestFinished(() => rabbit.close());
  return rabbit;
}
