import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../async/in-parallel.ts';
import type { Delivery } from '../broker/delivery.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import type { SeveralOrders } from '../messages/decode/decode-event.ts';
import { carriedProperties, historyNote, LAST_LOOK, type Note } from '../messages/headers.ts';
import { deadLetterQueueName, retryQueueName } from '../messages/retry-queues.ts';
import type { Attempt } from './attempt.ts';
import type { OutageDetector, Suspect } from './outage-detector.ts';
import type { Settlement, SyncResult } from './outcome.ts';

/**
 * Ends a delivery. An ack is sent only after the outcome is durable: the order committed, or the retry or dead letter
 * confirmed by the broker. When that fails, the delivery is requeued instead.
 */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** An event is retried once for each delay; one more failure makes it a dead letter. */
  get maxFailures(): number {
    return this.#options.retryDelaysMs.length;
  }

  /** An event that may have come before the shop's API shows its change waits in the shortest retry queue for a later look. */
  async succeeded(
    delivery: Delivery,
    attempt: Attempt,
    { outcome, conflict, mayLag }: SyncResult,
    isCanary: boolean,
  ): Promise<Settlement> {
    const { rabbit, retryDelaysMs } = this.#options;
    const delayMs = mayLag && attempt.mayBeEarly ? retryDelaysMs[0] : undefined;
    if (delayMs === undefined || delivery.gone.aborted || delivery.isSettled) {
      if (!delivery.isSettled) delivery.ack();
      return { outcome, conflict };
    }
    try {
      await this.#moveTo(retryQueueName(rabbit.queue, delayMs), delivery, LAST_LOOK);
      return { outcome, conflict, delayMs };
    } catch (cause) {
      const failure = this.#describe(attempt, asSyncError(cause));
      return await this.#couldNotSettle(delivery, failure, cause, isCanary);
    }
  }

  async failed(delivery: Delivery, attempt: Attempt, error: SyncError, isCanary: boolean): Promise<Settlement> {
    const { outages } = this.#options;
    const failure = this.#describe(attempt, error);
    outages.recordFailure(error, failure);
    if (outages.isDown(error.dependency)) return this.#requeue(delivery, isCanary, { error, outage: error });
    // The broker has it back already, or gets it back from us.
    if (error.kind === 'outage' || delivery.gone.aborted) return this.#requeue(delivery, isCanary, { error });
    try {
      await this.#record(attempt, failure);
      return await this.#retryOrDeadLetter(delivery, failure);
    } catch (cause) {
      return this.#couldNotSettle(delivery, failure, cause, isCanary);
    }
  }

  /**
   * Publishes an event for each order that the message names, and so gives each a story of its own. Killed before the ack,
   * some are asked for twice, which does no harm. Entries that name no order make the message a dead letter.
   */
  async split(
    delivery: Delivery,
    attempt: Attempt,
    { events, problem }: SeveralOrders,
    isCanary: boolean,
  ): Promise<Settlement> {
    const { rabbit } = this.#options;
    const { traceparent, tracestate } = attempt.trace ?? {};
    attempt.begin('settle');
    try {
      await inParallel(events, CONFIRMS_IN_FLIGHT, ({ reference, type }) =>
        rabbit.enqueue({ orderNumber: reference, event: type }, { traceparent, tracestate }),
      );
    } catch (cause) {
      return this.#couldNotSettle(delivery, this.#describe(attempt, asSyncError(cause)), cause, isCanary);
    }
    const orders = events.length;
    if (problem !== undefined) return { ...(await this.failed(delivery, attempt, problem, isCanary)), orders };
    if (!delivery.isSettled) delivery.ack();
    return { outcome: 'split', orders };
  }

  /** Requeues a delivery that there was no time for, or that arrived after the pause. */
  interrupted(delivery: Delivery, message: string): Settlement {
    if (!delivery.isSettled) delivery.requeue();
    return { outcome: 'requeued', error: new SyncError('interrupted', message) };
  }

  /** The one decision about retrying: a delay, or none because the event needs a person. */
  #describe(attempt: Attempt, error: SyncError): Failure {
    const failedAt = new Date();
    const delayMs = error.kind === 'transient' ? this.#options.retryDelaysMs[attempt.failuresBefore] : undefined;
    return {
      error,
      delayMs,
      reference: attempt.event?.reference ?? '',
      failures: attempt.number,
      isLastAttempt: delayMs === undefined,
      firstFailedAt: attempt.firstFailedAt ?? failedAt,
      failedAt,
    };
  }

  /** In the ledger, which has no place for an event that names no order. */
  async #record(attempt: Attempt, { error, delayMs, failedAt }: Failure): Promise<void> {
    if (attempt.event === undefined) return;
    await this.#options.writer.recordFailure({
      eventInfo: attempt.eventInfo(attempt.event),
      state: delayMs === undefined ? 'dead-lettered' : 'retrying',
      reason: error.reason,
      message: error.message,
      failedAt,
    });
  }

  async #retryOrDeadLetter(delivery: Delivery, failure: Failure): Promise<Settlement> {
    const { error, delayMs, failures, firstFailedAt, failedAt } = failure;
    const { queue } = this.#options.rabbit;
    const { reason, message } = error;
    const note = historyNote({ failures, reason, error: message, firstFailedAt, lastFailedAt: failedAt });
    if (delayMs === undefined) {
      await this.#moveTo(deadLetterQueueName(queue), delivery, { ...note, deadLetterId: randomUUID() });
      return { outcome: 'dead-lettered', error };
    }
    await this.#moveTo(retryQueueName(queue, delayMs), delivery, note);
    return { outcome: 'retrying', error, delayMs };
  }

  async #couldNotSettle(delivery: Delivery, failure: Failure, cause: unknown, isCanary: boolean): Promise<Settlement> {
    const { outages } = this.#options;
    const error =
      cause instanceof SyncError
        ? cause
        : new SyncError('broker_unavailable', 'The broker did not take the retry or dead letter.', { cause });
    outages.recordFailure(error, failure);
    const isOutage = outages.isDown(error.dependency);
    // Not at once: the same would happen again, thousands of times a second.
    await sleep(SETTLE_AGAIN_MS, undefined, { ref: false });
    return this.#requeue(delivery, isCanary, isOutage ? { error, outage: error } : { error });
  }

  /** With no attempt counted. */
  async #requeue(delivery: Delivery, isCanary: boolean, why: Omit<Settlement, 'outcome'>): Promise<Settlement> {
    const isParked = isCanary && (await this.#park(delivery));
    if (!isParked && !delivery.isSettled) delivery.requeue();
    return { outcome: 'requeued', ...why };
  }

  /**
   * A canary that failed waits in the shortest retry queue, with no attempt counted, so that the next probe takes another
   * order. Otherwise one order that always fails could hold up all others.
   */
  async #park(delivery: Delivery): Promise<boolean> {
    const { rabbit, retryDelaysMs } = this.#options;
    const delayMs = retryDelaysMs[0];
    if (delayMs === undefined || delivery.gone.aborted || delivery.isSettled) return false;
    try {
      await this.#moveTo(retryQueueName(rabbit.queue, delayMs), delivery, {});
      return true;
    } catch {
      return false;
    }
  }

  /** First the copy, confirmed; then the ack. Killed in between, the event is in both queues, which does no harm. */
  async #moveTo(queue: string, delivery: Delivery, note: Note): Promise<void> {
    if (delivery.isSettled) throw new SyncError('interrupted', 'It was given back in the meantime.');
    const { content } = delivery;
    const properties = carriedProperties(delivery, note);
    await this.#options.rabbit.publish({
      exchange: '',
      routingKey: queue,
      content,
      properties,
      holdUntil: delivery.gone,
    });
    if (!delivery.isSettled) delivery.ack();
  }
}

export interface SettlerOptions {
  readonly rabbit: Pick<RabbitMQ, 'queue' | 'publish' | 'enqueue'>;
  readonly writer: Pick<OrderWriter, 'recordFailure'>;
  readonly outages: OutageDetector;
  readonly retryDelaysMs: readonly number[];
}

interface Failure extends Suspect {
  readonly error: SyncError;
  /** Until the next attempt; undefined: there is none. */
  readonly delayMs: number | undefined;
  readonly failures: number;
  readonly failedAt: Date;
}

const SETTLE_AGAIN_MS = 1_000;
const CONFIRMS_IN_FLIGHT = 100;
