import type { DeliveryFacts } from '../../../delivery/outcome.ts';
import type { OrderRecord } from '../../../internal-system/ledger.ts';
import type { DeliveryEvent } from '../messages.ts';
import { BucketSeries } from './bucket-series.ts';

const MINUTE = 60_000;
const DELIVERIES_KEPT = 200;
/** At least; up to twice as many. */
const ACKS_KEPT = 5_000;

/** What this daemon saw of the last day, in bounded memory: for the charts, the list of deliveries and "acknowledged at". */
export class RecentActivity {
  readonly hour = new BucketSeries(MINUTE, 60);
  readonly day = new BucketSeries(15 * MINUTE, 96);
  /** How long orders took is known from here on: the ledger does not say when an event was published. ms since the epoch */
  readonly timedSince = Date.now();
  /** Newest last. The oldest are dropped from time to time. */
  #deliveries: DeliveryEvent[] = [];
  #ackedAt = new Map<string, string>();
  #ackedBefore: ReadonlyMap<string, string> = new Map();
  #lastId = 0;
  #lastOrderAt: string | null = null;
  #knownSince = this.timedSince;

  get lastId(): number {
    return this.#lastId;
  }

  /** When the last event was settled, whatever its outcome. */
  get lastOrderAt(): string | null {
    return this.#lastOrderAt;
  }

  /** ms since the epoch */
  get knownSince(): number {
    return this.#knownSince;
  }

  settled(facts: DeliveryFacts, now = Date.now()): DeliveryEvent {
    const { outcome, reason, conflicts, event, shopOrderId, queueMs, totalMs } = facts;
    const order = facts.orderNumber ?? facts.reference;
    const at = new Date(now).toISOString();
    const tookMs = outcome === 'synced' && queueMs !== null ? Math.round(queueMs + totalMs) : null;
    this.#lastId += 1;
    const delivery: DeliveryEvent = {
      id: this.#lastId,
      at,
      order,
      shopOrderId,
      event,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(conflicts === undefined ? {} : { conflicts }),
      tookMs,
    };
    this.#keep(delivery);
    // A requeued event is delivered again, and counts then.
    if (outcome !== 'requeued') this.#lastOrderAt = at;
    if (outcome !== 'requeued' && order !== null) this.#acked(order, at);
    this.#count(outcome, now, tookMs);
    return delivery;
  }

  /**
   * Adds what the ledger knows of the time before the start.
   *
   * @param records newest first
   * @param isAll whether these are all of the last day
   */
  recall(records: readonly OrderRecord[], isAll: boolean, now = Date.now()): void {
    // Anything since the start was seen, and is counted already.
    const deliveries = records.flatMap(asDeliveryEvent).filter(({ at }) => Date.parse(at) < this.timedSince);
    for (const { at, outcome } of deliveries) this.#count(outcome, Date.parse(at), null);
    this.#deliveries.unshift(...deliveries.slice(0, DELIVERIES_KEPT).toReversed());
    this.#lastOrderAt ??= records[0]?.receivedAt ?? null;
    const oldest = deliveries.at(-1);
    if (isAll) this.#knownSince = now - 24 * 60 * MINUTE;
    else if (oldest !== undefined) this.#knownSince = Date.parse(oldest.at);
  }

  /** Newest first. @param afterId leaves out this one and all before it */
  deliveries(limit = DELIVERIES_KEPT, afterId = Number.NEGATIVE_INFINITY): DeliveryEvent[] {
    return this.#deliveries
      .slice(-limit)
      .filter(({ id }) => id > afterId)
      .toReversed();
  }

  ackedAt(order: string): string | null {
    return this.#ackedAt.get(order) ?? this.#ackedBefore.get(order) ?? null;
  }

  #keep(delivery: DeliveryEvent): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length >= 2 * DELIVERIES_KEPT) this.#deliveries = this.#deliveries.slice(-DELIVERIES_KEPT);
  }

  /** Two maps, of which the older is dropped: removing the oldest entry of one map with each order would cost far more. */
  #acked(order: string, at: string): void {
    this.#ackedAt.set(order, at);
    if (this.#ackedAt.size < ACKS_KEPT) return;
    this.#ackedBefore = this.#ackedAt;
    this.#ackedAt = new Map();
  }

  #count(outcome: DeliveryEvent['outcome'], at: number, tookMs: number | null): void {
    for (const series of [this.hour, this.day]) {
      if (outcome === 'synced') series.addOrder(at, tookMs);
      if (outcome === 'dead-lettered') series.addDeadLetter(at);
    }
  }
}

/** None of an order that is still to be delivered: its event has not ended. */
function asDeliveryEvent(record: OrderRecord): DeliveryEvent[] {
  const { orderNumber, shopOrderId, reference, lastEvent, state, syncedAt, receivedAt } = record;
  const at = state === 'synced' ? (syncedAt ?? receivedAt) : receivedAt;
  if (state === 'undelivered') return [];
  return [{ id: 0, at, order: orderNumber ?? reference, shopOrderId, event: lastEvent, outcome: state, tookMs: null }];
}
