import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import { backoffMs } from '../async/backoff.ts';
import { withTimeout } from '../async/deadline.ts';
import { connect, disconnect } from './connect.ts';
import {
  ACCESS_REFUSED,
  BrokerClosedError,
  BrokerRefusedError,
  NOT_ALLOWED,
  PRECONDITION_FAILED,
  replyCode,
} from './errors.ts';
import type { Endpoint } from './options.ts';

/**
 * A connection that is kept up forever, as a sequence of generations:
 *
 *     connect → set up (channels, topology, consumers) → up … lost → wait → connect → …
 *
 * A generation is lost as a whole: when the connection ends, when a watched channel ends, or when its user reports a fault
 * (a cancelled consumer). Everything tied to it dies with it, above all unsettled deliveries, which the broker delivers
 * again. So nothing ever acts on a channel of another generation.
 */
export class SupervisedConnection {
  readonly #endpoint: Endpoint;
  readonly #name: string;
  readonly #setUp: SetUp;
  readonly #observer: ConnectionObserver;
  readonly #closing = new AbortController();
  #generation: Generation | undefined;
  #keepingUp: Promise<void> | undefined;
  #isUp = false;
  #wasUp = false;

  constructor(options: { endpoint: Endpoint; name: string; setUp: SetUp; observer: ConnectionObserver }) {
    this.#endpoint = options.endpoint;
    this.#name = options.name;
    this.#setUp = options.setUp;
    this.#observer = options.observer;
  }

  /**
   * Resolves when the first generation is up, however long the broker is away.
   *
   * @throws BrokerRefusedError when the broker answers but refuses us; later refusals are retried like any other loss
   */
  open(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#keepingUp = this.#keepUp(first);
    return first.promise;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#generation?.lose(new BrokerClosedError(`The connection "${this.#name}" was closed`));
    await this.#keepingUp;
  }

  async #keepUp(first: PromiseWithResolvers<void>): Promise<void> {
    let refusals = 0;
    for (let failures = 0; !this.#closing.signal.aborted; failures += 1) {
      const startedAt = Date.now();
      const error = await this.#liveOneGeneration(first);
      if (this.#closing.signal.aborted) break;
      refusals = error instanceof BrokerRefusedError ? refusals + 1 : 0;
      if (refusals === REFUSALS_AT_START && !this.#wasUp) {
        first.reject(error);
        return;
      }
      // A generation that lasted was a success: start again with short delays.
      if (Date.now() - startedAt > STABLE_AFTER_MS) failures = 0;
      const delayMs = backoffMs(failures, RECONNECT);
      this.#observer.onRetry(error, delayMs);
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    first.reject(new BrokerClosedError(`The connection "${this.#name}" was closed before it was up`));
  }

  /** @returns why it ended, or why it never came up */
  async #liveOneGeneration(first: PromiseWithResolvers<void>): Promise<Error> {
    let model: ChannelModel;
    try {
      model = await connect(this.#endpoint, this.#name, this.#closing.signal);
    } catch (error) {
      return explainRefusal(error, this.#endpoint);
    }
    const generation = new Generation(model);
    this.#generation = generation;
    try {
      if (this.#closing.signal.aborted) return new Error('closing');
      const isSetUp = Promise.race([this.#setUp(generation), generation.lost]);
      const failed = await withTimeout(isSetUp, SETUP_TIMEOUT_MS, () => new Error(SETUP_TOO_SLOW));
      if (failed !== undefined) return explainRefusal(failed, this.#endpoint);
      this.#isUp = this.#wasUp = true;
      this.#observer.onUp();
      first.resolve();
      const error = await generation.lost;
      this.#isUp = false;
      if (!this.#closing.signal.aborted) this.#observer.onDown(error);
      return error;
    } catch (error) {
      return explainRefusal(error, this.#endpoint);
    } finally {
      generation.lose(new Error('set-up failed'));
      this.#generation = undefined;
      await disconnect(model, generation.channels);
    }
  }
}

/** Prepares a fresh connection for use. Must leave no channel unwatched. */
export type SetUp = (generation: Generation) => Promise<void>;

export interface ConnectionObserver {
  onUp(): void;
  onDown(error: Error): void;
  /** After each loss or failed try, before the next try. */
  onRetry(error: Error, delayMs: number): void;
}

/** One connection from its handshake to its end. */
export class Generation {
  readonly model: ChannelModel;
  /** Resolves with the reason once this generation has ended; never rejects. */
  readonly lost: Promise<Error>;
  /** Aborted once this generation has ended. */
  readonly signal: AbortSignal;
  readonly channels: Channel[] = [];
  readonly #lost = Promise.withResolvers<Error>();
  readonly #ended = new AbortController();

  constructor(model: ChannelModel) {
    this.model = model;
    this.lost = this.#lost.promise;
    this.signal = this.#ended.signal;
    model.on('error', (error) => this.lose(error));
    model.on('close', (error?: Error) => this.lose(error ?? new Error('connection closed')));
  }

  lose(error: Error): void {
    this.#lost.resolve(error);
    this.#ended.abort();
  }

  /** From here on, the end of this channel is the end of the generation. */
  watch<T extends Channel>(channel: T): T {
    this.channels.push(channel);
    channel.on('error', (error) => this.lose(error));
    // In a microtask: when the whole connection ends, its own reason follows at once and says more.
    channel.on('close', () => queueMicrotask(() => this.lose(new Error('channel closed'))));
    return channel;
  }
}

const RECONNECT = { minMs: 100, maxMs: 5_000 };
const STABLE_AFTER_MS = 5_000;
/** One refusal may be a broker that is still loading its users and virtual hosts. */
const REFUSALS_AT_START = 3;
const SETUP_TIMEOUT_MS = 15_000;
const SETUP_TOO_SLOW = `channels and queues were not ready within ${SETUP_TIMEOUT_MS} ms`;

/** A refusal that only a person can fix gets a sentence that says how; everything else stays as it is. */
function explainRefusal(error: unknown, { host, port, username, vhost }: Endpoint): Error {
  if (error instanceof BrokerRefusedError) return error;
  const broker = `RabbitMQ at ${host}:${port}`;
  const detail = error instanceof Error ? error.message : String(error);
  switch (replyCode(error)) {
    case ACCESS_REFUSED:
      return new BrokerRefusedError(
        `${broker} refused user "${username}" (${detail}). Check username and password, and that the user may configure, write and read the exchange and queues.`,
        { cause: error },
      );
    case NOT_ALLOWED:
      return new BrokerRefusedError(
        `${broker} does not let user "${username}" into the virtual host "${vhost}" (${detail}). Create it, or grant the user permissions on it.`,
        { cause: error },
      );
    case PRECONDITION_FAILED:
      return new BrokerRefusedError(
        `${broker} has an exchange or queue of the same name with other properties (${detail}). ` +
          'Set the queue type to the existing one, choose another name, or delete the existing one once it is empty.',
        { cause: error },
      );
    default:
      return error instanceof Error ? error : new Error(detail);
  }
}
