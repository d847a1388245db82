import type { ConfirmChannel, Options } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
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
 * Publishes so that "resolved" means "the broker has it in a queue": persistent, confirmed, and mandatory. The broker
 * confirms an unroutable message too; only the return that precedes the confirm gives it away.
 */
export class Publisher {
  readonly #connection: SupervisedConnection;
  readonly #timeoutMs: number;
  readonly #declare: (generation: Generation) => Promise<void>;
  /** Ids of publishes whose message was returned. */
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

  /** Declares the topology again, in case something was deleted. */
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
      throw new UnroutableError(`No queue takes messages from ${where(publication)}: the broker returned the message.`);
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
    if (this.#current === undefined) await withTimeout(this.#up.promise, msUntil(deadline), () => undefined);
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
 * Some brokers keep refusing on a channel after the full queue's limit was lifted, and take the same message on a new one.
 * So a connection older than this is replaced when a message is refused on it.
 */
const REFUSING_FOR_MS = 20_000;

/** Ties a returned message to its publish. It stays on the message: harmless, and handy in a broker's trace. */
const PUBLISH_ID_HEADER = 'x-order-sync-publish-id';

/** Rejects when the broker refuses, when the channel ends (amqplib then fails every open confirm), or at the deadline. */
async function confirmed(
  channel: ConfirmChannel,
  publication: Publication,
  id: number,
  deadline: number,
): Promise<void> {
  const { exchange, routingKey, content, properties } = publication;
  const headers = { ...properties?.headers, [PUBLISH_ID_HEADER]: id };
  const options = { ...properties, headers, persistent: true, mandatory: true };
  const confirm = Promise.withResolvers<void>();
  channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
    if (error === null) confirm.resolve();
    else confirm.reject(error);
  });
  await withTimeout(confirm.promise, msUntil(deadline), () => {
    throw new Error('no confirm in time');
  });
}

/** @param deadline ms since the epoch */
function msUntil(deadline: number): number {
  return Math.max(0, deadline - Date.now());
}

function explain(cause: unknown, publication: Publication): Error {
  // In amqplib only the message tells a nack from a closed channel.
  if (cause instanceof Error && cause.message === 'message nacked') {
    return new PublishRefusedError(`The broker refused a message for ${where(publication)}; is the queue full?`, {
      cause,
    });
  }
  return new PublishUnconfirmedError(
    `No confirm arrived for a message to ${where(publication)}: it may or may not have arrived; sending it again is safe.`,
    { cause },
  );
}

function where({ exchange, routingKey }: Publication): string {
  return exchange === '' ? `queue "${routingKey}"` : `exchange "${exchange}" with routing key "${routingKey}"`;
}
