/** @import { Session, Snapshot, Tick } from '../messages.ts' */

/** Rows of the list of deliveries. */
const DELIVERIES_SHOWN = 100;

/**
 * What the page knows.
 *
 * @typedef {object} State
 * @property {Session} session
 * @property {Snapshot | null} snapshot
 * @property {'connecting' | 'live' | 'polling' | 'lost'} link
 * @property {number} heardAt ms since the epoch, by the daemon's clock
 * @property {number} skipped deliveries that came too fast to be shown, since the last ones shown
 */

/** @type {State} */
export const state = {
  session: { role: null, asksForToken: true, shop: '', queue: '', version: '' },
  snapshot: null,
  link: 'connecting',
  heardAt: 0,
  skipped: 0,
};

/** @param {Snapshot} snapshot */
export function takeSnapshot(snapshot) {
  state.snapshot = snapshot;
  state.heardAt = Date.parse(snapshot.now);
  state.skipped = 0;
}

/** What changed goes where it belongs; a bucket that is new pushes out the oldest. @param {Tick} tick */
export function takeTick(tick) {
  const before = state.snapshot;
  if (before === null) return;
  const known = before.deliveries[0]?.id ?? 0;
  const fresh = tick.deliveries.filter(({ id }) => id > known);
  if (fresh.length > 0) state.skipped = tick.skipped;
  state.heardAt = Date.parse(tick.now);
  state.snapshot = {
    ...before,
    now: tick.now,
    consumption: tick.consumption,
    figures: tick.figures,
    deliveries: [...fresh, ...before.deliveries].slice(0, DELIVERIES_SHOWN),
    hour: merged(before.hour, tick.hour),
    day: merged(before.day, tick.day),
  };
}

/**
 * @template {{ at: number }} T
 * @param {readonly T[]} buckets
 * @param {readonly T[]} changed
 * @returns {readonly T[]}
 */
function merged(buckets, changed) {
  const first = changed[0]?.at ?? Number.POSITIVE_INFINITY;
  return [...buckets.filter(({ at }) => at < first), ...changed].slice(-buckets.length);
}
