import type { Logger } from 'pino';
import type { ConnectionRole, RabbitMQ } from '../broker/rabbitmq.ts';
import type { Intake } from '../delivery/intake.ts';
import { dependencyName } from '../errors.ts';
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

/** Logs when the shop begins to limit the rate of requests, and when it no longer does. */
export function logShopLimits(logger: Logger): (isLimited: boolean) => void {
  return (isLimited) => {
    if (isLimited) logger.warn('the shop limits the rate of requests: fetching more slowly');
    else logger.info('the shop no longer limits the rate of requests');
  };
}
