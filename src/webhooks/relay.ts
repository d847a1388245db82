import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff.ts';
import { orAborted, withTimeout } from '../async/deadline.ts';
import { brokersAnswer } from '../broker/errors.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { ownHeaders } from '../messages/headers.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import type { Spool } from './spool.ts';

/** Shopify hangs up after five seconds, and counts that as a failure. */
const CONFIRM_WITHIN_MS = 2_000;
/** Removed from the spool together: killed in between, they are published twice, which does no harm. */
const DRAINED_AT_ONCE = 100;
const TRY_AGAIN = { minMs: 250, maxMs: 10_000 };

interface RelayEvents {
  /** Events go to the spool from now on. */
  spooling: [why: unknown];
  /** All that was in the spool is in the broker's queue. */
  drained: [events: number];
}

/**
 * Takes events, in one of two places: the broker's queue or, while the broker does not confirm, the spool. What waits there is
 * published in the order of arrival as soon as the broker is back, and until then whatever is new goes behind it.
 */
export class Relay extends EventEmitter<RelayEvents> {
  readonly #rabbit: Pick<RabbitMQ, 'send' | 'isUp' | 'blocked' | 'problem'>;
  readonly #spool: Spool;
  readonly #stopping = new AbortController();
  #draining: Promise<void> | undefined;

  constructor(rabbit: Pick<RabbitMQ, 'send' | 'isUp' | 'blocked' | 'problem'>, spool: Spool) {
    super();
    this.#rabbit = rabbit;
    this.#spool = spool;
  }

  /** Publishes what an earlier process left in the spool. */
  start(): void {
    if (this.#spool.size > 0) this.#drain();
  }

  /**
   * Resolves once the events would survive a crash of everything.
   *
   * @throws SpoolFullError, or SQLite's own error: they were not taken
   */
  async take(events: readonly OrderEvent[], receivedAt: Date): Promise<'published' | 'spooled'> {
    const why = this.#spool.size > 0 ? 'others wait' : await this.#publishNow(events, receivedAt);
    if (why === undefined) return 'published';
    this.#spool.append(events, receivedAt);
    if (this.#draining === undefined) {
      this.emit('spooling', why);
      this.#drain();
    }
    return 'spooled';
  }

  /** What is in the spool stays there for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#draining;
  }

  /** @returns why the broker has not confirmed all of them; undefined if it has */
  async #publishNow(events: readonly OrderEvent[], receivedAt: Date): Promise<unknown> {
    const { isUp, blocked, problem } = this.#rabbit;
    if (!isUp) return brokersAnswer(problem) ?? 'RabbitMQ is away';
    if (blocked !== undefined) return `RabbitMQ takes no messages (${blocked.reason})`;
    const published = Promise.all(events.map((event) => this.#publish(event, receivedAt))).then(
      () => undefined,
      (error: unknown) => error,
    );
    // One that is confirmed later is published a second time, which does no harm.
    return await withTimeout(published, CONFIRM_WITHIN_MS, () => `no confirm within ${CONFIRM_WITHIN_MS} ms`);
  }

  /** As the shop would have done, when it did. */
  #publish({ reference, type }: OrderEvent, receivedAt: Date): Promise<void> {
    return this.#rabbit.send(
      { orderNumber: reference, event: type },
      ownHeaders({ publishedAt: receivedAt.getTime() }),
    );
  }

  #drain(): void {
    this.#draining = this.#publishSpooled().finally(() => {
      this.#draining = undefined;
      // One may have come since.
      if (this.#spool.size > 0 && !this.#stopping.signal.aborted) this.#drain();
    });
  }

  /** Never rejects. */
  async #publishSpooled(): Promise<void> {
    const { signal } = this.#stopping;
    let published = 0;
    for (let failures = 0; !signal.aborted; ) {
      try {
        published += await this.#publishOldest(signal);
        if (this.#spool.size === 0) {
          this.emit('drained', published);
          return;
        }
        failures = 0;
      } catch {
        await sleep(backoffMs(failures++, TRY_AGAIN), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** @returns how many @throws whatever publishing does; those before it are removed */
  async #publishOldest(signal: AbortSignal): Promise<number> {
    const { events, removeThrough } = this.#spool.oldest(DRAINED_AT_ONCE);
    let last: number | undefined;
    let count = 0;
    try {
      for (const event of events) {
        await orAborted(this.#publish(event, event.receivedAt), signal);
        last = event.id;
        count += 1;
      }
    } finally {
      if (last !== undefined) removeThrough(last);
    }
    return count;
  }
}
