import type { Channel, ConsumeMessage, GetMessage } from 'amqplib';
import { AckBuffer } from './ack-buffer.ts';
import { Delivery } from './delivery.ts';
import { notConnected } from './errors.ts';
import { IdleWatch } from './idle-watch.ts';
import { type ConnectionOptions, type Generation, SupervisedConnection } from './supervised-connection.ts';
import { takeByConsuming } from './take-by-consuming.ts';

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
    this.#connection = new SupervisedConnection({ ...options, setUp: (generation) => this.#setUp(generation) });
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

  get problem(): Error | undefined {
    return this.#connection.problem;
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
    const { channel, ackBuffer, generation } = this.#connected();
    const { hasGet, prefetch } = this.#options;
    const queue = this.#options.queue();
    const taking: Promise<GetMessage | ConsumeMessage | false> = hasGet
      ? channel.get(queue, { noAck: false })
      : takeByConsuming(channel, queue, prefetch);
    const message = await generation.answer(taking, 'a message');
    if (message === false) return undefined;
    ackBuffer.add(message);
    return new Delivery(message, ackBuffer, generation.signal);
  }

  /** Messages ready in the queue, without those delivered and unsettled. @throws BrokerUnavailableError */
  async waiting(): Promise<number> {
    const { channel, generation } = this.#connected();
    const { messageCount } = await generation.answer(
      channel.checkQueue(this.#options.queue()),
      'the length of the queue',
    );
    return messageCount;
  }

  #connected(): Current {
    if (this.#current === undefined) throw notConnected(this.problem, 'No connection to RabbitMQ');
    return this.#current;
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
          await current.generation.answer(current.channel.cancel(tag), 'the end of the subscription');
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
        generation.lose(
          new Error(`the broker cancelled the consumer; was queue "${queue}" deleted, or is its node down?`),
        );
        return;
      }
      idleWatch.delivered();
      if (!autoAck) ackBuffer.add(message);
      onDelivery(new Delivery(message, ackBuffer, generation.signal));
    };
    const subscribing = channel.consume(queue, onMessage, { noAck: autoAck });
    return (await generation.answer(subscribing, 'the subscription')).consumerTag;
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

export interface ConsumerOptions extends Omit<ConnectionOptions, 'setUp'> {
  /** Called each time: `reset` may change it. */
  readonly queue: () => string;
  readonly prefetch: number;
  readonly autoAck: boolean;
  /** False when the queue may be one that knows no basic.get: a quorum queue with a single active consumer. */
  readonly hasGet: boolean;
  readonly declare: (generation: Generation) => Promise<void>;
  /** Must not throw: amqplib would close the channel. */
  readonly onDelivery: (delivery: Delivery) => void;
}
