import type { Logger } from 'pino';
import type { BrokerReport } from '../broker/inspect-broker.ts';
import type { ConnectionRole, RabbitMQ } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import { dependencyName } from '../errors.ts';
import { queueDangers } from '../messages/queue-dangers.ts';
import { logOutcome } from './delivery-log.ts';

/** Logs when a connection to RabbitMQ is lost and when it is back: one line each, however many tries it takes. */
export function logConnections(rabbit: RabbitMQ, logger: Logger): void {
  const lost = new Set<ConnectionRole>();
  rabbit.on('retry', (role, error, delayMs) => {
    const fields = { connection: role, error: error.message, delayMs };
    if (lost.has(role)) logger.debug(fields, 'RabbitMQ is still down');
    else logger.warn(fields, 'RabbitMQ is down; retrying until it is back');
    lost.add(role);
  });
  rabbit.on('up', (role) => {
    if (lost.delete(role)) logger.info({ connection: role }, 'RabbitMQ is back');
  });
  rabbit.on('handlerError', (error) => logger.error({ err: error }, 'a bug: handling a delivery threw'));
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
    logger.error(fields, `paused: the ${dependencyName(dependency)} is down`);
  });
  intake.on('outageEnded', ({ dependency, since }) => {
    const downMs = Date.now() - since.getTime();
    logger.info({ dependency, downMs }, `resumed: the ${dependencyName(dependency)} is back`);
  });
  intake.on('bug', (error) => logger.error({ err: error }, 'a bug: processing a delivery threw'));
}
