import type { Delivery } from '../broker/delivery.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { EventInfo, FinalResult } from '../internal-system/internal-system.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import type { DeliveryFacts } from '../logging/delivery-log.ts';
import { readHistory, readTraceContext } from '../messages/headers.ts';
import { decodeOrderEvent, type OrderEvent } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';
import type { OrderFetcher } from '../shop/order-fetcher.ts';
import { type TraceContext, withTrace } from '../trace-context.ts';
import { checkAgainstEvent } from './check-order.ts';
import type { OutageDetector } from './outage-detector.ts';
import type { Settlement, Settler } from './settle.ts';

/**
 * One delivery, as a story: decode → fetch → check → write → settle.
 *
 * Everything before `settle` either succeeds or throws a SyncError that says which kind of failure it is. A crash at any
 * point leaves the delivery unsettled: the broker brings it again, and doing all of it again changes nothing that is right.
 */
export async function processDelivery(delivery: Delivery, steps: Pipeline): Promise<Settled> {
  const story = new Attempt(delivery, steps.settler.maxFailures);
  try {
    const event = story.decoded(decodeOrderEvent(delivery.content));
    const result = await withTrace(story.trace, () => syncOrder(event, story, steps));
    story.began('settle');
    return story.end(steps.settler.succeeded(delivery, result));
  } catch (error) {
    story.began('settle');
    return story.end(await steps.settler.failed(delivery, asSyncError(error), story));
  }
}

async function syncOrder(event: OrderEvent, story: Attempt, steps: Pipeline): Promise<FinalResult> {
  let seen: string | undefined;
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
    story.began('fetch');
    const { order, fetchedAt } = await steps.fetcher.fetch(event.reference);
    steps.outages.succeeded('shop');
    checkAgainstEvent(story.fetched(order), event);
    const eventInfo = story.eventInfo(event);
    story.began('write');
    const result = await steps.writer.write({ order, fetchedAt, eventInfo, seen });
    steps.outages.succeeded('internal-system');
    const { outcome, conflict } = result;
    if (outcome !== 'tied') return { outcome, conflict };
    // What the shop says from now on is newer than what is stored: fetch again.
    seen = result.stored;
  }
  throw new SyncError('write_failed', `Others kept writing the same order, ${MAX_ROUNDS} times in a row.`);
}

/** A tie takes two rounds, unless another writer comes in between. */
const MAX_ROUNDS = 5;

/** Ends a delivery that nobody worked on to its end: it goes back to the queue. */
export function interruptDelivery(delivery: Delivery, steps: Pipeline, why: string): Settled {
  const story = new Attempt(delivery, steps.settler.maxFailures);
  try {
    story.decoded(decodeOrderEvent(delivery.content));
  } catch {
    // Only the log would have had the order number from it.
  }
  return story.end(steps.settler.interrupted(delivery, why));
}

/** Ends a delivery that was being worked on when the process crashed: it may be what made it crash. */
export async function crashDelivery(delivery: Delivery, steps: Pipeline): Promise<Settled> {
  const story = new Attempt(delivery, steps.settler.maxFailures);
  try {
    story.decoded(decodeOrderEvent(delivery.content));
  } catch {
    // Only ledger and log would have had the order number from it.
  }
  const error = new SyncError('crashed', 'The daemon crashed while it worked on this event (its log has the bug).');
  return story.end(await steps.settler.failed(delivery, error, story));
}

export interface Pipeline {
  readonly fetcher: OrderFetcher;
  readonly writer: OrderWriter;
  readonly outages: OutageDetector;
  readonly settler: Settler;
}

/** How a delivery ended. `outage` is the failure that shows that a dependency is down. */
export interface Settled {
  readonly facts: DeliveryFacts;
  readonly outage: SyncError | undefined;
  /** What nobody foresaw: it belongs into the log with its stack. */
  readonly unexpected: unknown;
}

/** What is known of a delivery so far. */
export class Attempt {
  readonly failuresBefore: number;
  readonly firstFailedAt: Date | undefined;
  readonly trace: TraceContext | undefined;
  event: OrderEvent | undefined;
  order: Order | undefined;
  readonly #delivery: Delivery;
  readonly #publishedAt: Date | undefined;
  readonly #ms: Partial<Record<Step, number>> = {};
  #step: Step | undefined;
  #beganAt = 0;

  constructor(delivery: Delivery, maxFailures: number) {
    const history = readHistory(delivery, maxFailures);
    this.#delivery = delivery;
    this.failuresBefore = history.failures;
    this.firstFailedAt = history.firstFailedAt;
    this.trace = readTraceContext(delivery);
    this.#publishedAt = history.publishedAt;
  }

  get attempt(): number {
    return this.failuresBefore + 1;
  }

  decoded(event: OrderEvent): OrderEvent {
    this.event = event;
    return event;
  }

  fetched(order: Order): Order {
    this.order = order;
    return order;
  }

  eventInfo(event: OrderEvent): EventInfo {
    const { receivedAt } = this.#delivery;
    return { reference: event.reference, event: event.type, attempt: this.attempt, receivedAt };
  }

  /** A step lasts until the next one begins. */
  began(step: Step): void {
    const now = performance.now();
    if (this.#step !== undefined) this.#ms[this.#step] = rounded(now - this.#beganAt);
    this.#step = step;
    this.#beganAt = now;
  }

  end({ outcome, error, outage, delayMs, conflict }: Settlement): Settled {
    const { deliveryTag, redelivered, receivedAt } = this.#delivery;
    const facts: DeliveryFacts = {
      reference: this.event?.reference ?? null,
      orderNumber: this.order?.orderNumber ?? null,
      event: this.event?.type ?? null,
      status: this.order?.status ?? null,
      outcome,
      reason: error?.reason,
      error: error?.message,
      delayMs,
      conflict: conflict === true ? conflict : undefined,
      attempt: this.attempt,
      deliveryTag,
      redelivered,
      traceId: this.trace?.traceId,
      queueMs: this.#publishedAt === undefined ? null : Math.max(0, receivedAt.getTime() - this.#publishedAt.getTime()),
      fetchMs: this.#ms.fetch ?? null,
      writeMs: this.#ms.write ?? null,
      totalMs: Date.now() - receivedAt.getTime(),
    };
    return { facts, outage, unexpected: error?.reason === 'unexpected' ? error.cause : undefined };
  }
}

type Step = 'fetch' | 'write' | 'settle';

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
