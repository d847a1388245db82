import { brokersAnswer } from '../broker/errors.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import { outageWords } from '../errors.ts';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import type { Stall, StallDetector } from './stall-detector.ts';

export interface Health {
  /** False when only a restart can help. */
  readonly live: boolean;
  /** Is it consuming? */
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  /** Since when it is not ready; a UTC instant. */
  readonly since?: string;
  /** What a person should see to, although orders are synced. */
  readonly warnings?: readonly string[];
}

/** The shop is told to come back, which not every shop does. */
export const SPOOL_FULL = 'webhooks are refused: WEBHOOK_SPOOL_MAX events wait for RabbitMQ';

/** Ready means: an order that arrives now is synced now. */
export function daemonHealth({
  rabbit,
  intake,
  blockage,
  stallDetector,
  webhooks,
  isStopping,
}: {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming' | 'blocked' | 'problem'>;
  readonly intake: Pick<Intake, 'outage'>;
  readonly blockage: Pick<Blockage, 'queues'>;
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
  const { stall } = stallDetector;
  if (stall !== undefined)
    return { ...notReady(`stalled: ${describe(stall, intake.outage)}`, stall.since), live: false };
  if (intake.outage !== undefined) {
    const { dependency, error, since } = intake.outage;
    const { reason } = error;
    return notReady(`paused: ${outageWords({ dependency, reason })} (${reason})`, since);
  }
  if (!rabbit.isConsuming) return notReady('not consuming yet');
  if (rabbit.blocked !== undefined) {
    const { reason, since } = rabbit.blocked;
    return notReady(`RabbitMQ takes no messages (${reason}): new events, retries and dead letters wait`, since);
  }
  const [blocked] = blockage.queues;
  if (blocked !== undefined) {
    return notReady(`blocked: the queue ${blocked.queue} takes no events`, blocked.since);
  }
  return { live: true, ready: true };
}

function describe({ inFlight }: Stall, outage: Intake['outage']): string {
  if (outage !== undefined) return 'paused, and nothing probes whether the outage is over';
  const what = inFlight > 0 ? `${inFlight} deliveries in flight` : 'messages waiting, none delivered';
  return `${what}, and nothing settled`;
}
