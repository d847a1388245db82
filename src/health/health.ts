import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import { dependencyName } from '../errors.ts';
import type { StallDetector } from './stall-detector.ts';

export interface Health {
  /** False when only a restart can help. */
  readonly live: boolean;
  /** Is it consuming? */
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  /** Since when it is not ready; a UTC instant. */
  readonly since?: string;
}

/** Ready means: an order that arrives now is synced now. */
export function daemonHealth({
  rabbit,
  intake,
  blockage,
  stallDetector,
  isStopping,
}: {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming'>;
  readonly intake: Pick<Intake, 'outage'>;
  readonly blockage: Pick<Blockage, 'queues'>;
  readonly stallDetector: Pick<StallDetector, 'stall'>;
  readonly isStopping: boolean;
}): Health {
  const notReady = (reason: string, since?: Date): Health => ({
    live: true,
    ready: false,
    reason,
    ...(since === undefined ? {} : { since: since.toISOString() }),
  });
  if (isStopping) return notReady('stopping');
  if (!rabbit.isUp) return notReady('not connected to RabbitMQ');
  if (intake.outage !== undefined) {
    const { dependency, error, since } = intake.outage;
    return notReady(`paused: the ${dependencyName(dependency)} is down (${error.reason})`, since);
  }
  if (!rabbit.isConsuming) return notReady('not consuming yet');
  const [blocked] = blockage.queues;
  if (blocked !== undefined) return notReady(`blocked: the queue ${blocked.queue} takes no events`, blocked.since);
  const { stall } = stallDetector;
  if (stall !== undefined) {
    const what = stall.inFlight > 0 ? `${stall.inFlight} deliveries in flight` : 'messages waiting, none delivered';
    return { ...notReady(`stalled: ${what}, and nothing settled`, stall.since), live: false };
  }
  return { live: true, ready: true };
}
