import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfirmChannel, Options } from 'amqplib';
import { BrokerUnavailableError, PublishRefusedError, PublishUnconfirmedError, UnroutableError } from './errors.ts';
import type { Endpoint } from './options.ts';
import { type ConnectionObserver, type Generation, SupervisedConnection } from './supervised-connection.ts';

export interface Publication {
  /** '' is the default exchange, which routes to the queue named by the routing key. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties?: Omit<Options.Publish, 'mandatory' | 'persistent' | 'deliveryMode'>;
}

/**
 * Publishes so that "resolved" means "the broker has it in a queue": persistent, confirmed, and mandatory, since an
 * unroutable message is confirmed too; only the return that precedes the confirm tells.
 */
export class Publisher {
  readonly #connection: SupervisedConnection;
  readonly #timeoutMs: number;
  readonly #declare: (generation: Generation) => Promise<void>;
  /** Publishes whose message came back, by publish id. */
  readonly #returned = new Set<number>();
  #current: Current | undefined;
  #up = Promise.withResolvers<void>();
  #nextId = 1;

  constructor(options: {
    endpoint: Endpoint;
    name: string;
    timeoutMs: number;
    declare: (generation: Generation) => Promise<void>;
    observer: ConnectionObserver;
  }) {
    this.#timeoutMs = options.timeoutMs;
    this.#declare = options.declare;
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

  close(): Promise<void> {
    return this.#connection.close();
  }

  get isUp(): boolean {
    return this.#connection.isUp;
  }

  /** Declares again what may have been deleted. */
  async redeclare(): Promise<void> {
    const { generation } = await this.#connected(Date.now() + this.#timeoutMs);
    await this.#declare(generation);
  }

  /** @throws BrokerUnavailableError, UnroutableError, PublishRefusedError, PublishUnconfirmedError */
  async publish(publication: Publication): Promise<void> {
    const deadline = Date.now() + this.#timeoutMs;
    const { channel, generation, since } = await this.#connected(deadline);
    const id = this.#nextId++;
    try {
      await confirmed(channel, publication, id, deadline);
    } catch (cause) {
      this.#returned.delete(id);
      const error = explain(cause, publication);
      if (error instanceof PublishRefusedError && Date.now() - since > REFUSING_FOR_MS) generation.lose(error);
      throw error;
    }
    if (this.#returned.delete(id)) {
      throw new UnroutableError(
        `No queue takes messages from ${where(publication)}: the broker gave the message back.`,
      );
    }
  }

  async #setUp(generation: Generation): Promise<void> {
    await this.#declare(generation);
    const channel = generation.watch(await generation.model.createConfirmChannel());
    channel.on('return', (message) => {
      const id: unknown = message.properties.headers?.[PUBLISH_ID_HEADER];
      if (typeof id === 'number') this.#returned.add(id);
    });
    this.#current = { channel, generation, since: Date.now() };
    this.#up.resolve();
    generation.signal.addEventListener('abort', () => {
      this.#current = undefined;
      this.#returned.clear();
      this.#up = Promise.withResolvers<void>();
    });
  }

  async #connected(deadline: number): Promise<Current> {
    if (this.#current === undefined)
      await Promise.race([this.#up.promise, sleep(deadline - Date.now(), undefined, { ref: false })]);
    if (this.#current === undefined) {
      throw new BrokerUnavailableError(`No connection to RabbitMQ within ${this.#timeoutMs} ms: nothing was sent.`);
    }
    return this.#current;
  }
}

interface Current {
  readonly channel: ConfirmChannel;
  readonly generation: Generation;
  /** ms since the epoch. */
  readonly since: number;
}

/**
 * Some brokers go on refusing on a channel when the full queue's limit has been lifted meanwhile, and take the same message
 * on a new one. So a connection of this age on which a message is refused is replaced.
 */
const REFUSING_FOR_MS = 20_000;

/** Ties a returned message to its publish. It stays on the message: harmless, and handy in a broker's trace. */
const PUBLISH_ID_HEADER = 'x-order-sync-publish-id';

/** Rejects when the broker refuses, when the channel ends (amqplib then fails every open confirm), or at the deadline. */
function confirmed(channel: ConfirmChannel, publication: Publication, id: number, deadline: number): Promise<void> {
  const { exchange, routingKey, content, properties } = publication;
  const headers = { ...properties?.headers, [PUBLISH_ID_HEADER]: id };
  const options = { ...properties, headers, persistent: true, mandatory: true };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no confirm in time')), Math.max(0, deadline - Date.now()));
    channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
      clearTimeout(timer);
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function explain(cause: unknown, publication: Publication): Error {
  // amqplib tells a nack from a closed channel by its message alone.
  if (cause instanceof Error && cause.message === 'message nacked') {
    return new PublishRefusedError(`The broker refused a message for ${where(publication)}; is the queue full?`, {
      cause,
    });
  }
  return new PublishUnconfirmedError(
    `No confirm came for a message to ${where(publication)}: it may or may not have arrived; sending it again is safe.`,
    { cause },
  );
}

function where({ exchange, routingKey }: Publication): string {
  return exchange === '' ? `queue "${routingKey}"` : `exchange "${exchange}" with routing key "${routingKey}"`;
}
