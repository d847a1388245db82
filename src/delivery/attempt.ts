import type { Delivery } from '../broker/delivery.ts';
import { NO_CONFLICTS, raisedBy } from '../internal-system/conflicts.ts';
import type { WrittenResult } from '../internal-system/internal-system.ts';
import type { EventInfo } from '../internal-system/ledger.ts';
import type { Delivered } from '../internal-system/order-deliverer.ts';
import { readHistory, readTraceContext } from '../messages/headers.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';
import type { TraceContext } from '../trace-context.ts';
import type { Settled, Settlement } from './outcome.ts';

/** One attempt to process a delivery: what is known so far, and how long each step took. */
export class Attempt {
  readonly failuresBefore: number;
  readonly firstFailedAt: Date | undefined;
  readonly trace: TraceContext | undefined;
  /**
   * The shop's API may lag behind its events, so that an early event seems to change nothing. It is then looked at once more,
   * later; every type of event, as a change may be written for another event than its own.
   */
  readonly mayBeEarly: boolean;
  /** Set once it is decoded. */
  event: OrderEvent | undefined;
  /** Set if it is about a shipment of the order. */
  shipmentId: string | undefined;
  /** Set once it is fetched. */
  order: Order | undefined;
  /** What the last write did. The attempt may fail all the same, if the event announced more. */
  written: WrittenResult | undefined;
  /** When the order was handed to the internal system last, in ms since the epoch. */
  writtenAt: number | undefined;
  /** Set once the ERP has the order. Stays undefined where there is no ledger in front of it. */
  delivered: Delivered | undefined;
  readonly #delivery: Delivery;
  readonly #publishedAt: Date | undefined;
  readonly #timer = new StepTimer();

  /** @param maxFailures more failures than this were never written by us */
  constructor(delivery: Delivery, maxFailures: number) {
    const history = readHistory(delivery, maxFailures);
    this.#delivery = delivery;
    this.failuresBefore = history.failures;
    this.firstFailedAt = history.firstFailedAt;
    this.trace = readTraceContext(delivery);
    this.#publishedAt = history.publishedAt;
    this.mayBeEarly = history.failures === 0 && !history.isLastLook && (this.#queueMs ?? 0) < EARLY_MS;
  }

  /** 1 for the first. */
  get number(): number {
    return this.failuresBefore + 1;
  }

  /** Null if the producer does not say when it published. */
  get #queueMs(): number | null {
    if (this.#publishedAt === undefined) return null;
    return Math.max(0, this.#delivery.receivedAt.getTime() - this.#publishedAt.getTime());
  }

  eventInfo(event: OrderEvent): EventInfo {
    const { receivedAt } = this.#delivery;
    return { reference: event.reference, event: event.type, attempt: this.number, receivedAt };
  }

  /** A step lasts until the next one begins, or until the end. */
  begin(step: Step): void {
    this.#timer.begin(step);
  }

  end({ outcome, error, outage, delayMs, conflicts = NO_CONFLICTS, orders }: Settlement): Settled {
    const { deliveryTag, redelivered, receivedAt } = this.#delivery;
    const { written, delivered } = this;
    const found = delivered?.outcome === 'delivered' ? delivered.conflicts : NO_CONFLICTS;
    const raised = new Set([...raisedBy(written?.conflict ?? false), ...found, ...conflicts]);
    const { fetch, write, deliver, settle } = this.#timer.end();
    const isUndelivered = deliver !== undefined && delivered === undefined;
    return {
      facts: {
        reference: this.event?.reference ?? null,
        orderNumber: this.order?.orderNumber ?? null,
        shopOrderId: this.order?.shopOrderId ?? null,
        shipmentId: this.shipmentId,
        event: this.event?.type ?? null,
        status: this.order?.status ?? null,
        outcome,
        reason: error?.reason,
        error: error?.message,
        delayMs,
        written: error !== undefined && written?.outcome === 'synced' && !isUndelivered ? true : undefined,
        undelivered: isUndelivered ? true : undefined,
        conflicts: raised.size > 0 ? [...raised] : undefined,
        previousNumber: written?.previousNumber,
        orders,
        attempt: this.number,
        deliveryTag,
        redelivered,
        traceId: this.trace?.traceId,
        queueMs: this.#queueMs,
        fetchMs: fetch ?? null,
        writeMs: write ?? null,
        deliverMs: deliver ?? null,
        settleMs: settle ?? null,
        totalMs: Date.now() - receivedAt.getTime(),
      },
      outage,
      unexpected: error?.isUnforeseen === true ? error.cause : undefined,
    };
  }
}

/** An event that was published this long ago, by the publisher's clock, is not ahead of the shop's API any more. */
const EARLY_MS = 300_000;

type Step = 'fetch' | 'write' | 'deliver' | 'settle';

/** A step that happens more than once counts with all of its time. */
class StepTimer {
  readonly #ms: Partial<Record<Step, number>> = {};
  #step: Step | undefined;
  #beganAt = 0;

  begin(step: Step | undefined): void {
    const now = performance.now();
    if (this.#step !== undefined) this.#ms[this.#step] = (this.#ms[this.#step] ?? 0) + (now - this.#beganAt);
    this.#step = step;
    this.#beganAt = now;
  }

  /** @returns ms for each step that has begun */
  end(): Partial<Record<Step, number>> {
    this.begin(undefined);
    return this.#ms;
  }
}
