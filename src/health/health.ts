import { brokersAnswer } from '../broker/errors.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import { outageWords } from '../errors.ts';
import type { Pause } from '../internal-system/pause-store.ts';
import type { PauseWatch } from '../pause/pause-watch.ts';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import type { Stall, StallDetector } from './stall-detector.ts';

export interface Health {
  /** False when only a restart can help. */
  readonly live: boolean;
  /** Does it do what it is told: consume, or wait because a person has paused it? */
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  /** Since when it is not ready; a UTC instant. */
  readonly since?: string;
  /** The pause that it waits for; it is ready all the same. */
  readonly paused?: Pause;
  /** What a person should see to, although orders are synced. */
  readonly warnings?: readonly string[];
}

/** The shop is told to come back, which not every shop does. */
export const SPOOL_FULL = 'webhooks are refused: WEBHOOK_SPOOL_MAX events wait for RabbitMQ';

/**
 * Ready means: an order that arrives now is synced now, or waits because a person wants it to. Neither a restart nor another
 * daemon would help with that, and the shop's webhooks must keep coming in.
 */
export function daemonHealth({
  rabbit,
  intake,
  blockage,
  pauses,
  stallDetector,
  webhooks,
  isStopping,
}: {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming' | 'blocked' | 'problem'>;
  readonly intake: Pick<Intake, 'outage'>;
  readonly blockage: Pick<Blockage, 'queues'>;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  readonly stallDetector: Pick<StallDetector, 'stall'>;
  /** Undefined when the daemon takes none. */
  readonly webhooks: Pick<WebhookFigures, 'isSpoolFull'> | undefined;
  readonly isStopping: boolean;
}): Health {
  const notReady = (reason: string, since?: Date): Health => ({
    live: true,
    ready: false,
    reason,
    ...(since === undefined ? {} : { since: since.toISOString() }),
  });
  if (isStopping) return notReady('stopping');
  if (webhooks?.isSpoolFull) return notReady(SPOOL_FULL);
  if (!rabbit.isUp) return notReady(brokersAnswer(rabbit.problem) ?? 'not connected to RabbitMQ');
  const { pause } = pauses;
  // While a person has paused, nobody finds out whether it is over.
  const outage = pause === undefined ? intake.outage : undefined;
  const { stall } = stallDetector;
  if (stall !== undefined) return { ...notReady(`stalled: ${describe(stall, outage)}`, stall.since), live: false };
  if (outage !== undefined) {
    const { dependency, error, since } = outage;
    const { reason } = error;
    return notReady(`paused: ${outageWords({ dependency, reason })} (${reason})`, since);
  }
  if (pause === undefined && !rabbit.isConsuming) return notReady('not consuming yet');
  if (rabbit.blocked !== undefined) {
    const { reason, since } = rabbit.blocked;
    return notReady(`RabbitMQ takes no messages (${reason}): new events, retries and dead letters wait`, since);
  }
  const [blocked] = blockage.queues;
  if (blocked !== undefined) {
    return notReady(`blocked: the queue ${blocked.queue} takes no events`, blocked.since);
  }
  return { live: true, ready: true, ...(pause === undefined ? {} : { paused: pause }) };
}

function describe({ inFlight }: Stall, outage: Intake['outage']): string {
  if (outage !== undefined) return 'paused, and nothing probes whether the outage is over';
  const what = inFlight > 0 ? `${inFlight} deliveries in flight` : 'messages waiting, none delivered';
  return `${what}, and nothing settled`;
}
