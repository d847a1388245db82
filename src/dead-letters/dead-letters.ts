import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageProperties } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
import { inParallel } from '../async/in-parallel.ts';
import { AckBuffer } from '../broker/ack-buffer.ts';
import { Delivery } from '../broker/delivery.ts';
import { BrokerUnavailableError } from '../broker/errors.ts';
import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import type { SupervisedConnection } from '../broker/supervised-connection.ts';
import { copiedProperties, HEADER, readHeader, readPublishedAt, readTime } from '../messages/headers.ts';
import { Copies } from './copies.ts';
import { type OpenedQueues, openQueues } from './open-queues.ts';

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
 * The dead letters, as they were when this was opened, oldest first: iterate once. They are fetched one by one and not acked,
 * so nothing is lost however this ends; closing requeues whatever was not acked.
 *
 * A quorum queue counts each time it takes a message back, and a policy may limit that. So dead letters that were looked at
 * before are replaced with fresh copies first: all of them, which keeps their order.
 *
 * Meanwhile nobody else sees the dead letters fetched so far: keep it short.
 */
export class DeadLetters implements AsyncDisposable {
  /** Without those that someone else was looking at. */
  readonly count: number;
  readonly #connection: SupervisedConnection;
  readonly #isQuorum: boolean;
  readonly #opened: OpenedQueues;
  readonly #ackBuffer: AckBuffer;
  readonly #gone = new AbortController();
  readonly #copies: Copies;
  readonly #fetched: Delivery[] = [];

  private constructor(connection: SupervisedConnection, isQuorum: boolean, opened: OpenedQueues, copies: Copies) {
    this.#connection = connection;
    this.#isQuorum = isQuorum;
    this.#opened = opened;
    this.#ackBuffer = new AckBuffer(opened.channel);
    this.#copies = copies;
    this.count = (opened.count ?? 0) + opened.earlierCount;
    opened.channel.on('close', () => this.#gone.abort());
  }

  /**
   * @param options of the main queue, whose dead letters these are
   * @throws BrokerRefusedError, BrokerUnavailableError after 15 s
   */
  static async open(options: RabbitMQOptions): Promise<DeadLetters> {
    const { endpoints, topology } = checkOptions(options);
    let opened: OpenedQueues | undefined;
    const connection = await openConnectionWithTimeout(endpoints, 'order-sync dead letters', async (generation) => {
      opened = await openQueues(generation, topology.queue);
    });
    if (opened === undefined) throw new TypeError('The connection opened without its set-up.');
    return new DeadLetters(connection, topology.queueType === 'quorum', opened, new Copies(endpoints, opened.queue));
  }

  /** @throws BrokerUnavailableError when the connection was lost on the way */
  async *[Symbol.asyncIterator](): AsyncGenerator<DeadLetter> {
    const { queue, earlier, earlierCount } = this.#opened;
    const fetched = [...(await this.moveEarlier()), ...(await this.#renewAll())];
    for (const delivery of fetched) yield asDeadLetter(delivery);
    let seen = fetched.length;
    for (const name of earlierCount > 0 ? [earlier, queue] : [queue]) {
      // Dead letters requeued meanwhile are behind those that were there before: they are not seen again.
      for (; seen < this.count; seen += 1) {
        const delivery = await this.#get(name);
        if (delivery === undefined) break;
        yield asDeadLetter(delivery);
      }
    }
  }

  /**
   * Moves those in the queue that an earlier version has declared to the one in use.
   *
   * @returns those fetched of which the broker took no copy
   */
  moveEarlier(): Promise<Delivery[]> {
    return this.#moveAll(this.#opened.earlier, this.#opened.earlierCount);
  }

  /** Waits until the broker has the acks, and requeues whatever was not acked. Never throws. */
  async close(): Promise<void> {
    this.#ackBuffer.flush();
    // A channel that is closed already rejects: everything not acked is back in the queue.
    const closed = this.#requeueInOrder().catch(() => undefined);
    await withTimeout(closed, CLOSE_TIMEOUT_MS, () => undefined);
    await Promise.all([this.#connection.close(), this.#copies.close()]);
  }

  /** One by one: a quorum queue keeps no order among those that it takes back together. */
  async #requeueInOrder(): Promise<void> {
    const left = this.#fetched.filter((delivery) => !delivery.isSettled);
    let keepsOrder = this.#isQuorum;
    for (const delivery of left) {
      const before = keepsOrder ? await this.#ready() : 0;
      delivery.requeue();
      keepsOrder &&= await this.#isBack(before);
    }
    await this.#opened.channel.close();
  }

  /** False when it can't be told: someone else takes dead letters at the same time. */
  async #isBack(before: number): Promise<boolean> {
    for (const deadline = Date.now() + BACK_TIMEOUT_MS; Date.now() < deadline; await sleep(1)) {
      if ((await this.#ready()) > before) return true;
    }
    return false;
  }

  async #ready(): Promise<number> {
    return (await this.#opened.channel.checkQueue(this.#opened.queue)).messageCount;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** If the first one was looked at before. @returns those fetched and not replaced */
  async #renewAll(): Promise<Delivery[]> {
    const { queue } = this.#opened;
    const first = await this.#get(queue);
    if (first === undefined) return [];
    return first.timesReturned === 0 ? [first] : await this.#moveAll(queue, this.count, first);
  }

  /** To the end of the queue in use, in their order, until the broker takes no more. @returns like `moveEarlier` */
  async #moveAll(from: string, count: number, first?: Delivery): Promise<Delivery[]> {
    const notCopied: Delivery[] = [];
    const known = new Set<string>();
    await inParallel(this.#fetch(from, count, first, notCopied), COPIES_IN_FLIGHT, async (delivery) => {
      // A process that was killed between copy and ack has left both.
      const isTwin = ownId(delivery.properties) !== undefined && known.size === known.add(identityOf(delivery)).size;
      if (isTwin || (await this.#copies.add(delivery))) delivery.ack();
      else notCopied.push(delivery);
    });
    return notCopied;
  }

  /** @param notCopied ends when this is no longer empty */
  async *#fetch(
    from: string,
    count: number,
    first: Delivery | undefined,
    notCopied: Delivery[],
  ): AsyncGenerator<Delivery> {
    if (first !== undefined) yield first;
    for (let seen = first === undefined ? 0 : 1; seen < count && notCopied.length === 0; seen += 1) {
      const delivery = await this.#get(from);
      if (delivery === undefined) return;
      yield delivery;
    }
  }

  async #get(queue: string): Promise<Delivery | undefined> {
    const { channel, generation, count } = this.#opened;
    // A queue that does not exist would end the channel. One that says that it is empty may be out of reach.
    if (count === undefined) return undefined;
    try {
      const message = await generation.answer(channel.get(queue, { noAck: false }), 'a dead letter');
      if (message === false) return undefined;
      this.#ackBuffer.add(message);
      const delivery = new Delivery(message, this.#ackBuffer, this.#gone.signal);
      this.#fetched.push(delivery);
      return delivery;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const brokerAnswers = cause instanceof BrokerUnavailableError && cause.brokerAnswers;
      throw new BrokerUnavailableError(`The dead letters can't be read, and are all still there. ${why}`, {
        cause,
        brokerAnswers,
      });
    }
  }
}

/** Acks a dead letter. @param otherwise what is true if that fails @throws BrokerUnavailableError when the connection was lost */
export function removeDeadLetter({ id, delivery }: DeadLetter, otherwise: string): void {
  if (!delivery.isSettled && delivery.ack()) return;
  throw new BrokerUnavailableError(
    `The connection to RabbitMQ was lost before dead letter ${id} was removed. ${otherwise}`,
  );
}

/** Requeuing a hundred thousand dead letters takes the broker a while. */
const CLOSE_TIMEOUT_MS = 30_000;
const BACK_TIMEOUT_MS = 5_000;
const COPIES_IN_FLIGHT = 100;

function asDeadLetter(delivery: Delivery): DeadLetter {
  const { properties } = delivery;
  const failures = readHeader(properties, HEADER.failures);
  return {
    id: ownId(properties) ?? derivedId(delivery),
    delivery,
    reason: readText(properties, HEADER.reason),
    error: readText(properties, HEADER.error),
    failures: Number.isSafeInteger(failures) ? Number(failures) : undefined,
    firstFailedAt: readTime(properties, HEADER.firstFailedAt),
    lastFailedAt: readTime(properties, HEADER.lastFailedAt),
    publishedAt: readPublishedAt(properties),
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

/** The same however often someone has looked at the dead letter. */
function derivedId(delivery: Delivery): string {
  return `x-${identityOf(delivery).slice(0, 32)}`;
}

/** Of content and properties, as far as a copy keeps them. */
function identityOf(delivery: Pick<Delivery, 'content' | 'properties'>): string {
  const { headers, ...properties } = copiedProperties(delivery);
  const identity = JSON.stringify([properties, Object.entries(headers ?? {}).sort()]);
  return createHash('sha256').update(delivery.content).update(identity).digest('hex');
}
