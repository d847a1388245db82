import { type BrokerReport, inspectBroker, type QueueReport } from '../../broker/inspect-broker.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { deadLetterQueueName, retryQueues } from '../../messages/retry-queues.ts';
import { counted } from '../cli/counted.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

const REMEDIES = {
  BrokerUnavailableError: 'Is RabbitMQ running there, and is RABBITMQ_URL (or RABBITMQ_HOST and RABBITMQ_PORT) right?',
};

/** Connects like the daemon, and looks at the queues without declaring any. */
export async function checkBroker(config: CommonConfig & { readonly rabbitmq: RabbitMQConfig }): Promise<CheckResult> {
  const { queue, queueType } = config.rabbitmq;
  const companionQueues = retryQueues(queue, queueType, config.retryDelaysMs);
  try {
    const report = await inspectBroker({ ...config.rabbitmq, companionQueues });
    return ok('RabbitMQ', describe(report, config.rabbitmq), { ...report });
  } catch (error) {
    return failed('RabbitMQ', error, REMEDIES);
  }
}

function describe({ address, vhost, version, exchangeExists, queues }: BrokerReport, config: RabbitMQConfig): string[] {
  const [main, ...companions] = queues;
  const dead = companions.find(({ name }) => name === deadLetterQueueName(config.queue));
  const waiting = companions.filter((queue) => queue !== dead).reduce((sum, { messages }) => sum + messages, 0);
  return [
    `RabbitMQ ${version} at ${address}, virtual host ${vhost}`,
    ...(exchangeExists ? [] : [`exchange ${config.exchange} does not exist yet; "start" creates it`]),
    ...describeMain(main),
    ...(waiting === 0 ? [] : [`${counted(waiting, 'event')} waiting for another attempt`]),
    ...(dead === undefined || dead.messages === 0
      ? []
      : [`! ${counted(dead.messages, 'dead letter')}: order-sync dead-letters list`]),
  ];
}

function describeMain({ name, type, exists, messages, consumers }: QueueReport): string[] {
  if (!exists) return [`queue ${name} does not exist yet; "start" creates it (${type})`];
  const isIdle = consumers === 0 && messages > 0;
  return [
    `queue ${name} (${type}): ${counted(messages, 'event')} waiting, ${counted(consumers, 'consumer')}`,
    ...(isIdle ? ['! nothing consumes these events: is the daemon running?'] : []),
  ];
}
