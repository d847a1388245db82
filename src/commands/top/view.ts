import type { Bucket, DeliveryEvent, Session, Snapshot, Tick } from '../../ops/dashboard/messages.ts';

const DELIVERIES_KEPT = 100;

/** What the screen shows. */
export interface View extends Omit<Snapshot, 'day'> {
  readonly session: Pick<Session, 'shop' | 'queue' | 'version'>;
  /** Since when the daemon does not answer; undefined while it does. */
  readonly lostSince: Date | undefined;
}

/** The view after something changed. */
export function after<Seen extends View>(view: Seen, tick: Tick): Seen {
  const { now, consumption, figures } = tick;
  return {
    ...view,
    now,
    consumption,
    figures,
    lostSince: undefined,
    deliveries: newest(tick.deliveries, view.deliveries),
    hour: continued(view.hour, tick.hour),
  };
}

function newest(come: readonly DeliveryEvent[], before: readonly DeliveryEvent[]): DeliveryEvent[] {
  return [...come, ...before].slice(0, DELIVERIES_KEPT);
}

/** As many buckets as before, the last ones renewed. */
function continued(before: readonly Bucket[], come: readonly Bucket[]): Bucket[] {
  const first = come[0]?.at ?? Number.POSITIVE_INFINITY;
  return [...before.filter(({ at }) => at < first), ...come].slice(-before.length);
}
