import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import { backoffMs } from '../async/backoff.ts';
import { withTimeout } from '../async/deadline.ts';
import { connect, disconnect, reset } from './connect.ts';
import type { Endpoint } from './endpoint.ts';
import { BrokerClosedError, BrokerRefusedError, BrokerUnavailableError } from './errors.ts';
import { explainRefusal } from './refusals.ts';

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
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  #generation: Generation | undefined;
  #keepingUp: Promise<void> | undefined;
  #isUp = false;
  #wasUp = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the first generation is up, however long the broker is away.
   *
   * @throws BrokerRefusedError when the broker answers but refuses us, and keeps to it; once the connection has been up,
   *   refusals are retried like any other loss
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
    this.#generation?.lose(new BrokerClosedError(`The connection "${this.#options.name}" was closed`));
    await this.#keepingUp;
  }

  async #keepUp(first: PromiseWithResolvers<void>): Promise<void> {
    const { observer, name } = this.#options;
    const refusals: Refusals = { count: 0, since: 0 };
    for (let failures = 0; !this.#closing.signal.aborted; failures += 1) {
      const startedAt = performance.now();
      const error = await this.#liveOneGeneration(first).catch(asError);
      if (this.#closing.signal.aborted) break;
      if (this.#isFinal(error, refusals, startedAt)) {
        first.reject(error);
        return;
      }
      // A generation that lasted was a success: start again with short delays.
      if (performance.now() - startedAt > STABLE_AFTER_MS) failures = 0;
      const delayMs = backoffMs(failures, RECONNECT);
      observer.onRetry(error, delayMs);
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    first.reject(new BrokerClosedError(`The connection "${name}" was closed before it was up`));
  }

  /** Counts refusals in a row: as long as the connection has never been up, they end it some time. */
  #isFinal(error: Error, refusals: Refusals, startedAt: number): boolean {
    if (!(error instanceof BrokerRefusedError)) {
      refusals.count = 0;
      return false;
    }
    refusals.count += 1;
    if (refusals.count === 1) refusals.since = startedAt;
    if (this.#wasUp || refusals.count < REFUSALS_AT_START) return false;
    return !error.mayPass || performance.now() - refusals.since >= (this.#options.patienceMs ?? 0);
  }

  /** @returns why it ended, or why it never came up */
  async #liveOneGeneration(first: PromiseWithResolvers<void>): Promise<Error> {
    const { name, observer, setUp } = this.#options;
    const endpoint = this.#options.endpoint();
    let model: ChannelModel;
    try {
      model = await connect(endpoint, name, this.#closing.signal);
    } catch (error) {
      return explainRefusal(error, endpoint);
    }
    const generation = new Generation(model);
    this.#generation = generation;
    try {
      if (this.#closing.signal.aborted) return new Error('closing');
      const isSetUp = Promise.race([setUp(generation), generation.lost]);
      const failed = await withTimeout(isSetUp, SETUP_TIMEOUT_MS, () => new Error(SETUP_TOO_SLOW));
      if (failed !== undefined) return explainRefusal(failed, endpoint);
      this.#isUp = this.#wasUp = true;
      observer.onUp();
      first.resolve();
      const error = await generation.lost;
      this.#isUp = false;
      if (!this.#closing.signal.aborted) observer.onDown(error);
      return error;
    } catch (error) {
      return explainRefusal(error, endpoint);
    } finally {
      generation.lose(new Error('set-up failed'));
      this.#generation = undefined;
      await disconnect(model, generation.channels);
    }
  }
}

export interface ConnectionOptions {
  /** Called for each generation: credentials may have changed. */
  readonly endpoint: () => Endpoint;
  readonly name: string;
  readonly setUp: SetUp;
  readonly observer: ConnectionObserver;
  /** How long `open` puts up with refusals that may pass. @defaultValue no longer than with those that won't */
  readonly patienceMs?: number;
}

interface Refusals {
  count: number;
  since: number;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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

  /** Like `lose`, and the broker never reads what it has not read yet. */
  reset(error: Error): void {
    this.lose(error);
    reset(this.model, error);
  }

  /** The broker's answer. Without one in time the generation is lost, even if heartbeats go on. @throws the error of either */
  answer<T>(request: Promise<T>, what: string): Promise<T> {
    return withTimeout(request, ANSWER_TIMEOUT_MS, () => {
      const error = new BrokerUnavailableError(`RabbitMQ did not answer within ${ANSWER_TIMEOUT_MS} ms: ${what}`);
      this.lose(error);
      throw error;
    });
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
/** Of one request. On a slow network, deliveries may be ahead of the answer. */
const ANSWER_TIMEOUT_MS = 10_000;
