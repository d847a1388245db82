import type { Intake } from '../../delivery/intake.ts';
import type { Depths, QueueDepths } from '../../messages/queue-depths.ts';
import { cached } from './cached.ts';
import type { ConsumptionWatch } from './consumption.ts';
import type { Figures, Snapshot, Tick } from './messages.ts';
import type { RecentActivity } from './recent-activity.ts';

const DELIVERIES_AT_FIRST = 100;
const DELIVERIES_IN_TICK = 40;
const LOOK_AT_BROKER_MS = 1_000;

interface Sources {
  readonly book: RecentActivity;
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
    const { book } = this.#sources;
    const now = Date.now();
    return {
      ...this.#common(depths),
      deliveries: book.deliveries(DELIVERIES_AT_FIRST),
      hour: book.hour.list(now),
      day: book.day.list(now),
      knownSince: book.knownSince,
      timedSince: book.timedSince,
    };
  }

  /** @param afterId of the last delivery that was told before */
  tick(depths: Depths | undefined, afterId: number): Tick {
    const { book } = this.#sources;
    const now = Date.now();
    const deliveries = book.deliveries(DELIVERIES_IN_TICK, afterId);
    return {
      ...this.#common(depths),
      deliveries,
      skipped: Math.max(0, book.lastId - afterId - deliveries.length),
      // The last one may still have grown after the tick before.
      hour: book.hour.list(now).slice(-2),
      day: book.day.list(now).slice(-2),
    };
  }

  #common(depths: Depths | undefined): Pick<Snapshot, 'now' | 'consumption' | 'figures'> {
    return { now: new Date().toISOString(), consumption: this.#sources.watch.now(), figures: this.#figures(depths) };
  }

  #figures(depths: Depths | undefined): Figures {
    const { book, intake } = this.#sources;
    const now = Date.now();
    return {
      waiting: depths?.waiting ?? null,
      retrying: depths?.retrying ?? null,
      deadLetters: depths?.deadLetters ?? null,
      inFlight: intake.inFlight,
      lastOrderAt: book.lastOrderAt,
      lastHour: book.hour.total(now),
      lastDay: book.day.total(now),
    };
  }
}
