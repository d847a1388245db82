import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { BrokerRefusedError, brokersAnswer, replyCode } from '../broker/errors.ts';
import type { BrokerReport } from '../broker/inspect-broker.ts';
import type { ConnectionRole, RabbitMQEvents } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import type { StopReport } from '../delivery/outcome.ts';
import { dependencyName, isRefusal, outageWords } from '../errors.ts';
import { queueDangers } from '../messages/queue-dangers.ts';
import { logOutcome } from './delivery-log.ts';

/**
 * Logs when a connection to RabbitMQ is up, when it is lost and when it is back, when the broker refuses us or can't serve us and
 * when that is over, when it takes no messages and when it does again: one line each, however many tries it takes, and one for each host that
 * was passed over. They name the host as `broker`.
 */
export function logConnections(rabbit: EventEmitter<RabbitMQEvents>, logger: Logger): void {
  const lost = new Map<ConnectionRole, Loss>();
  const refused = new Set<ConnectionRole>();
  rabbit.on('retry', (role, error, delayMs, broker) => {
    const fields = { connection: role, broker, error: error.message, delayMs };
    if (delayMs === 0) {
      // While none of the hosts can be used, this repeats in each round.
      const isNews = !lost.has(role) && !refused.has(role);
      logger[isNews ? 'warn' : 'debug'](fields, 'the connection to this RabbitMQ host failed; trying the next one');
      return;
    }
    if (error instanceof BrokerRefusedError) {
      // Both connections are refused for the same reason.
      if (refused.size === 0) logger.error(fields, 'RabbitMQ refuses us; trying again in case it passes');
      else logger.debug(fields, 'RabbitMQ still refuses us');
      refused.add(role);
      return;
    }
    const loss = lossOf(error);
    const { level, began, goesOn } = LOSSES[loss];
    if (lost.get(role) === loss) logger.debug(fields, goesOn);
    else logger[level](fields, began);
    lost.set(role, loss);
  });
  rabbit.on('up', (role, broker) => {
    const fields = { connection: role, broker };
    if (refused.delete(role) && refused.size === 0) logger.info(fields, 'RabbitMQ no longer refuses us');
    logger.info(fields, lost.delete(role) ? 'RabbitMQ is back' : 'connected to RabbitMQ');
  });
  rabbit.on('blocked', ({ reason }) => {
    const message = `RabbitMQ takes no messages (${reason}): new events, retries and dead letters wait until it does`;
    logger.error({ reason }, `${message}; free memory or disk space there`);
  });
  rabbit.on('unblocked', () => logger.info('RabbitMQ takes messages again'));
  rabbit.on('handlerError', (error) => logger.error({ err: error }, 'a bug: handling a delivery threw'));
}

/** How RabbitMQ was lost: nobody answers, it has ended the connection, or it answers and can't serve us. */
type Loss = 'away' | 'ended' | 'unserved';

const LOSSES = {
  away: {
    level: 'warn',
    began: 'RabbitMQ is down; retrying until it is back',
    goesOn: 'RabbitMQ is still down',
  },
  ended: {
    level: 'warn',
    began: 'RabbitMQ has ended the connection; connecting again',
    goesOn: 'RabbitMQ has ended the connection again',
  },
  unserved: {
    level: 'error',
    began: "RabbitMQ answers, but can't serve us; retrying until it can",
    goesOn: "RabbitMQ still can't serve us",
  },
} as const satisfies Record<Loss, object>;

function lossOf(error: Error): Loss {
  if (brokersAnswer(error) !== undefined) return 'unserved';
  return replyCode(error) === undefined ? 'away' : 'ended';
}

/** Logs when a queue begins to refuse the events that failed, and when that is over. */
export function logBlockage(blockage: Blockage, logger: Logger): void {
  blockage.on('began', ({ queue, error }) => {
    const message = `the queue ${queue} takes no events: those that failed go round in the main queue until it does`;
    logger.error({ refusing: queue, error: error.message }, message);
  });
  blockage.on('ended', ({ queue, since }) => {
    logger.info(
      { refusing: queue, blockedMs: Date.now() - since.getTime() },
      `the queue ${queue} refuses no events now`,
    );
  });
}

/** Logs one warning for each rule of the broker that can drop, expire or refuse messages. */
export function logQueueDangers(report: BrokerReport, logger: Logger): void {
  for (const { message, queues } of queueDangers(report)) logger.warn({ queues }, message);
  const { policiesUnknown } = report;
  if (policiesUnknown instanceof Error) logger.warn({ error: policiesUnknown.message }, 'policies could not be read');
}

/** Logs each settled delivery, and each pause with its end. */
export function logIntake(intake: Intake, logger: Logger): void {
  intake.on('settled', ({ facts, unexpected }) => {
    if (unexpected !== undefined) logger.error({ err: unexpected, deliveryTag: facts.deliveryTag }, 'unexpected error');
    logOutcome(logger, facts);
  });
  intake.on('outageBegan', ({ dependency, error }) => {
    const fields = { dependency, reason: error.reason, error: error.message };
    logger.error(fields, `paused: ${outageWords({ dependency, reason: error.reason })}`);
  });
  intake.on('outageEnded', ({ dependency, since, error }) => {
    const downMs = Date.now() - since.getTime();
    const what = isRefusal(error.reason) ? 'accepts our credentials again' : 'is back';
    logger.info({ dependency, downMs }, `resumed: the ${dependencyName(dependency)} ${what}`);
  });
  intake.on('bug', (error) => logger.error({ err: error }, 'a bug: processing a delivery threw'));
}

/** Logs when the shop begins to limit the rate of requests, and when it no longer does. */
export function logShopLimits(logger: Logger): (isLimited: boolean) => void {
  return (isLimited) => {
    if (isLimited) logger.warn('the shop limits the rate of requests: fetching more slowly');
    else logger.info('the shop no longer limits the rate of requests');
  };
}

/**
 * The last line of a clean stop. Its sums are those of the deliveries' lines since `stopping`, and of the deliveries that had
 * none because nothing was begun with them.
 */
export function logStop(report: StopReport | undefined, logger: Logger): void {
  const { finished = 0, requeued = 0, neverBegun = 0 } = report ?? {};
  const untouched = neverBegun === 0 ? '' : `, ${neverBegun} of them not yet begun`;
  logger.info(
    { finished, requeued, neverBegun },
    `stopped: ${finished} finished, ${requeued + neverBegun} given back${untouched}`,
  );
}
