import type { Channel } from 'amqplib';
import { AckBuffer } from './ack-buffer.ts';
import { Delivery } from './delivery.ts';
import { BrokerUnavailableError } from './errors.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Endpoint } from './options.ts';
import { type ConnectionObserver, type Generation, SupervisedConnection } from './supervised-connection.ts';

/**
 * Consumes one queue on a connection of its own, for ever: whatever ends the consumer (a lost connection, a deleted queue,
 * a channel error, the broker's own cancel), a new generation declares, subscribes and goes on. It is never idle unless
 * paused.
 */
export class Consumer {
  readonly #connection: SupervisedConnection;
  readonly #options: ConsumerOptions;
  #current: Current | undefined;
  #isPaused = false;
  /** Pause and resume, one after the other. */
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

  /** The last acks still leave. */
  close(): Promise<void> {
    this.#current?.unsettled.flush();
    return this.#connection.close();
  }

  get isConsuming(): boolean {
    return this.#connection.isUp && this.#current?.tag !== undefined;
  }

  get isUp(): boolean {
    return this.#connection.isUp;
  }

  /** Takes no more deliveries until `resume()`. Those already here stay valid and want to be settled. */
  pause(): Promise<void> {
    this.#isPaused = true;
    return this.#apply();
  }

  resume(): Promise<void> {
    this.#isPaused = false;
    return this.#apply();
  }

  /** One message while paused, or undefined when the queue is empty. @throws BrokerUnavailableError */
  async take(): Promise<Delivery | undefined> {
    const current = this.#current;
    if (current === undefined) throw new BrokerUnavailableError('No connection to RabbitMQ');
    const message = await current.channel.get(this.#options.queue(), { noAck: false });
    if (message === false) return undefined;
    current.unsettled.add(message);
    return new Delivery(message, current.unsettled, current.generation.signal);
  }

  /** Messages that wait in the queue, without those in someone's hands. @throws BrokerUnavailableError */
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
    const unsettled = new AckBuffer(channel);
    const idleWatch = new IdleWatch({
      isIdle: () => this.isConsuming && unsettled.isEmpty,
      waiting: () => this.waiting(),
      onForgotten: (error) => generation.lose(error),
      signal: generation.signal,
    });
    return { channel, unsettled, idleWatch, generation, tag: undefined };
  }

  /** Brings the subscription to what is wanted. A failure ends the generation; the next one starts from what is wanted. */
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

  async #subscribe({ channel, unsettled, idleWatch, generation }: Current): Promise<string> {
    const { autoAck, onDelivery } = this.#options;
    const queue = this.#options.queue();
    const onMessage: Parameters<Channel['consume']>[1] = (message) => {
      if (message === null) {
        generation.lose(new Error(`the broker cancelled the consumer; was queue "${queue}" deleted?`));
        return;
      }
      idleWatch.delivered();
      if (!autoAck) unsettled.add(message);
      onDelivery(new Delivery(message, unsettled, generation.signal));
    };
    const { consumerTag } = await channel.consume(queue, onMessage, { noAck: autoAck });
    return consumerTag;
  }
}

interface Current {
  readonly channel: Channel;
  readonly unsettled: AckBuffer;
  readonly idleWatch: IdleWatch;
  readonly generation: Generation;
  /** Undefined while not subscribed. */
  tag: string | undefined;
}

export interface ConsumerOptions {
  readonly endpoint: Endpoint;
  readonly name: string;
  /** Asked each time: it may be reset. */
  readonly queue: () => string;
  readonly prefetch: number;
  readonly autoAck: boolean;
  readonly declare: (generation: Generation) => Promise<void>;
  /** Must not throw: amqplib would close the channel. */
  readonly onDelivery: (delivery: Delivery) => void;
  readonly observer: ConnectionObserver;
}
