import { createHash } from 'node:crypto';
import type { Channel, MessageProperties } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
import { AckBuffer } from '../broker/ack-buffer.ts';
import { Delivery } from '../broker/delivery.ts';
import { BrokerUnavailableError, replyCode } from '../broker/errors.ts';
import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import type { Generation, SupervisedConnection } from '../broker/supervised-connection.ts';
import { HEADER, readHeader, readTime } from '../messages/headers.ts';
import { deadLetterQueueName } from '../messages/retry-queues.ts';

/** An event that needs a person. It stays in the dead letters unless its delivery is acked. */
export interface DeadLetter {
  /** Written by the daemon; for a dead letter from elsewhere, derived from content and properties, so twins share it. */
  readonly id: string;
  readonly delivery: Delivery;
  /** Machine-readable; undefined on dead letters from elsewhere, like all that follows. */
  readonly reason: string | undefined;
  readonly error: string | undefined;
  readonly failures: number | undefined;
  readonly firstFailedAt: Date | undefined;
  readonly lastFailedAt: Date | undefined;
  readonly publishedAt: Date | undefined;
}

/**
 * The dead letters, as they were when this was opened: iterate once. They are fetched one by one and not acked, so nothing is
 * lost however this ends; closing requeues whatever was not acked. The oldest comes first, until someone has looked into a
 * quorum queue: that requeues them in any order.
 *
 * Meanwhile nobody else sees the dead letters fetched so far: keep it short.
 */
export class DeadLetters implements AsyncDisposable {
  /** Without those that someone else was looking at. */
  readonly count: number;
  readonly #connection: SupervisedConnection;
  readonly #channel: Channel | undefined;
  readonly #ackBuffer: AckBuffer | undefined;
  readonly #queue: string;
  readonly #gone = new AbortController();

  private constructor(connection: SupervisedConnection, queue: string, opened: Opened) {
    this.#connection = connection;
    this.#queue = queue;
    this.#channel = opened.channel;
    this.#ackBuffer = opened.channel === undefined ? undefined : new AckBuffer(opened.channel);
    this.count = opened.count;
    this.#channel?.on('close', () => this.#gone.abort());
  }

  /**
   * @param options of the main queue, whose dead letters these are
   * @throws BrokerRefusedError, BrokerUnavailableError after 15 s
   */
  static async open(options: RabbitMQOptions): Promise<DeadLetters> {
    const { endpoint, topology } = checkOptions(options);
    const queue = deadLetterQueueName(topology.queue);
    let opened: Opened = { channel: undefined, count: 0 };
    const connection = await openConnectionWithTimeout(endpoint, 'order-sync dead letters', async (generation) => {
      opened = await openQueue(generation, queue);
    });
    return new DeadLetters(connection, queue, opened);
  }

  /** @throws BrokerUnavailableError when the connection was lost on the way */
  async *[Symbol.asyncIterator](): AsyncGenerator<DeadLetter> {
    // Dead letters requeued meanwhile are behind those that were there before: they are not seen again.
    for (let seen = 0; seen < this.count; seen += 1) {
      const delivery = await this.#get();
      if (delivery === undefined) return;
      yield asDeadLetter(delivery);
    }
  }

  /** Waits until the broker has the acks, and requeues whatever was not acked. Never throws. */
  async close(): Promise<void> {
    this.#ackBuffer?.flush();
    // A channel that is closed already rejects: everything not acked is back in the queue.
    const closed = Promise.resolve(this.#channel?.close()).catch(() => undefined);
    await withTimeout(closed, CLOSE_TIMEOUT_MS, () => undefined);
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #get(): Promise<Delivery | undefined> {
    if (this.#channel === undefined || this.#ackBuffer === undefined) return undefined;
    try {
      const message = await this.#channel.get(this.#queue, { noAck: false });
      if (message === false) return undefined;
      this.#ackBuffer.add(message);
      return new Delivery(message, this.#ackBuffer, this.#gone.signal);
    } catch (cause) {
      const message = 'The connection to RabbitMQ was lost while reading the dead letters; they are all still there.';
      throw new BrokerUnavailableError(message, { cause });
    }
  }
}

/** Acks a dead letter. @param otherwise what is true if that fails @throws BrokerUnavailableError when the connection was lost */
export function removeDeadLetter({ id, delivery }: DeadLetter, otherwise: string): void {
  if (delivery.ack()) return;
  throw new BrokerUnavailableError(
    `The connection to RabbitMQ was lost before dead letter ${id} was removed. ${otherwise}`,
  );
}

interface Opened {
  /** Undefined when there is no such queue. */
  readonly channel: Channel | undefined;
  readonly count: number;
}

/** Requeuing a hundred thousand dead letters takes the broker a while. */
const CLOSE_TIMEOUT_MS = 30_000;
const NOT_FOUND = 404;

async function openQueue(generation: Generation, queue: string): Promise<Opened> {
  const channel = await generation.model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  try {
    const { messageCount } = await channel.checkQueue(queue);
    return { channel, count: messageCount };
  } catch (error) {
    // The daemon declares the queue when it first starts.
    if (replyCode(error) === NOT_FOUND) return { channel: undefined, count: 0 };
    throw error;
  }
}

function asDeadLetter(delivery: Delivery): DeadLetter {
  const { properties, content } = delivery;
  const failures = readHeader(properties, HEADER.failures);
  return {
    id: ownId(properties) ?? derivedId(content, properties),
    delivery,
    reason: readText(properties, HEADER.reason),
    error: readText(properties, HEADER.error),
    failures: Number.isSafeInteger(failures) ? Number(failures) : undefined,
    firstFailedAt: readTime(properties, HEADER.firstFailedAt),
    lastFailedAt: readTime(properties, HEADER.lastFailedAt),
    publishedAt: readTime(properties, HEADER.publishedAt),
  };
}

function readText(properties: MessageProperties, name: string): string | undefined {
  const value = readHeader(properties, name);
  return typeof value === 'string' ? value : undefined;
}

function ownId(properties: MessageProperties): string | undefined {
  const id = readText(properties, HEADER.deadLetterId);
  return id !== undefined && /^[\w-]{8,64}$/.test(id) ? id : undefined;
}

/** Quorum queues count redeliveries in these: one more each time someone looks. */
const COUNTING_HEADERS = ['x-delivery-count', 'x-acquired-count'];

/** The same however often someone has looked at the dead letter. */
function derivedId(content: Buffer, properties: MessageProperties): string {
  const headers = Object.entries(properties.headers ?? {}).filter(([name]) => !COUNTING_HEADERS.includes(name));
  const { messageId, correlationId, timestamp, type, appId } = properties;
  const identity = JSON.stringify([messageId, correlationId, timestamp, type, appId, headers.sort()]);
  return `x-${createHash('sha256').update(content).update(identity).digest('hex').slice(0, 32)}`;
}
