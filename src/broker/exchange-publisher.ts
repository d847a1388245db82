import { EventEmitter } from 'node:events';
import type { ChannelModel } from 'amqplib';
import { ifExists, onChannel } from './on-channel.ts';
import { checkOptions, type RabbitMQOptions } from './options.ts';
import type { Publication } from './publication.ts';
import { Publisher } from './publisher.ts';
import type { RabbitMQEvents } from './rabbitmq.ts';

/**
 * Publishes to an exchange that others bind their queues to. If it is there, whatever its type, it is used as it is; otherwise a
 * durable topic exchange is declared. No queue of ours is bound: a message that none takes is an UnroutableError.
 */
export class ExchangePublisher extends EventEmitter<RabbitMQEvents> {
  readonly #publisher: Publisher;
  readonly #exchange: string;

  /** @param options how to reach the broker @param exchange a name, not that of a built-in exchange */
  constructor(options: RabbitMQOptions, exchange: string) {
    super();
    const { endpoints, connectionName, refusalPatienceMs, publishTimeoutMs } = checkOptions(options);
    this.#exchange = exchange;
    this.#publisher = new Publisher({
      endpoints,
      name: connectionName,
      patienceMs: refusalPatienceMs,
      observer: {
        onUp: (broker) => this.emit('up', 'publishing', broker),
        onDown: (error, broker) => this.emit('down', 'publishing', error, broker),
        onRetry: (error, delayMs, broker) => this.emit('retry', 'publishing', error, delayMs, broker),
      },
      timeoutMs: publishTimeoutMs,
      declare: ({ model }) => declareUnlessThere(model, exchange),
      onBlocked: (blocked) => this.emit('blocked', blocked),
      onUnblocked: () => this.emit('unblocked'),
    });
  }

  /** Waits for as long as the broker is away. @throws BrokerRefusedError */
  open(): Promise<void> {
    return this.#publisher.open();
  }

  /** Resolves when the broker has it in a queue. @throws like `RabbitMQ.publish` */
  publish(publication: Omit<Publication, 'exchange'>): Promise<void> {
    return this.#publisher.publish({ ...publication, exchange: this.#exchange });
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }
}

async function declareUnlessThere(model: ChannelModel, exchange: string): Promise<void> {
  if ((await ifExists(model, (channel) => channel.checkExchange(exchange))) !== undefined) return;
  await onChannel(model, (channel) => channel.assertExchange(exchange, 'topic', { durable: true }));
}
