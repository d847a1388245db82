import { randomUUID } from 'node:crypto';
import { inParallel } from '../async/in-parallel.ts';
import type { Delivery } from '../broker/delivery.ts';
import { PublishRefusedError } from '../broker/errors.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { type Conflict, NO_CONFLICTS } from '../internal-system/conflicts.ts';
import type { SeveralOrders } from '../messages/decode/decode-event.ts';
import { carriedProperties, historyNote, LAST_LOOK, type Note } from '../messages/headers.ts';
import { deadLetterQueueName, retryQueueName } from '../messages/retry-queues.ts';
import type { Attempt } from './attempt.ts';
import type { Blockage } from './blockage.ts';
import { describeFailure, type Failure } from './failure.ts';
import type { OutageDetector } from './outage-detector.ts';
import type { Settlement, SyncResult } from './outcome.ts';

/**
 * Ends a delivery. An ack is sent only after the outcome is durable: the order committed, or the retry or dead letter
 * confirmed by the broker. When that fails, the event goes back to the main queue instead.
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
    { outcome, mayLag }: SyncResult,
    isCanary: boolean,
  ): Promise<Settlement> {
    const { rabbit, retryDelaysMs, remember } = this.#options;
    remember?.(attempt);
    const delayMs = mayLag && attempt.mayBeEarly ? retryDelaysMs[0] : undefined;
    if (delayMs === undefined || delivery.gone.aborted || delivery.isSettled) {
      if (!delivery.isSettled) delivery.ack();
      return { outcome };
    }
    try {
      await this.#moveOn(retryQueueName(rabbit.queue, delayMs), delivery, LAST_LOOK);
      return { outcome, delayMs };
    } catch (cause) {
      const failure = describeFailure(attempt, this.#options.retryDelaysMs, asSyncError(cause));
      return await this.#couldNotSettle(delivery, failure, cause, isCanary);
    }
  }

  async failed(delivery: Delivery, attempt: Attempt, error: SyncError, isCanary: boolean): Promise<Settlement> {
    const { outages } = this.#options;
    const failure = describeFailure(attempt, this.#options.retryDelaysMs, error);
    const outage = await outages.outageIn(error, failure);
    if (outage !== undefined) return this.#requeue(delivery, isCanary, becauseOf(outage));
    // The broker has it back already, or gets it back from us.
    if (error.kind === 'outage' || delivery.gone.aborted) return this.#requeue(delivery, isCanary, { error });
    try {
      const conflicts = await this.#record(attempt, failure);
      return { ...(await this.#retryOrDeadLetter(delivery, failure)), conflicts };
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
      return this.#couldNotSettle(
        delivery,
        describeFailure(attempt, this.#options.retryDelaysMs, asSyncError(cause)),
        cause,
        isCanary,
      );
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

  /**
   * Replaces a delivery with a fresh copy at the end of the main queue, with no attempt counted.
   *
   * @returns false when it is still to be settled: the broker did not confirm the copy. Never rejects.
   */
  async renew(delivery: Delivery): Promise<boolean> {
    if (delivery.gone.aborted) return delivery.isSettled;
    try {
      await this.#moveTo(this.#options.rabbit.queue, delivery, {});
    } catch {
      // The delivery is as good as before.
    }
    return delivery.isSettled;
  }

  async #record(attempt: Attempt, failure: Failure): Promise<readonly Conflict[]> {
    const { record, outages } = this.#options;
    try {
      return await outages.watch('internal-system', (isAlone) => record(attempt, failure, isAlone));
    } catch (cause) {
      // A ledger that refuses this entry would refuse it for ever. The retry or dead letter says the same.
      if (!(cause instanceof SyncError) || !(cause.kind === 'permanent' || cause.isOwn)) throw cause;
      return NO_CONFLICTS;
    }
  }

  async #retryOrDeadLetter(delivery: Delivery, failure: Failure): Promise<Settlement> {
    const { error, delayMs, failures, firstFailedAt, failedAt } = failure;
    const { rabbit } = this.#options;
    const { reason, message } = error;
    const note = historyNote({ failures, reason, error: message, firstFailedAt, lastFailedAt: failedAt });
    if (delayMs === undefined) {
      const deadLetters = rabbit.companion(deadLetterQueueName(rabbit.queue));
      await this.#moveOn(deadLetters, delivery, { ...note, deadLetterId: randomUUID() });
      return { outcome: 'dead-lettered', error };
    }
    await this.#moveOn(retryQueueName(rabbit.queue, delayMs), delivery, note);
    return { outcome: 'retrying', error, delayMs };
  }

  async #couldNotSettle(delivery: Delivery, failure: Failure, cause: unknown, isCanary: boolean): Promise<Settlement> {
    const { outages } = this.#options;
    const error =
      cause instanceof SyncError
        ? cause
        : new SyncError('broker_unavailable', 'The broker did not take the retry or dead letter.', { cause });
    const outage = await outages.outageIn(error, failure);
    if (outage !== undefined) return this.#requeue(delivery, isCanary, becauseOf(outage));
    // To the end of the queue, and not at once: requeued at its head, it would come back before the orders that need no
    // retry, thousands of times a second. A message that the queue counts is not requeued at all.
    do await this.#options.blockage.hold();
    while (!(await this.renew(delivery)) && delivery.timesReturned > 0 && !delivery.gone.aborted);
    if (!delivery.isSettled) delivery.requeue();
    return { outcome: 'requeued', error };
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
      await this.#moveOn(retryQueueName(rabbit.queue, delayMs), delivery, {});
      return true;
    } catch {
      return await this.renew(delivery);
    }
  }

  /** To a retry queue or the dead letters. */
  async #moveOn(queue: string, delivery: Delivery, note: Note): Promise<void> {
    try {
      await this.#moveTo(queue, delivery, note);
    } catch (error) {
      if (error instanceof PublishRefusedError) this.#options.blockage.refused(queue, error);
      throw error;
    }
  }

  /** First the copy, confirmed; then the ack. Killed in between, the event is in both queues, which does no harm. */
  async #moveTo(queue: string, delivery: Delivery, note: Note): Promise<void> {
    if (delivery.isSettled) throw new SyncError('interrupted', 'It was given back in the meantime.');
    const { content, gone } = delivery;
    const properties = carriedProperties(delivery, note);
    const publication = { exchange: '', routingKey: queue, content, properties, holdUntil: gone };
    await this.#options.rabbit.publish(publication);
    if (!delivery.isSettled) delivery.ack();
  }
}

/** An outage, or an interruption, which is nobody's. */
function becauseOf(error: SyncError): Pick<Settlement, 'error' | 'outage'> {
  return error.dependency === undefined ? { error } : { error, outage: error };
}

export interface SettlerOptions {
  readonly rabbit: Pick<RabbitMQ, 'queue' | 'companion' | 'publish' | 'enqueue'>;
  /** Notes in the internal system that an attempt failed. @returns the conflicts that it brings @throws SyncError */
  readonly record: (attempt: Attempt, failure: Failure, isAlone: boolean) => Promise<readonly Conflict[]>;
  /** Notes what is about to be acked because it is stored. Never throws. */
  readonly remember?: (attempt: Attempt) => void;
  readonly outages: OutageDetector;
  readonly blockage: Blockage;
  readonly retryDelaysMs: readonly number[];
}

const CONFIRMS_IN_FLIGHT = 100;
