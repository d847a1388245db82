import type { Intake } from '../../../delivery/intake.ts';
import type { Depths, QueueDepths } from '../../../messages/queue-depths.ts';
import type { WebhookState } from '../../../webhooks/webhook-state.ts';
import { cached } from '../cached.ts';
import type { Figures, Snapshot, Tick } from '../messages.ts';
import type { ConflictCount } from './conflict-count.ts';
import type { ConsumptionWatch } from './consumption.ts';
import type { RecentActivity } from './recent-activity.ts';

const DELIVERIES_IN_SNAPSHOT = 100;
const DELIVERIES_IN_TICK = 40;
const BROKER_CACHE_MS = 1_000;

interface Sources {
  readonly activity: RecentActivity;
  readonly watch: Pick<ConsumptionWatch, 'now'>;
  readonly depths: Pick<QueueDepths, 'look'>;
  readonly intake: Pick<Intake, 'inFlight'>;
  readonly conflicts: Pick<ConflictCount, 'now'>;
  /** Undefined where no webhooks are configured. Returns undefined while none is known of. */
  readonly webhooks: (() => WebhookState | undefined) | undefined;
}

/** Assembles what the daemon is doing now, for the page and the live feed. */
export class CurrentState {
  readonly #sources: Sources;
  readonly #depths: { get: () => ReturnType<QueueDepths['look']> };

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#depths = cached(BROKER_CACHE_MS, () => sources.depths.look());
  }

  /** Asks the broker once a second, however many callers there are. Never rejects. */
  depths(): Promise<Depths> {
    return this.#depths.get();
  }

  snapshot(depths: Depths): Snapshot {
    const { activity } = this.#sources;
    const now = Date.now();
    return {
      ...this.#common(depths),
      deliveries: activity.deliveries(DELIVERIES_IN_SNAPSHOT),
      hour: activity.hour.list(now),
      day: activity.day.list(now),
      knownSince: activity.knownSince,
      timedSince: activity.timedSince,
    };
  }

  /** @param afterId of the last delivery that was sent */
  tick(depths: Depths, afterId: number): Tick {
    const { activity } = this.#sources;
    const now = Date.now();
    const deliveries = activity.deliveries(DELIVERIES_IN_TICK, afterId);
    return {
      ...this.#common(depths),
      deliveries,
      skipped: Math.max(0, activity.lastId - afterId - deliveries.length),
      // The one before the last may have grown since the previous tick.
      hour: activity.hour.list(now).slice(-2),
      day: activity.day.list(now).slice(-2),
    };
  }

  #common(depths: Depths): Pick<Snapshot, 'now' | 'consumption' | 'figures'> {
    const consumption = this.#sources.watch.now();
    return { now: new Date().toISOString(), consumption, figures: this.#figures(depths, consumption.said) };
  }

  #webhooks(): Figures['webhooks'] {
    const { webhooks } = this.#sources;
    if (webhooks === undefined) return null;
    const state = webhooks();
    return { lastAt: state?.lastAt?.toISOString() ?? null, spooled: state?.spooled ?? 0 };
  }

  /** @param said what is said above the figures already */
  #figures({ waiting, retrying, deadLetters, heldBack, problem }: Depths, said: string | undefined): Figures {
    const { activity, intake, conflicts } = this.#sources;
    const now = Date.now();
    return {
      waiting: waiting ?? null,
      retrying: retrying ?? null,
      deadLetters: deadLetters ?? null,
      conflicts: conflicts.now(),
      heldBack: heldBack ?? null,
      unknownBecause: problem === undefined || problem === said ? null : problem,
      inFlight: intake.inFlight,
      lastOrderAt: activity.lastOrderAt,
      webhooks: this.#webhooks(),
      lastHour: activity.hour.total(now),
      lastDay: activity.day.total(now),
    };
  }
}
