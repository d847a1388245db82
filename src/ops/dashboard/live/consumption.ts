import { brokersAnswer } from '../../../broker/errors.ts';
import type { RabbitMQ } from '../../../broker/rabbitmq.ts';
import type { Intake } from '../../../delivery/intake.ts';
import type { Health } from '../../../health/health.ts';
import type { PauseWatch } from '../../../pause/pause-watch.ts';
import type { Consumption } from '../messages.ts';

interface Watched {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming' | 'problem' | 'blocked'>;
  readonly intake: Pick<Intake, 'outage'>;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  readonly health: () => Health;
  readonly isStopping: () => boolean;
}

/** Reports what the daemon is doing, and since when: as exactly as `now()` is called often. */
export class ConsumptionWatch {
  readonly #watched: Watched;
  #hasConsumed = false;
  #last: Consumption = { state: 'starting', since: new Date().toISOString() };

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  now(): Consumption {
    const { since, ...found } = this.#lookWithPause();
    const { since: before, ...last } = this.#last;
    if (JSON.stringify(found) === JSON.stringify(last)) return this.#last;
    this.#last = { ...found, since: since ?? new Date().toISOString() };
    return this.#last;
  }

  /** Whatever else is the matter, everyone should know of it, and operators be able to end it. */
  #lookWithPause(): Found {
    const { pause } = this.#watched.pauses;
    if (pause === undefined) return this.#look();
    const { by, until, reason } = pause;
    return { ...this.#look(), pause: { by, until, reason } };
  }

  #look(): Found {
    const { rabbit, intake, pauses, health, isStopping } = this.#watched;
    if (isStopping()) return { state: 'draining' };
    const { pause } = pauses;
    if (pause === undefined && intake.outage !== undefined) {
      const { dependency, since, error } = intake.outage;
      return { state: 'paused', dependency, reason: error.reason, since: since.toISOString() };
    }
    const said = brokersAnswer(rabbit.problem);
    if (said !== undefined) return { state: 'refused', said };
    this.#hasConsumed ||= rabbit.isConsuming;
    if (!this.#hasConsumed && pause === undefined) return { state: 'starting' };
    if (!rabbit.isUp) return { state: 'disconnected' };
    // After a pause, what is still in hand is finished first.
    if (!rabbit.isConsuming && pause === undefined) return { state: 'starting' };
    const { live, ready, since } = health();
    const { blocked } = rabbit;
    if (live && blocked !== undefined)
      return { state: 'alarm', said: blocked.reason, since: blocked.since.toISOString() };
    if (!ready) return { state: live ? 'blocked' : 'stalled', ...(since === undefined ? {} : { since }) };
    if (pause === undefined) return { state: 'running' };
    return { state: 'held', since: pause.since };
  }
}

/** Without `since`, it is so since it was noticed. */
type Found = Omit<Consumption, 'since'> & { readonly since?: string };
