import { withTimeout } from '../async/deadline.ts';
import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import { countMessages, makeSureOfReach, mayBeOutOfReach } from '../broker/queue-counts.ts';
import type { Generation, SupervisedConnection } from '../broker/supervised-connection.ts';
import { HeldBack } from './held-back.ts';
import { deadLetterQueueName, retryQueueName } from './retry-queues.ts';

/** Messages ready in the queues, without those in flight. Undefined where a queue is out of reach, or the broker is away. */
export interface Depths {
  readonly waiting: number | undefined;
  readonly retrying: number | undefined;
  readonly deadLetters: number | undefined;
  /** Why one of them is undefined. */
  readonly problem: string | undefined;
  /** Not among `retrying`, as their delay is over. Undefined without the management API. @see HeldBack */
  readonly heldBack: number | undefined;
}

/** A page, or Prometheus, waits for it. */
const LOOK_WITHIN_MS = 2_000;
const NOT_YET = `RabbitMQ has not said within ${LOOK_WITHIN_MS} ms what is in the queues.`;
/** What is out of reach stays so for a while, and asking costs the connection. */
const PROBLEM_HELD_MS = 5_000;
/** An empty queue is made sure of no more often than that: it costs the cluster a write. */
const MADE_SURE_FOR_MS = 15_000;
/** The first one that says the truth about a quorum queue without a majority. */
const FIRST_TRUE_VERSION = 4;

/** Counts the messages in the queues, over a connection of its own, opened at the first look and kept. */
export class QueueDepths {
  readonly #options: RabbitMQOptions;
  readonly #queue: string;
  readonly #retryQueues: readonly string[];
  readonly #deadLettersInUse: () => string;
  readonly #heldBack: HeldBack | undefined;
  #connection: Promise<SupervisedConnection> | undefined;
  #generation: Generation | undefined;
  #looking: Promise<Depths> | undefined;
  #held: { readonly depths: Depths; readonly until: number } | undefined;
  #madeSureAt = Number.NEGATIVE_INFINITY;

  constructor({ rabbitmq, retryDelaysMs, deadLettersInUse, managementUrl }: QueueDepthsOptions) {
    const { endpoints, topology } = checkOptions(rabbitmq);
    const { queue } = topology;
    this.#options = rabbitmq;
    this.#queue = queue;
    this.#deadLettersInUse = deadLettersInUse;
    this.#retryQueues = [...new Set(retryDelaysMs)].map((delayMs) => retryQueueName(queue, delayMs));
    if (managementUrl !== undefined)
      this.#heldBack = new HeldBack(managementUrl, () => endpoints()[0], this.#retryQueues);
  }

  /** Never rejects. Within two seconds: until RabbitMQ has answered, it says what was true before, or that nothing is known. */
  async look(): Promise<Depths> {
    if (this.#held !== undefined && performance.now() < this.#held.until) return this.#held.depths;
    this.#looking ??= this.#lookAndHold().finally(() => {
      this.#looking = undefined;
    });
    return await withTimeout(this.#looking, LOOK_WITHIN_MS, () => this.#held?.depths ?? unknownDepths(NOT_YET));
  }

  async #lookAndHold(): Promise<Depths> {
    const depths = await this.#look().catch((error: unknown) => unknownDepths(asError(error).message));
    this.#held = depths.problem === undefined ? undefined : { depths, until: performance.now() + PROBLEM_HELD_MS };
    return depths;
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
    await this.#looking;
  }

  async #look(): Promise<Depths> {
    const generation = await this.#connected();
    const deadLetterQueues = [...new Set([deadLetterQueueName(this.#queue), this.#deadLettersInUse()])];
    const counts = await this.#countAll(generation, [this.#queue, ...this.#retryQueues, ...deadLetterQueues]);
    const problem = [...counts.values()].find((count) => count instanceof Error);
    // A question without an answer would stay on this connection, for minutes.
    if (problem !== undefined) generation.lose(problem);
    const sum = (queues: readonly string[]) =>
      queues
        .map((queue) => counts.get(queue))
        .reduce<number | undefined>(
          (total, count) => (total === undefined || typeof count !== 'number' ? undefined : total + count),
          0,
        );
    return {
      waiting: sum([this.#queue]),
      retrying: sum(this.#retryQueues),
      deadLetters: sum(deadLetterQueues),
      problem: problem?.message,
      heldBack: await this.#heldBack?.look(),
    };
  }

  /** @returns why, for a queue that is out of reach; 0 for one that is not there: the daemon declares it when it first starts */
  async #countAll(generation: Generation, queues: readonly string[]): Promise<Map<string, number | Error>> {
    const counts = new Map<string, number | Error>();
    const unsure: string[] = [];
    const count = async (queue: string) => {
      const found = await countMessages(generation, queue);
      if (found !== undefined && mayBeOutOfReach(found)) unsure.push(queue);
      counts.set(queue, found?.messages ?? 0);
    };
    const failed = (queue: string) => (error: unknown) => void counts.set(queue, asError(error));
    await Promise.all(queues.map((queue) => count(queue).catch(failed(queue))));
    if (this.#isSure(generation)) return counts;
    this.#madeSureAt = performance.now();
    await Promise.all(unsure.map((queue) => makeSureOfReach(generation, queue).catch(failed(queue))));
    return counts;
  }

  #isSure({ model }: Generation): boolean {
    if (Number.parseInt(model.connection.serverProperties.version, 10) >= FIRST_TRUE_VERSION) return true;
    return this.#held === undefined && performance.now() - this.#madeSureAt < MADE_SURE_FOR_MS;
  }

  async #connected(): Promise<Generation> {
    this.#connection ??= openConnectionWithTimeout(
      checkOptions(this.#options).endpoints,
      'order-sync dashboard',
      async (generation) => {
        this.#generation = generation;
      },
    );
    try {
      await this.#connection;
    } catch (error) {
      // The next look tries again.
      this.#connection = undefined;
      throw error;
    }
    const generation = this.#generation;
    if (generation === undefined || generation.signal.aborted) throw new Error('The connection to RabbitMQ was lost.');
    return generation;
  }
}

export interface QueueDepthsOptions {
  /** Of the main queue. */
  readonly rabbitmq: RabbitMQOptions;
  readonly retryDelaysMs: readonly number[];
  /** The queue that takes dead letters now. */
  readonly deadLettersInUse: () => string;
  /** Of the management API; undefined where none is configured. */
  readonly managementUrl: string | undefined;
}

/** @param problem why */
function unknownDepths(problem: string): Depths {
  return { waiting: undefined, retrying: undefined, deadLetters: undefined, problem, heldBack: undefined };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
