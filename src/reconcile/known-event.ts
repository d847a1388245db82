import type { FailureReason } from '../errors.ts';
import type { KnownOrder } from '../internal-system/reconciliation-store.ts';

/** The state of an order's last event, if that is a reason not to publish another one. */
export type KnownEvent = 'retrying' | 'dead-lettered' | 'discarded';

export interface EventClock {
  readonly now: Date;
  /** How far the shop's clock is ahead of ours. */
  readonly shopAheadMs: number;
  /** A retry that has been waiting for longer than this was lost. */
  readonly longestRetryMs: number;
}

/** The shop reports its time in whole seconds, and the reply takes a while to arrive. */
const CLOCK_ERROR_MS = 2_000;

/** An order that fails again each time gets an event, and so a dead letter, no more often than this. */
const ANOTHER_AFTER_MS = 12 * 3_600_000;

/** What the shop showed was written all the same. So whatever differs by now has changed since. */
const WRITTEN: readonly (string | undefined)[] = ['not_yet_paid', 'not_yet_cancelled'] satisfies FailureReason[];

/**
 * - `retrying`: the event is waiting for its next attempt
 * - `dead-lettered`: it failed, and as far as the shop says the order has not changed since. Not every change can be told from
 *   that, so twice a day it gets another one
 * - `discarded`: likewise, and a person has given up on it: only once the order has changed it gets another one
 *
 * @returns undefined if the order, which is behind, needs an event
 */
export function knownEvent(
  lastEvent: KnownOrder['lastEvent'],
  updatedAt: string,
  { now, shopAheadMs, longestRetryMs }: EventClock,
): KnownEvent | undefined {
  if (lastEvent === undefined || lastEvent.state === 'synced' || lastEvent.state === 'undelivered') return undefined;
  const { state, reason } = lastEvent;
  const failedAt = Date.parse(lastEvent.at);
  const ageMs = now.getTime() - failedAt;
  if (state === 'retrying') return ageMs <= longestRetryMs ? state : undefined;
  const hasChanged = WRITTEN.includes(reason) || Date.parse(updatedAt) - shopAheadMs - CLOCK_ERROR_MS > failedAt;
  const isDue = state === 'dead-lettered' && ageMs >= ANOTHER_AFTER_MS;
  return hasChanged || isDue ? undefined : state;
}
