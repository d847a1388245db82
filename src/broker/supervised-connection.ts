import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import { backoffMs } from '../async/backoff.ts';
import { orAborted, withTimeout } from '../async/deadline.ts';
import { connect, disconnect, reset } from './connect.ts';
import { brokerName, type Endpoint, type Endpoints } from './endpoint.ts';
import { BrokerClosedError, type BrokerError, BrokerUnavailableError } from './errors.ts';
import { RefusedRounds } from './hosts/refused-rounds.ts';
import { Rounds } from './hosts/rounds.ts';
import { explainNoAnswer, explainRefusal } from './refusals.ts';

/**
 * A connection that is kept up forever, as a sequence of generations:
 *
 *     connect → set up (channels, topology, consumers) → up … lost → connect to the next host → …
 *
 * Each host gets one try per round, then comes a pause.
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
  #problem: Error | undefined;

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

  /** Why the last try failed, or why the connection was lost; undefined while it is up. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#generation?.lose(new BrokerClosedError(`The connection "${this.#options.name}" was closed`));
    await this.#keepingUp;
  }

  async #keepUp(first: PromiseWithResolvers<void>): Promise<void> {
    const { endpoints, observer, name, patienceMs } = this.#options;
    const rounds = new Rounds(endpoints);
    const refused = new RefusedRounds(patienceMs ?? 0);
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      const end = await this.#tryNext(rounds, first);
      if (this.#closing.signal.aborted) break;
      this.#problem = end.error;
      if (end.endpoint !== undefined) refused.add(end.endpoint, end.error);
      const refusal = rounds.isOver ? refused.endRound() : undefined;
      if (refusal !== undefined && !this.#wasUp) {
        first.reject(refusal);
        return;
      }
      if (end.lasted) failures = 0;
      const delayMs = rounds.isOver ? backoffMs(failures++, RECONNECT) : 0;
      observer.onRetry(end.error, delayMs, end.endpoint && brokerName(end.endpoint));
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    first.reject(new BrokerClosedError(`The connection "${name}" was closed before it was up`));
  }

  /** @returns when it ended, or did not come up */
  async #tryNext(rounds: Rounds, first: PromiseWithResolvers<void>): Promise<TryEnd> {
    let endpoint: Endpoint | undefined;
    try {
      endpoint = await orAborted(rounds.next(), this.#closing.signal);
      const timeoutMs = rounds.isOver ? CONNECT_TIMEOUT_MS : CONNECT_TIMEOUT_BEFORE_OTHERS_MS;
      const { error, upMs } = await this.#liveOneGeneration(endpoint, timeoutMs, first);
      // A generation that lasted was a success: the other hosts are tried at once, and again with short delays.
      const lasted = upMs > STABLE_AFTER_MS;
      if (lasted) await rounds.restart();
      return { endpoint, error, lasted };
    } catch (error) {
      return { endpoint, error: asError(error), lasted: false };
    }
  }

  /** @returns why it ended, or why it never came up, and how long it was up */
  async #liveOneGeneration(
    endpoint: Endpoint,
    timeoutMs: number,
    first: PromiseWithResolvers<void>,
  ): Promise<{ error: Error; upMs: number }> {
    const { name, observer, setUp } = this.#options;
    const broker = brokerName(endpoint);
    const failed = (error: unknown) => ({ error: explainRefusal(error, endpoint), upMs: 0 });
    let model: ChannelModel;
    try {
      model = await connect(endpoint, name, timeoutMs, this.#closing.signal);
    } catch (error) {
      return failed(error);
    }
    const generation = new Generation(model, endpoint);
    this.#generation = generation;
    try {
      if (this.#closing.signal.aborted) return failed(new Error('closing'));
      const isSetUp = Promise.race([setUp(generation), generation.lost]);
      const problem = await withTimeout(isSetUp, SETUP_TIMEOUT_MS, () => setUpTooSlow(broker));
      if (problem !== undefined) return failed(problem);
      this.#problem = undefined;
      const upSince = performance.now();
      this.#isUp = this.#wasUp = true;
      observer.onUp(broker);
      first.resolve();
      const error = await generation.lost;
      this.#isUp = false;
      if (!this.#closing.signal.aborted) observer.onDown(error, broker);
      return { error, upMs: performance.now() - upSince };
    } catch (error) {
      return failed(error);
    } finally {
      generation.lose(new Error('set-up failed'));
      this.#generation = undefined;
      await disconnect(model, generation.channels);
    }
  }
}

interface TryEnd {
  /** Undefined when the options say none that is usable. */
  readonly endpoint: Endpoint | undefined;
  readonly error: Error;
  /** It was up for a time. */
  readonly lasted: boolean;
}

export interface ConnectionOptions {
  /** Called for each round of tries: credentials may have changed. */
  readonly endpoints: () => Endpoints;
  readonly name: string;
  readonly setUp: SetUp;
  readonly observer: ConnectionObserver;
  /** How long `open` puts up with refusals that may pass. @defaultValue no longer than with those that won't */
  readonly patienceMs?: number;
}

/** RabbitMQ 4 says nothing at all when it is asked for a classic queue whose node is down. */
function setUpTooSlow(broker: string): Error {
  return new BrokerUnavailableError(
    `RabbitMQ at ${broker} answers, but channels and queues were not ready within ${SETUP_TIMEOUT_MS} ms: is a node of its cluster down?`,
    { brokerAnswers: true },
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Prepares a fresh connection for use. Must leave no channel unwatched. */
export type SetUp = (generation: Generation) => Promise<void>;

/** @see brokerName for what is passed as `broker` */
export interface ConnectionObserver {
  onUp(broker: string): void;
  onDown(error: Error, broker: string): void;
  /**
   * After each loss or failed try, before the next try. That is at once, with a delay of 0, while there are hosts that this round
   * has not tried.
   *
   * @param broker undefined when the options name none that can be used
   */
  onRetry(error: Error, delayMs: number, broker: string | undefined): void;
}

/** One connection from its handshake to its end. */
export class Generation {
  readonly model: ChannelModel;
  readonly endpoint: Endpoint;
  /** Resolves with the reason once this generation has ended; never rejects. */
  readonly lost: Promise<Error>;
  /** Aborted once this generation has ended. */
  readonly signal: AbortSignal;
  readonly channels: Channel[] = [];
  readonly #lost = Promise.withResolvers<Error>();
  readonly #ended = new AbortController();

  constructor(model: ChannelModel, endpoint: Endpoint) {
    this.model = model;
    this.endpoint = endpoint;
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

  /** The broker's answer. Without one in time the generation is lost, even if heartbeats go on. @throws BrokerError */
  async answer<T>(request: Promise<T>, what: string): Promise<T> {
    try {
      return await withTimeout(request, ANSWER_TIMEOUT_MS, () => {
        const broker = `RabbitMQ at ${brokerName(this.endpoint)}`;
        const error = new BrokerUnavailableError(`${broker} did not answer within ${ANSWER_TIMEOUT_MS} ms: ${what}`);
        this.lose(error);
        throw error;
      });
    } catch (error) {
      throw await this.explain(error, what);
    }
  }

  /** Why a request failed. If the whole connection has ended, its own reason says more than that of the channel. */
  async explain(error: unknown, what: string): Promise<BrokerError> {
    return explainNoAnswer(this.signal.aborted ? await this.lost : error, this.endpoint, what);
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
/** With several hosts, one that stays silent must not keep us from the others for long. The last one gets all the time. */
const CONNECT_TIMEOUT_BEFORE_OTHERS_MS = 5_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** Shorter than a person at a terminal waits, who is to hear of it. */
const SETUP_TIMEOUT_MS = 12_000;
/** Of one request. On a slow network, deliveries may be ahead of the answer. */
const ANSWER_TIMEOUT_MS = 10_000;
