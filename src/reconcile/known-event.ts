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

/**
 * - `retrying`: the event is waiting for its next attempt
 * - `dead-lettered`, `discarded`: it failed, the order has not changed since, and a person has dealt with it or will
 *
 * @returns undefined if the order needs an event
 */
export function knownEvent(
  lastEvent: KnownOrder['lastEvent'],
  updatedAt: string,
  { now, shopAheadMs, longestRetryMs }: EventClock,
): KnownEvent | undefined {
  if (lastEvent === undefined || lastEvent.state === 'synced') return undefined;
  const failedAt = Date.parse(lastEvent.at);
  const stillCounts =
    lastEvent.state === 'retrying'
      ? failedAt >= now.getTime() - longestRetryMs
      : failedAt >= Date.parse(updatedAt) - shopAheadMs - CLOCK_ERROR_MS;
  return stillCounts ? lastEvent.state : undefined;
}
