import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { deadLetterQueueName, retryQueueName } from '../../src/messages/retry-queues.ts';
import { BenchError } from '../bench-error.ts';

export const RETRY_DELAYS_MS = [5_000, 30_000];
/** This many messages are published before waiting for their confirms. */
const CONFIRM_EVERY = 10_000;

/** The benchmark's own connection, which fills and inspects queues. */
export class Broker {
  readonly url: string;
  readonly version: string;
  readonly #model: ChannelModel;

  private constructor(url: string, model: ChannelModel) {
    this.url = url;
    this.#model = model;
    this.version = String(model.connection.serverProperties.version);
  }

  static async connect(url: string): Promise<Broker> {
    const model = await connect(url).catch((cause: unknown) => {
      throw new BenchError(`RabbitMQ does not answer: ${String(cause)}`);
    });
    model.on('error', () => undefined);
    return new Broker(url, model);
  }

  /** A new durable queue with its exchange, as the shop's producer declares them. Deleted when disposed of. */
  async openQueue(): Promise<BenchQueue> {
    const name = `order-sync-bench-${randomBytes(5).toString('hex')}`;
    const channel = await this.#model.createConfirmChannel();
    await channel.assertExchange(name, 'direct', { durable: true });
    await channel.assertQueue(name, { durable: true });
    await channel.bindQueue(name, name, name);
    return new BenchQueue(name, channel, this.#model);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.close();
  }
}

export class BenchQueue {
  readonly name: string;
  readonly #channel: ConfirmChannel;
  readonly #model: ChannelModel;

  constructor(name: string, channel: ConfirmChannel, model: ChannelModel) {
    this.name = name;
    this.#channel = channel;
    this.#model = model;
  }

  /** Publishes a persistent event for each order. Resolves when the broker has confirmed them all. */
  async publish(orderNumbers: Iterable<string>): Promise<void> {
    let count = 0;
    for (const orderNumber of orderNumbers) {
      const content = Buffer.from(`{"orderNumber":"${orderNumber}","event":"paid"}`);
      // Too old for a later look at an event that changes nothing: the figures are of one look each.
      const timestamp = Math.floor(Date.now() / 1000) - 3_600;
      const options = { persistent: true, contentType: 'application/json', timestamp };
      if (!this.#channel.publish(this.name, this.name, content, options)) await once(this.#channel, 'drain');
      count += 1;
      if (count % CONFIRM_EVERY === 0) await this.#channel.waitForConfirms();
    }
    await this.#channel.waitForConfirms();
  }

  /** Ready messages, without unsettled ones. */
  async ready(): Promise<number> {
    return (await this.#channel.checkQueue(this.name)).messageCount;
  }

  /** Messages in the dead letters and the retry queues. */
  async leftAside(): Promise<number> {
    let count = 0;
    for (const name of this.#companions()) {
      const probe = await this.#probe();
      const found = await probe.checkQueue(name).catch(() => undefined);
      count += found?.messageCount ?? 0;
      // A missing queue has closed the channel already.
      if (found !== undefined) await probe.close();
    }
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [this.name, ...this.#companions()]) await this.#channel.deleteQueue(name);
    await this.#channel.deleteExchange(this.name);
    await this.#channel.close();
  }

  #companions(): string[] {
    return [deadLetterQueueName(this.name), ...RETRY_DELAYS_MS.map((delayMs) => retryQueueName(this.name, delayMs))];
  }

  async #probe(): Promise<Channel> {
    const channel = await this.#model.createChannel();
    channel.on('error', () => undefined);
    return channel;
  }
}
