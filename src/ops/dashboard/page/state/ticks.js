/** @import { DeliveryEvent, Snapshot, Tick } from '../../messages.ts' */
/**
 * `skipped`: how many after it arrived too fast to be shown.
 *
 * @typedef {DeliveryEvent & { readonly skipped?: number }} ShownDelivery
 */

/** Rows of the list of deliveries. */
const DELIVERIES_SHOWN = 100;

/**
 * The snapshot with what changed: new deliveries on top, and a new bucket pushes out the oldest.
 *
 * @param {Snapshot} before
 * @param {Tick} tick
 * @returns {Snapshot}
 */
export function withTick(before, tick) {
  return {
    ...before,
    now: tick.now,
    consumption: tick.consumption,
    figures: tick.figures,
    deliveries: withDeliveries(before.deliveries, tick),
    hour: withBuckets(before.hour, tick.hour),
    day: withBuckets(before.day, tick.day),
  };
}

/** @param {readonly ShownDelivery[]} before @param {Tick} tick @returns {readonly ShownDelivery[]} */
function withDeliveries(before, tick) {
  const [newest] = before;
  const fresh = tick.deliveries.filter(({ id }) => id > (newest?.id ?? 0));
  if (fresh.length === 0) return before;
  const marked = newest && tick.skipped > 0 ? [{ ...newest, skipped: tick.skipped }, ...before.slice(1)] : before;
  return [...fresh, ...marked].slice(0, DELIVERIES_SHOWN);
}

/**
 * @template {{ at: number }} T
 * @param {readonly T[]} before
 * @param {readonly T[]} changed
 * @returns {readonly T[]}
 */
function withBuckets(before, changed) {
  const first = changed[0]?.at ?? Number.POSITIVE_INFINITY;
  return [...before.filter(({ at }) => at < first), ...changed].slice(-before.length);
}
