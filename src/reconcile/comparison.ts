import { compareStates, contentHash } from '../internal-system/newest-wins.ts';
import type { KnownOrder, StoredContent } from '../internal-system/reconciliation-store.ts';
import type { Order } from '../orders/order.ts';
import type { OrderStub } from '../shop/shop-client.ts';

/** In what the internal system is behind the shop. `different` is other content under the same time and status. */
export type Discrepancy = 'missing' | 'older' | 'different';

/** `cart`: not paid yet and not stored, so nobody waits for it. `agrees` also when the internal system is ahead. */
export type Comparison = Discrepancy | 'agrees' | 'cart';

/** Compares by what the shop's lists say of an order: by the rule of newest-wins.ts, without the content. */
export function compareStub(stub: OrderStub, stored: StoredContent | undefined): Comparison {
  if (stored === undefined) return stub.status === 'pending' ? 'cart' : 'missing';
  return compareStates(stub, stored) > 0 ? 'older' : 'agrees';
}

/**
 * Compares the whole order. Other content of the same state is taken for newer in the shop, which is true if what is stored
 * was looked up after the order was fetched, and nobody was about to write it.
 */
export function compareContent(order: Order, stored: StoredContent | undefined): Comparison {
  const comparison = compareStub(order, stored);
  if (comparison !== 'agrees' || stored === undefined || compareStates(order, stored) < 0) return comparison;
  return contentHash(order) === stored.contentHash ? 'agrees' : 'different';
}

/** What became of an order's last event, if that is a reason not to publish another one. */
export type EventUnderWay = 'retrying' | 'dead-lettered' | 'discarded';

export interface EventClock {
  readonly now: Date;
  /** How far the shop's clock is ahead of ours. */
  readonly shopAheadMs: number;
  /** A retry that has been waiting for longer than this got lost. */
  readonly longestRetryMs: number;
}

/** The shop's clock is told in whole seconds, and on the way to us time goes by. */
const CLOCK_ERROR_MS = 2_000;

/**
 * `retrying`: it waits and will be tried again. `dead-lettered`, `discarded`: it failed, the order has not changed since,
 * and a person sees it among the dead letters or has seen it. Undefined: nothing is under way.
 */
export function eventUnderWay(
  lastEvent: KnownOrder['lastEvent'],
  updatedAt: string,
  { now, shopAheadMs, longestRetryMs }: EventClock,
): EventUnderWay | undefined {
  if (lastEvent === undefined || lastEvent.state === 'synced') return undefined;
  const failedAt = Date.parse(lastEvent.at);
  const isUnderWay =
    lastEvent.state === 'retrying'
      ? failedAt >= now.getTime() - longestRetryMs
      : failedAt >= Date.parse(updatedAt) - shopAheadMs - CLOCK_ERROR_MS;
  return isUnderWay ? lastEvent.state : undefined;
}
