import type { Intake } from '../../../delivery/intake.ts';
import type { Depths, QueueDepths } from '../../../messages/queue-depths.ts';
import { cached } from '../cached.ts';
import type { Figures, Snapshot, Tick } from '../messages.ts';
import type { ConsumptionWatch } from './consumption.ts';
import type { RecentActivity } from './recent-activity.ts';

const DELIVERIES_AT_FIRST = 100;
const DELIVERIES_IN_TICK = 40;
const LOOK_AT_BROKER_MS = 1_000;

interface Sources {
  readonly activity: RecentActivity;
  readonly watch: ConsumptionWatch;
  readonly depths: Pick<QueueDepths, 'look'>;
  readonly intake: Pick<Intake, 'inFlight'>;
}

/** Puts together what is now. */
export class Now {
  readonly #sources: Sources;
  readonly #depths: { get: () => ReturnType<QueueDepths['look']> };

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#depths = cached(LOOK_AT_BROKER_MS, () => sources.depths.look());
  }

  /** What waits in the queues; undefined while the broker is away. Looks once a second, however many ask. Never rejects. */
  depths(): Promise<Depths | undefined> {
    return this.#depths.get();
  }

  snapshot(depths: Depths | undefined): Snapshot {
    const { activity } = this.#sources;
    const now = Date.now();
    return {
      ...this.#common(depths),
      deliveries: activity.deliveries(DELIVERIES_AT_FIRST),
      hour: activity.hour.list(now),
      day: activity.day.list(now),
      knownSince: activity.knownSince,
      timedSince: activity.timedSince,
    };
  }

  /** @param afterId of the last delivery that was told before */
  tick(depths: Depths | undefined, afterId: number): Tick {
    const { activity } = this.#sources;
    const now = Date.now();
    const deliveries = activity.deliveries(DELIVERIES_IN_TICK, afterId);
    return {
      ...this.#common(depths),
      deliveries,
      skipped: Math.max(0, activity.lastId - afterId - deliveries.length),
      // The last one may still have grown after the tick before.
      hour: activity.hour.list(now).slice(-2),
      day: activity.day.list(now).slice(-2),
    };
  }

  #common(depths: Depths | undefined): Pick<Snapshot, 'now' | 'consumption' | 'figures'> {
    return { now: new Date().toISOString(), consumption: this.#sources.watch.now(), figures: this.#figures(depths) };
  }

  #figures(depths: Depths | undefined): Figures {
    const { activity, intake } = this.#sources;
    const now = Date.now();
    return {
      waiting: depths?.waiting ?? null,
      retrying: depths?.retrying ?? null,
      deadLetters: depths?.deadLetters ?? null,
      inFlight: intake.inFlight,
      lastOrderAt: activity.lastOrderAt,
      lastHour: activity.hour.total(now),
      lastDay: activity.day.total(now),
    };
  }
}
