import type { Bucket, DeliveryEvent, Session, Snapshot, Tick } from '../../ops/dashboard/messages.ts';

const DELIVERIES_KEPT = 100;

/** What the screen shows. */
export interface View extends Omit<Snapshot, 'day'> {
  readonly session: Pick<Session, 'shop' | 'queue' | 'version'>;
  /** Since when the daemon has not answered; undefined while it does. */
  readonly lostSince: Date | undefined;
}

/** The view after a tick. */
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

function newest(fresh: readonly DeliveryEvent[], before: readonly DeliveryEvent[]): DeliveryEvent[] {
  return [...fresh, ...before].slice(0, DELIVERIES_KEPT);
}

/** As many buckets as before, the last ones updated. */
function continued(before: readonly Bucket[], fresh: readonly Bucket[]): Bucket[] {
  const first = fresh[0]?.at ?? Number.POSITIVE_INFINITY;
  return [...before.filter(({ at }) => at < first), ...fresh].slice(-before.length);
}
