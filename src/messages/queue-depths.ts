import type { Channel } from 'amqplib';
import { isMissing } from '../broker/errors.ts';
import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import type { Generation, SupervisedConnection } from '../broker/supervised-connection.ts';
import { deadLetterQueueName, retryQueueName } from './retry-queues.ts';

/** Messages ready in the queues, without those in flight. */
export interface Depths {
  readonly waiting: number;
  readonly retrying: number;
  readonly deadLetters: number;
}

/** Counts the messages in the queues, over a connection of its own, opened at the first look and kept. */
export class QueueDepths {
  readonly #options: RabbitMQOptions;
  readonly #queue: string;
  readonly #retryQueues: readonly string[];
  readonly #deadLettersInUse: () => string;
  #connection: Promise<SupervisedConnection> | undefined;
  #generation: Generation | undefined;
  #channel: Channel | undefined;

  /** @param options of the main queue @param deadLettersInUse the queue that takes dead letters now */
  constructor(options: RabbitMQOptions, retryDelaysMs: readonly number[], deadLettersInUse: () => string) {
    const { queue } = checkOptions(options).topology;
    this.#options = options;
    this.#queue = queue;
    this.#deadLettersInUse = deadLettersInUse;
    this.#retryQueues = [...new Set(retryDelaysMs)].map((delayMs) => retryQueueName(queue, delayMs));
  }

  /** @returns undefined while the broker is away. Never rejects. */
  async look(): Promise<Depths | undefined> {
    try {
      await this.#connected();
      const waiting = await this.#count(this.#queue);
      let retrying = 0;
      for (const queue of this.#retryQueues) retrying += await this.#count(queue);
      let deadLetters = 0;
      const deadLetterQueues = new Set([deadLetterQueueName(this.#queue), this.#deadLettersInUse()]);
      for (const queue of deadLetterQueues) deadLetters += await this.#count(queue);
      return { waiting, retrying, deadLetters };
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  async #connected(): Promise<void> {
    this.#connection ??= openConnectionWithTimeout(
      checkOptions(this.#options).endpoints,
      'order-sync dashboard',
      async (generation) => {
        this.#generation = generation;
        this.#channel = undefined;
      },
    );
    try {
      await this.#connection;
    } catch (error) {
      // The next look tries again.
      this.#connection = undefined;
      throw error;
    }
  }

  /** A look at a queue that is not there closes its channel. */
  async #count(queue: string): Promise<number> {
    const generation = this.#generation;
    if (generation === undefined || generation.signal.aborted) throw new Error('not connected');
    try {
      this.#channel ??= await generation.answer(openChannel(generation), 'a channel');
      return (await generation.answer(this.#channel.checkQueue(queue), 'the length of a queue')).messageCount;
    } catch (error) {
      this.#channel = undefined;
      if (isMissing(error)) return 0;
      throw error;
    }
  }
}

async function openChannel(generation: Generation): Promise<Channel> {
  const channel = await generation.model.createChannel();
  // What fails rejects; the event says the same once more.
  channel.on('error', () => undefined);
  return channel;
}
