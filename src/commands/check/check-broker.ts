import { type BrokerReport, inspectBroker, type QueueReport } from '../../broker/inspect-broker.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { type QueueDanger, queueDangers } from '../../messages/queue-dangers.ts';
import { isRetryQueue, retryQueues } from '../../messages/retry-queues.ts';
import { counted } from '../cli/counted.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

const REMEDIES = {
  BrokerUnavailableError: 'Is RabbitMQ running there, and is RABBITMQ_URL (or RABBITMQ_HOST and RABBITMQ_PORT) right?',
};

/** Connects like the daemon, looks at the queues without declaring any, and asks for the policies if it can. */
export async function checkBroker(config: CommonConfig & { readonly rabbitmq: RabbitMQConfig }): Promise<CheckResult> {
  const { queue, queueType } = config.rabbitmq;
  const companionQueues = retryQueues(queue, queueType, config.retryDelaysMs);
  try {
    const report = await inspectBroker({ ...config.rabbitmq, companionQueues }, config.managementUrl);
    const dangers = queueDangers(report);
    const { policiesUnknown, ...details } = report;
    return ok('RabbitMQ', describe(report, dangers, config.rabbitmq), {
      ...details,
      dangers,
      policiesRead: policiesUnknown === undefined,
    });
  } catch (error) {
    return failed('RabbitMQ', error, REMEDIES);
  }
}

function describe(report: BrokerReport, dangers: readonly QueueDanger[], config: RabbitMQConfig): string[] {
  const { address, vhost, version, exchangeExists, queues } = report;
  const [main, ...companions] = queues;
  const [retries, deadLetters] = [true, false].map((isRetry) =>
    companions.filter(({ name }) => isRetryQueue(name) === isRetry).reduce((sum, { messages }) => sum + messages, 0),
  );
  return [
    `RabbitMQ ${version} at ${address}, virtual host ${vhost}`,
    ...(exchangeExists ? [] : [`exchange ${config.exchange} does not exist yet; "start" creates it`]),
    ...describeMain(main),
    ...(!retries ? [] : [`${counted(retries, 'event')} waiting for another attempt`]),
    ...(!deadLetters ? [] : [`! ${counted(deadLetters, 'dead letter')}: order-sync dead-letters list`]),
    ...dangers.map(({ message }) => `! ${message}`),
    ...describePolicies(report),
  ];
}

function describePolicies({ policiesUnknown }: BrokerReport): string[] {
  if (policiesUnknown === undefined) return [];
  if (policiesUnknown !== 'not asked') return [`! policies could not be read: ${policiesUnknown.message}`];
  return ["policies were not read: only the management API knows them, and RABBITMQ_MANAGEMENT_URL isn't set"];
}

function describeMain({ name, type, exists, messages, consumers }: QueueReport): string[] {
  if (!exists) return [`queue ${name} does not exist yet; "start" creates it (${type})`];
  const isIdle = consumers === 0 && messages > 0;
  return [
    `queue ${name} (${type}): ${counted(messages, 'event')} waiting, ${counted(consumers, 'consumer')}`,
    ...(isIdle ? ['! nothing consumes these events: is the daemon running?'] : []),
  ];
}
