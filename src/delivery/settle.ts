import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../broker/delivery.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { SyncError } from '../errors.ts';
import type { FinalResult } from '../internal-system/internal-system.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import { carriedProperties, historyNote } from '../messages/headers.ts';
import { deadLetterQueueName, retryQueueName } from '../messages/retry-queues.ts';
import type { OutageDetector } from './outage-detector.ts';
import type { Outcome } from './outcome.ts';
import type { Attempt } from './process-delivery.ts';

/** What became of a delivery, and why. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly error?: SyncError;
  /** Set when `error` shows that a dependency is down for everyone. */
  readonly outage?: SyncError;
  readonly delayMs?: number;
  readonly conflict?: boolean;
}

/**
 * Ends a delivery. An ack leaves only after the outcome is durable: the order committed, or the retry or dead letter
 * confirmed by the broker. When that fails, the delivery goes back to its queue instead.
 */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** An event is retried as often as there are delays; one more failure and it is a dead letter. */
  get maxFailures(): number {
    return this.#options.retryDelaysMs.length;
  }

  succeeded(delivery: Delivery, { outcome, conflict }: FinalResult): Settlement {
    if (!delivery.isSettled) delivery.ack();
    return { outcome, conflict };
  }

  async failed(delivery: Delivery, error: SyncError, story: Attempt): Promise<Settlement> {
    const failure = this.#describe(error, story);
    if (this.#options.outages.isOutage(error, failure)) return this.#giveBack(delivery, error, { outage: error });
    // The broker has it back already, or will not get it from us.
    if (error.kind === 'outage' || delivery.gone.aborted) return this.#giveBack(delivery, error);
    const { delayMs } = failure;
    try {
      await this.#record(failure, story);
      await this.#publishAgain(delivery, failure);
    } catch (cause) {
      return this.#couldNotSettle(delivery, cause, failure);
    }
    if (!delivery.isSettled) delivery.ack();
    return delayMs === undefined ? { outcome: 'dead-lettered', error } : { outcome: 'retrying', error, delayMs };
  }

  /** The one decision about retrying: a delay, or none because this order needs a person. */
  #describe(error: SyncError, story: Attempt): Failure {
    const failedAt = new Date();
    const delayMs = error.kind === 'transient' ? this.#options.retryDelaysMs[story.failuresBefore] : undefined;
    return {
      error,
      delayMs,
      reference: story.event?.reference ?? '',
      failures: story.attempt,
      isLastAttempt: delayMs === undefined,
      firstFailedAt: story.firstFailedAt ?? failedAt,
      failedAt,
    };
  }

  /** An event that names no order has no place in the ledger. */
  async #record({ error, delayMs, failedAt }: Failure, story: Attempt): Promise<void> {
    if (story.event === undefined) return;
    await this.#options.writer.recordFailure({
      eventInfo: story.eventInfo(story.event),
      state: delayMs === undefined ? 'dead-lettered' : 'retrying',
      reason: error.reason,
      message: error.message,
      failedAt,
    });
  }

  #publishAgain(delivery: Delivery, { error, delayMs, failures, firstFailedAt, failedAt }: Failure): Promise<void> {
    const { rabbit } = this.#options;
    const note = historyNote({
      failures,
      reason: error.reason,
      error: error.message,
      firstFailedAt,
      lastFailedAt: failedAt,
    });
    return rabbit.publish({
      exchange: '',
      routingKey: delayMs === undefined ? deadLetterQueueName(rabbit.queue) : retryQueueName(rabbit.queue, delayMs),
      content: delivery.content,
      properties: carriedProperties(delivery, delayMs === undefined ? { ...note, deadLetterId: randomUUID() } : note),
    });
  }

  async #couldNotSettle(delivery: Delivery, cause: unknown, failure: Failure): Promise<Settlement> {
    const error =
      cause instanceof SyncError
        ? cause
        : new SyncError('broker_unavailable', 'The broker did not take the retry or dead letter.', { cause });
    const isOutage = this.#options.outages.isOutage(error, failure);
    // Not at once: the same would happen again, thousands of times a second.
    await sleep(SETTLE_AGAIN_MS, undefined, { ref: false });
    return this.#giveBack(delivery, error, isOutage ? { outage: error } : {});
  }

  /** Gives a delivery back untouched: there was no time for it, or it came after the pause. */
  interrupted(delivery: Delivery, message: string): Settlement {
    if (!delivery.isSettled) delivery.requeue();
    return { outcome: 'requeued', error: new SyncError('interrupted', message) };
  }

  /** Back to the queue, with no attempt counted. */
  async #giveBack(delivery: Delivery, error: SyncError, more: { outage?: SyncError } = {}): Promise<Settlement> {
    const isParked = this.#options.park && (await this.#park(delivery));
    if (!isParked && !delivery.isSettled) delivery.requeue();
    return { outcome: 'requeued', error, ...more };
  }

  /**
   * A canary that failed waits in the shortest wait queue, with no attempt counted, so that the next probe gets another
   * order. Otherwise one order that always fails could hold up all others.
   */
  async #park(delivery: Delivery): Promise<boolean> {
    const { rabbit, retryDelaysMs } = this.#options;
    const delayMs = retryDelaysMs[0];
    if (delayMs === undefined || delivery.gone.aborted || delivery.isSettled) return false;
    try {
      const properties = carriedProperties(delivery, {});
      await rabbit.publish({
        exchange: '',
        routingKey: retryQueueName(rabbit.queue, delayMs),
        content: delivery.content,
        properties,
      });
    } catch {
      return false;
    }
    if (!delivery.isSettled) delivery.ack();
    return true;
  }
}

export interface SettlerOptions {
  readonly rabbit: RabbitMQ;
  readonly writer: OrderWriter;
  readonly outages: OutageDetector;
  readonly retryDelaysMs: readonly number[];
  /** True for the canaries that probe during an outage. */
  readonly park: boolean;
}

interface Failure {
  readonly error: SyncError;
  readonly delayMs: number | undefined;
  readonly reference: string;
  readonly failures: number;
  readonly isLastAttempt: boolean;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
}

const SETTLE_AGAIN_MS = 1_000;
