import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { BrokerClosedError, brokersAnswer, UnroutableError } from './errors.ts';
import { type BrokerSettings, checkOptions, type RabbitMQOptions, type Topology } from './options.ts';
import { asMessage, type Publication } from './publication.ts';
import { type Blocked, Publisher } from './publisher.ts';
import { DEFAULT_EXCHANGE, publishingKey } from './routing.ts';
import type { ConnectionOptions, Generation } from './supervised-connection.ts';
import { declareTopology, refuseStream } from './topology.ts';

export type DeliveryHandler = (delivery: Delivery) => void | Promise<void>;

/** Which of the two connections something happened to. */
export type ConnectionRole = 'publishing' | 'consuming';

export interface RabbitMQEvents {
  /** A connection is up: to `broker`, which is `host:port`, and the address if the host has several. */
  up: [role: ConnectionRole, broker: string];
  down: [role: ConnectionRole, error: Error, broker: string];
  /**
   * A connection to `broker` failed or was lost; the next try follows in `delayMs`, which is 0 while there are hosts that this round
   * has not tried. `broker` is undefined when an option that is a function returned something unusable.
   */
  retry: [role: ConnectionRole, error: Error, delayMs: number, broker: string | undefined];
  /** The broker takes no messages from anyone, because of a memory or disk alarm; nothing is sent until that is over. */
  blocked: [blocked: Blocked];
  unblocked: [];
  /** A handler passed to `run` threw. The message was requeued. */
  handlerError: [error: unknown];
}

/**
 * One durable exchange, one queue, the binding between them, and everything a shop or a daemon does with them. Reconnects
 * automatically, forever. Publishing and consuming use separate connections, because a broker under a memory or disk alarm
 * stops reading from connections that publish, acks included.
 *
 *     await using rabbit = new RabbitMQ({ url, exchange: 'orders', queue: 'orders', routingKey: 'orders' });
 *     await rabbit.open();
 *     await rabbit.send({ orderNumber: '10086', event: 'paid' });
 */
export class RabbitMQ extends EventEmitter<RabbitMQEvents> {
  readonly #settings: BrokerSettings;
  #topology: Topology;
  #publisher: Publisher | undefined;
  #consumer: Consumer | undefined;
  #namesInUse: ReadonlyMap<string, string> = new Map();
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  /** @throws BrokerOptionsError naming every field that is missing or wrong */
  constructor(options: RabbitMQOptions) {
    super();
    this.#settings = checkOptions(options);
    this.#topology = this.#settings.topology;
  }

  get queue(): string {
    return this.#topology.queue;
  }

  /** The companion queue of this name, or its successor, whichever is in use. Known once it is open. */
  companion(name: string): string {
    return this.#namesInUse.get(name) ?? name;
  }

  /** Both connections in use are up, and the consumer, when there is one and it is not paused, is subscribed. */
  get isUp(): boolean {
    return (this.#publisher?.isUp ?? true) && (this.#consumer?.isUp ?? true);
  }

  /** Why it is not up: what the broker says or, when nobody answers, what came of the last try. */
  get problem(): Error | undefined {
    const problems = [this.#publisher?.problem, this.#consumer?.problem];
    return problems.find((problem) => brokersAnswer(problem) !== undefined) ?? problems.find(Boolean);
  }

  /** While the broker takes no messages from anyone. */
  get blocked(): Blocked | undefined {
    return this.#publisher?.blocked;
  }

  /**
   * Has the broker say whether it takes messages, which it tells only those who publish: soon after, `blocked` is right. Sends a message
   * that no queue gets, through the default exchange.
   */
  probe(): void {
    this.#publisher?.probe();
  }

  get isConsuming(): boolean {
    return this.#consumer?.isConsuming ?? false;
  }

  /**
   * Connects, and declares exchange, queue and binding (or, with `declare: 'passive'`, checks that the queue is there). Waits
   * for as long as the broker is away.
   *
   * @throws BrokerRefusedError when the broker refuses the credentials, or a queue of that name has other properties
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw new BrokerClosedError('This RabbitMQ was closed; create another.');
    this.#publisher ??= new Publisher({
      ...this.#connectionOptions('publishing'),
      timeoutMs: this.#settings.publishTimeoutMs,
      declare: this.#declare,
      onBlocked: (blocked) => this.emit('blocked', blocked),
      onUnblocked: () => this.emit('unblocked'),
    });
    await this.#publisher.open();
  }

  /** Switches to another exchange, queue and routing key on the same connections, and declares them. */
  async reset(exchange: string, queue: string, routingKey: string | readonly string[]): Promise<void> {
    const before = this.#topology;
    await this.pause();
    const routingKeys = typeof routingKey === 'string' ? [routingKey] : routingKey;
    this.#topology = { ...before, exchange, queue, routingKeys };
    try {
      await this.#publisher?.redeclare();
    } catch (error) {
      this.#topology = before;
      throw error;
    } finally {
      await this.resume();
    }
  }

  /**
   * Publishes to the exchange, with the first routing key that is no pattern: an object as JSON, anything else as trimmed
   * text. With patterns alone, straight into the queue. Resolves when the broker has the message in a queue, on disk if the
   * queue is durable.
   *
   * @throws BrokerUnavailableError (not sent), UnroutableError (returned), PublishRefusedError (refused),
   *   PublishUnconfirmedError (may or may not have arrived; sending it again is safe)
   */
  send(message: unknown, headers: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { exchange } = this.#topology;
    const routingKey = publishingKey(this.#topology);
    if (exchange === DEFAULT_EXCHANGE || routingKey === undefined) return this.enqueue(message, headers);
    return this.publish({ exchange, routingKey, ...asMessage(message, headers) });
  }

  /** `send` straight into the queue: other queues of the exchange get nothing. @throws like `send` */
  enqueue(message: unknown, headers: Readonly<Record<string, unknown>> = {}): Promise<void> {
    return this.publish({ exchange: '', routingKey: this.queue, ...asMessage(message, headers) });
  }

  /** `send` for any message and destination. A deleted queue is declared again, once. @throws like `send` */
  async publish(publication: Publication): Promise<void> {
    const publisher = this.#publisher;
    if (publisher === undefined) throw new BrokerClosedError('Not open: call open() before publishing.');
    try {
      await publisher.publish(publication);
    } catch (error) {
      if (!(error instanceof UnroutableError)) throw error;
      await publisher.redeclare();
      await publisher.publish(publication);
    }
  }

  /**
   * Passes every delivery to `handler`, until `close()`. Unless `autoAck`, the handler settles each delivery itself, with
   * `delivery.ack()` or `delivery.requeue()`, at any time. If it throws, the delivery is requeued after a second.
   *
   * @returns when closed @throws BrokerRefusedError like `open`
   */
  async run(handler: DeliveryHandler, { autoAck = false }: { autoAck?: boolean } = {}): Promise<void> {
    await this.subscribe(handler, { autoAck });
    await this.#closed.promise;
  }

  /** Like `run`, but resolves as soon as the consumer is up. */
  async subscribe(handler: DeliveryHandler, { autoAck = false }: { autoAck?: boolean } = {}): Promise<void> {
    if (this.#consumer !== undefined)
      throw new Error('This RabbitMQ already consumes; create another to consume twice.');
    const isPassive = this.#topology.declare === 'passive';
    this.#consumer = new Consumer({
      ...this.#connectionOptions('consuming'),
      queue: () => this.#topology.queue,
      prefetch: this.#settings.prefetch,
      autoAck,
      hasGet: !isPassive,
      declare: async (generation) => {
        await this.#declare(generation);
        if (isPassive) await refuseStream(generation.model, this.queue);
      },
      onDelivery: (delivery) => void this.#handle(handler, delivery, autoAck),
    });
    await this.#consumer.open();
  }

  /** Takes no more deliveries until `resume()`; those in flight stay valid. */
  async pause(): Promise<void> {
    await this.#consumer?.pause();
  }

  async resume(): Promise<void> {
    await this.#consumer?.resume();
  }

  /** One message while paused; undefined when there is none. @throws BrokerUnavailableError */
  async take(): Promise<Delivery | undefined> {
    return this.#consumer?.take();
  }

  /** Messages ready in the queue, without those in flight. @throws BrokerUnavailableError */
  async waiting(): Promise<number> {
    if (this.#consumer === undefined) throw new BrokerClosedError('Not consuming: call subscribe() before.');
    return this.#consumer.waiting();
  }

  /** Closes both connections; the broker requeues unsettled deliveries. Never throws, never hangs on a dead peer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#consumer?.close(), this.#publisher?.close()]);
    this.#closed.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #declare = async ({ model }: Generation): Promise<void> => {
    this.#namesInUse = await declareTopology(model, this.#topology);
  };

  async #handle(handler: DeliveryHandler, delivery: Delivery, autoAck: boolean): Promise<void> {
    try {
      await handler(delivery);
    } catch (error) {
      this.emit('handlerError', error);
      if (autoAck || delivery.isSettled) return;
      // Not at once: a handler that always fails would spin.
      await sleep(HANDLER_FAILED_DELAY_MS, undefined, { ref: false });
      if (!delivery.isSettled) delivery.requeue();
    }
  }

  #connectionOptions(role: ConnectionRole): Omit<ConnectionOptions, 'setUp'> {
    const { endpoints, connectionName, refusalPatienceMs } = this.#settings;
    return {
      endpoints,
      name: `${connectionName} ${role}`,
      patienceMs: refusalPatienceMs,
      observer: {
        onUp: (broker) => this.emit('up', role, broker),
        onDown: (error, broker) => this.emit('down', role, error, broker),
        onRetry: (error, delayMs, broker) => this.emit('retry', role, error, delayMs, broker),
      },
    };
  }
}

const HANDLER_FAILED_DELAY_MS = 1_000;
