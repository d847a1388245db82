import { BrokerRefusedError, brokersAnswer } from '../../broker/errors.ts';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { Blockage } from '../../delivery/blockage.ts';
import type { Intake } from '../../delivery/intake.ts';
import { type Dependency, type FailureReason, isRefusal, type SyncError } from '../../errors.ts';
import type { StallDetector } from '../../health/stall-detector.ts';
import type { OutageCause, Trouble } from './happening.ts';
import type { Present } from './troubles.ts';

/** Both ways an event goes have these: orders, and shipments. */
export interface WatchedWay {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'problem' | 'blocked'>;
  /** Absent while the daemon starts. */
  readonly intake?: Pick<Intake, 'outage'> | undefined;
  readonly blockage?: Pick<Blockage, 'queues'> | undefined;
}

/** What the daemon waits for before it can begin. */
export interface Awaited {
  readonly dependency: Dependency;
  readonly error: SyncError;
  readonly since: Date;
}

/** What the daemon knows of itself. */
export interface WatchedState {
  readonly ways: readonly WatchedWay[];
  readonly awaited: Awaited | undefined;
  readonly stall: StallDetector['stall'];
  /** Undefined where all webhooks are taken. */
  readonly webhooksRefused: 'full' | 'failed' | undefined;
}

/** Each trouble once, be it that both ways suffer from it. */
export function presentTroubles(state: WatchedState): Present[] {
  const { ways, awaited, stall, webhooksRefused } = state;
  const outages = [awaited, ...ways.map(({ intake }) => intake?.outage)];
  return [
    ...outages.flatMap((outage) => (outage === undefined ? [] : [outageOf(outage)])),
    ...ways.flatMap(({ rabbit }) => brokerTroubles(rabbit)),
    ...ways
      .flatMap(({ blockage }) => blockage?.queues ?? [])
      .map(({ queue, since, error }) => lasting({ kind: 'queue_refuses', queue, detail: error.message }, since)),
    ...(stall === undefined ? [] : [lasting({ kind: 'stalled', inFlight: stall.inFlight }, stall.since)]),
    ...(webhooksRefused === undefined
      ? []
      : [{ trouble: { kind: 'webhooks_refused', cause: webhooksRefused } as const }]),
  ];
}

function outageOf({ dependency: part, error, since }: Awaited): Present {
  return lasting({ kind: 'outage', part, cause: causeOf(error.reason), detail: error.message }, since);
}

function brokerTroubles({ isUp, problem, blocked }: WatchedWay['rabbit']): Present[] {
  if (!isUp) {
    const cause = problem instanceof BrokerRefusedError ? 'turned_away' : brokersAnswer(problem) ? 'unserved' : 'down';
    return [{ trouble: { kind: 'outage', part: 'rabbitmq', cause, detail: problem?.message ?? '' } }];
  }
  return blocked === undefined ? [] : [lasting({ kind: 'broker_alarm', reason: blocked.reason }, blocked.since)];
}

function lasting(trouble: Trouble, since: Date): Present {
  return { trouble, since: since.getTime() };
}

function causeOf(reason: FailureReason): OutageCause {
  if (isRefusal(reason)) return 'refused';
  return reason === 'shop_rate_limited' ? 'limited' : 'down';
}
