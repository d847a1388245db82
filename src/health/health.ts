import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Intake } from '../delivery/intake.ts';
import type { Health } from '../ops/ops-server.ts';
import type { StallDetector } from './stall-detector.ts';

/** Ready means: orders that arrive now are brought over now. The reason says why not. */
export function daemonHealth({
  rabbit,
  intake,
  progress,
  isStopping,
}: {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming'>;
  readonly intake: Pick<Intake, 'outage'>;
  readonly progress: Pick<StallDetector, 'stall'>;
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
    return notReady(
      `paused: the ${intake.outage.dependency} is down (${intake.outage.error.reason})`,
      intake.outage.since,
    );
  }
  if (!rabbit.isConsuming) return notReady('not consuming yet');
  const { stall } = progress;
  if (stall !== undefined) {
    const what = stall.inHand > 0 ? `${stall.inHand} deliveries in hand` : 'messages waiting, none delivered';
    return { ...notReady(`stalled: ${what}, and nothing settled`, stall.since), live: false };
  }
  return { live: true, ready: true };
}
