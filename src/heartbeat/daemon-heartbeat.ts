import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Intake } from '../delivery/intake.ts';
import { SyncError } from '../errors.ts';
import type { Health } from '../health/health.ts';
import type { DaemonStore } from '../internal-system/daemon-store.ts';
import { ConsumptionWatch } from '../ops/dashboard/live/consumption.ts';
import type { PauseWatch } from '../pause/pause-watch.ts';
import { VERSION } from '../version.ts';
import { Heartbeat } from './heartbeat.ts';

interface Parts {
  readonly store: DaemonStore | undefined;
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  readonly health: () => Health;
  /** What it has in hand besides orders. */
  readonly inFlightBeside: () => number;
  readonly isStopping: () => boolean;
  readonly rabbitmq: { readonly queue: string; readonly prefetch: number };
  readonly logger: Logger;
}

/** The heartbeat of a daemon: what the dashboard shows of it, without the dashboard. */
export function daemonHeartbeat({ store, rabbitmq, logger, inFlightBeside, ...parts }: Parts): Heartbeat {
  const { rabbit, intake } = parts;
  const watch = new ConsumptionWatch(parts);
  const inFlight = () => intake.inFlight + inFlightBeside();
  const startedAt = new Date().toISOString();
  let last: { readonly at: string; readonly lagMs: number | null } | undefined;
  intake.on('settled', ({ facts: { outcome, attempt, queueMs } }) => {
    if (outcome === 'requeued') return;
    // A retry, and the later look at what changed nothing, have waited on purpose.
    const isFresh = outcome === 'synced' && attempt === 1;
    last = { at: new Date().toISOString(), lagMs: isFresh ? queueMs : (last?.lagMs ?? null) };
  });
  return new Heartbeat({
    store,
    news: () => `${watch.now().state} ${intake.isHeld && inFlight() === 0}`,
    report: async () => ({
      host: hostname(),
      pid: process.pid,
      version: VERSION,
      startedAt,
      ...rabbitmq,
      inFlight: inFlight(),
      waiting: await rabbit.waiting().catch(() => null),
      lastOrderAt: last?.at ?? null,
      lagMs: last?.lagMs ?? null,
      consumption: watch.now(),
    }),
    onError: (error) => {
      // An outage is said of the orders already.
      const isOutage = error instanceof SyncError && error.kind === 'outage';
      logger[isOutage ? 'debug' : 'warn']({ err: error }, 'could not say that this daemon is there; trying on');
    },
  });
}
