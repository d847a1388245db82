import type { Channel } from 'amqplib';
import { AckBuffer } from './ack-buffer.ts';
import { Delivery } from './delivery.ts';
import { BrokerUnavailableError } from './errors.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Endpoint } from './options.ts';
import { type ConnectionObserver, type Generation, SupervisedConnection } from './supervised-connection.ts';

/**
 * Consumes one queue on a connection of its own, forever: whatever ends the consumer (a lost connection, a deleted queue, a
 * channel error, a cancel by the broker), a new generation declares, subscribes and continues. It is idle only while paused.
 */
export class Consumer {
  readonly #connection: SupervisedConnection;
  readonly #options: ConsumerOptions;
  #current: Current | undefined;
  #isPaused = false;
  /** Pauses and resumes happen one after the other. */
  #change: Promise<void> = Promise.resolve();

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#connection = new SupervisedConnection({
      endpoint: options.endpoint,
      name: options.name,
      setUp: (generation) => this.#setUp(generation),
      observer: options.observer,
    });
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Sends the last acks first. */
  close(): Promise<void> {
    this.#current?.ackBuffer.flush();
    return this.#connection.close();
  }

  get isConsuming(): boolean {
    return this.#connection.isUp && this.#current?.tag !== undefined;
  }

  get isUp(): boolean {
    return this.#connection.isUp;
  }

  /** Takes no more deliveries until `resume()`. Those already here stay valid and must be settled. */
  pause(): Promise<void> {
    this.#isPaused = true;
    return this.#apply();
  }

  resume(): Promise<void> {
    this.#isPaused = false;
    return this.#apply();
  }

  /** One message while paused; undefined when the queue is empty. @throws BrokerUnavailableError */
  async take(): Promise<Delivery | undefined> {
    const current = this.#current;
    if (current === undefined) throw new BrokerUnavailableError('No connection to RabbitMQ');
    const message = await current.channel.get(this.#options.queue(), { noAck: false });
    if (message === false) return undefined;
    current.ackBuffer.add(message);
    return new Delivery(message, current.ackBuffer, current.generation.signal);
  }

  /** Messages ready in the queue, without those delivered and unsettled. @throws BrokerUnavailableError */
  async waiting(): Promise<number> {
    const current = this.#current;
    if (current === undefined) throw new BrokerUnavailableError('No connection to RabbitMQ');
    return (await current.channel.checkQueue(this.#options.queue())).messageCount;
  }

  async #setUp(generation: Generation): Promise<void> {
    await this.#options.declare(generation);
    const channel = generation.watch(await generation.model.createChannel());
    await channel.prefetch(this.#options.prefetch);
    this.#current = this.#watched(channel, generation);
    generation.signal.addEventListener('abort', () => {
      this.#current = undefined;
    });
    await this.#apply();
  }

  #watched(channel: Channel, generation: Generation): Current {
    const ackBuffer = new AckBuffer(channel);
    const idleWatch = new IdleWatch({
      isIdle: () => this.isConsuming && ackBuffer.isEmpty,
      waiting: () => this.waiting(),
      onForgotten: (error) => generation.lose(error),
      signal: generation.signal,
    });
    return { channel, ackBuffer, idleWatch, generation, tag: undefined };
  }

  /** Subscribes or cancels, as wanted by now. A failure ends the generation; the next one starts as wanted. */
  #apply(): Promise<void> {
    this.#change = this.#change.then(async () => {
      const current = this.#current;
      if (current === undefined) return;
      try {
        if (this.#isPaused && current.tag !== undefined) {
          const { tag } = current;
          current.tag = undefined;
          await current.channel.cancel(tag);
        } else if (!this.#isPaused && current.tag === undefined) {
          current.tag = await this.#subscribe(current);
        }
      } catch (error) {
        current.generation.lose(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return this.#change;
  }

  async #subscribe({ channel, ackBuffer, idleWatch, generation }: Current): Promise<string> {
    const { autoAck, onDelivery } = this.#options;
    const queue = this.#options.queue();
    const onMessage: Parameters<Channel['consume']>[1] = (message) => {
      if (message === null) {
        generation.lose(new Error(`the broker cancelled the consumer; was queue "${queue}" deleted?`));
        return;
      }
      idleWatch.delivered();
      if (!autoAck) ackBuffer.add(message);
      onDelivery(new Delivery(message, ackBuffer, generation.signal));
    };
    const { consumerTag } = await channel.consume(queue, onMessage, { noAck: autoAck });
    return consumerTag;
  }
}

interface Current {
  readonly channel: Channel;
  readonly ackBuffer: AckBuffer;
  readonly idleWatch: IdleWatch;
  readonly generation: Generation;
  /** Undefined while not subscribed. */
  tag: string | undefined;
}

export interface ConsumerOptions {
  readonly endpoint: Endpoint;
  readonly name: string;
  /** Called each time: `reset` may change it. */
  readonly queue: () => string;
  readonly prefetch: number;
  readonly autoAck: boolean;
  readonly declare: (generation: Generation) => Promise<void>;
  /** Must not throw: amqplib would close the channel. */
  readonly onDelivery: (delivery: Delivery) => void;
  readonly observer: ConnectionObserver;
}
