import type { ConfirmChannel } from 'amqplib';
import { withTimeout } from '../async/deadline.ts';
import { sendNowhere } from './alarm.ts';
import {
  BrokerClosedError,
  BrokerUnavailableError,
  notConnected,
  PublishRefusedError,
  UnroutableError,
} from './errors.ts';
import { explainFailure, type Publication, publishIdOf, send, where } from './publication.ts';
import { type ConnectionOptions, type Generation, SupervisedConnection } from './supervised-connection.ts';

/** The broker takes no messages, because of a memory or disk alarm. */
export interface Blocked {
  /** In the broker's words, such as "low on memory". */
  readonly reason: string;
  readonly since: Date;
}

/**
 * Publishes so that "resolved" means "the broker has it in a queue": persistent, confirmed, and mandatory. The broker
 * confirms an unroutable message too; only the return that precedes the confirm gives it away.
 *
 * A message that was given up does not arrive later as well: while the broker takes none, none is sent, and one that it may
 * not have read yet goes down with its connection.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #connection: SupervisedConnection;
  /** Ids of publishes whose message was returned. */
  readonly #returned = new Set<number>();
  readonly #unconfirmed = new Set<Promise<void>>();
  #current: Current | undefined;
  #blocked: Blocked | undefined;
  /** ms since the epoch. */
  #unblockedAt = 0;
  /** Resolves once messages can be sent. */
  #open = aGate();
  #nextId = 1;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#connection = new SupervisedConnection({ ...options, setUp: (generation) => this.#setUp(generation) });
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Gives confirms under way a moment. */
  async close(): Promise<void> {
    this.#open.reject(new BrokerClosedError('The connection was closed: nothing was sent.'));
    if (this.#blocked === undefined && this.#unconfirmed.size > 0) {
      await withTimeout(Promise.allSettled(this.#unconfirmed), CLOSE_WITHIN_MS, () => undefined);
    }
    await this.#connection.close();
  }

  get isUp(): boolean {
    return this.#connection.isUp;
  }

  get problem(): Error | undefined {
    return this.#connection.problem;
  }

  get blocked(): Blocked | undefined {
    return this.#blocked;
  }

  /** Has the broker say whether it takes messages: soon after, `blocked` is right. Nothing where there is no connection. */
  probe(): void {
    if (this.#current !== undefined && this.#blocked === undefined) sendNowhere(this.#current.channel);
  }

  /** Declares the topology again, in case something was deleted. @throws BrokerUnavailableError, BrokerRefusedError, BrokerClosedError */
  async redeclare(): Promise<void> {
    const { generation } = await this.#sendable(this.#patience());
    await generation.answer(this.#options.declare(generation), 'the declaration of exchange and queues');
  }

  /** @throws BrokerUnavailableError, UnroutableError, PublishRefusedError, PublishUnconfirmedError, BrokerClosedError */
  async publish(publication: Publication): Promise<void> {
    const patience = this.#patience(publication.holdUntil);
    const { channel, generation, since } = await this.#sendable(patience);
    const id = this.#nextId++;
    const confirm = send(channel, publication, id);
    let alarm: string | undefined;
    this.#unconfirmed.add(confirm);
    try {
      await this.#within(patience, confirm, () => {
        alarm = this.#blocked?.reason;
        const error = new Error(`no confirm within ${this.#options.timeoutMs} ms`);
        generation.reset(error);
        throw error;
      });
    } catch (cause) {
      this.#returned.delete(id);
      const error = explainFailure(cause, publication, alarm);
      if (error instanceof PublishRefusedError && Date.now() - since > REFUSING_FOR_MS) generation.lose(error);
      throw error;
    } finally {
      this.#unconfirmed.delete(confirm);
    }
    if (this.#returned.delete(id)) {
      throw new UnroutableError(`No queue takes messages from ${where(publication)}: the broker returned the message.`);
    }
  }

  async #setUp(generation: Generation): Promise<void> {
    await this.#options.declare(generation);
    const channel = generation.watch(await generation.model.createConfirmChannel());
    channel.on('return', (message) => {
      const id = publishIdOf(message);
      if (id !== undefined) this.#returned.add(id);
    });
    generation.model.on('blocked', (reason) => this.#block(reason));
    generation.model.on('unblocked', () => this.#unblock());
    this.#current = { channel, generation, since: Date.now() };
    this.#open.resolve();
    generation.signal.addEventListener('abort', () => {
      this.#current = undefined;
      this.#returned.clear();
      if (this.#blocked === undefined) this.#open = aGate();
      this.#blocked = undefined;
      // They count as given up.
      if (this.#unconfirmed.size > 0) generation.reset(new Error('messages were unconfirmed'));
    });
  }

  #block(reason: string): void {
    if (this.#blocked !== undefined) return;
    this.#blocked = { reason, since: new Date() };
    this.#open = aGate();
    this.#options.onBlocked(this.#blocked);
  }

  #unblock(): void {
    this.#blocked = undefined;
    this.#unblockedAt = Date.now();
    this.#open.resolve();
    this.#options.onUnblocked();
  }

  #patience(holdUntil?: AbortSignal): Patience {
    return { deadline: Date.now() + this.#options.timeoutMs, holdUntil };
  }

  async #sendable(patience: Patience): Promise<Current> {
    const notSent = (): never => {
      if (this.#blocked === undefined)
        throw notConnected(
          this.problem,
          `No connection to RabbitMQ within ${this.#options.timeoutMs} ms: nothing was sent.`,
        );
      throw new BrokerUnavailableError(
        `RabbitMQ takes no messages at present (${this.#blocked.reason}): nothing was sent.`,
        { brokerAnswers: true },
      );
    };
    if (this.#current === undefined || this.#blocked !== undefined) {
      await this.#within(patience, this.#open.promise, notSent);
    }
    if (this.#current === undefined || this.#blocked !== undefined || patience.holdUntil?.aborted) return notSent();
    return this.#current;
  }

  /** Waits for `work`, or throws what `giveUp` does. Whoever holds on has all the time again once the broker takes messages. */
  async #within(patience: Patience, work: Promise<void>, giveUp: () => never): Promise<void> {
    const isDone = work.then(() => true);
    while (!(await withTimeout(isDone, msUntil(patience.deadline), () => false))) {
      const isHolding = patience.holdUntil?.aborted === false;
      const blockedUntil = this.#blocked === undefined ? this.#unblockedAt : Date.now();
      patience.deadline = blockedUntil + this.#options.timeoutMs;
      if (!isHolding || msUntil(patience.deadline) === 0) giveUp();
    }
  }
}

export interface PublisherOptions extends Omit<ConnectionOptions, 'setUp'> {
  /** For connection and confirm together. */
  readonly timeoutMs: number;
  readonly declare: (generation: Generation) => Promise<void>;
  readonly onBlocked: (blocked: Blocked) => void;
  readonly onUnblocked: () => void;
}

interface Patience {
  /** ms since the epoch. */
  deadline: number;
  readonly holdUntil: AbortSignal | undefined;
}

function aGate(): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>();
  // Nobody may be waiting when it is closed for good.
  gate.promise.catch(() => undefined);
  return gate;
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

/** Of confirms under way when the connection is closed. */
const CLOSE_WITHIN_MS = 2_000;

/** @param deadline ms since the epoch */
function msUntil(deadline: number): number {
  return Math.max(0, deadline - Date.now());
}
