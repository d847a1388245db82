import { type BrokerReport, inspectBroker, type QueueReport } from '../../broker/inspect-broker.ts';
import type { QueueDeclaration } from '../../broker/options.ts';
import { DEFAULT_EXCHANGE } from '../../broker/routing.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { deadLetterQueueName, retryQueues } from '../../messages/retry-queues.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { commandToMake } from './command-to-make.ts';

const REMEDIES = {
  BrokerUnavailableError: 'Is RabbitMQ running there, and is RABBITMQ_URL (or RABBITMQ_HOST and RABBITMQ_PORT) right?',
};

/** Connects like the daemon, and looks at the queues without declaring any. */
export async function checkBroker(config: CommonConfig & { readonly rabbitmq: RabbitMQConfig }): Promise<CheckResult> {
  const { queue, queueType } = config.rabbitmq;
  const companionQueues = retryQueues(queue, queueType, config.retryDelaysMs);
  try {
    const report = await inspectBroker({ ...config.rabbitmq, companionQueues });
    const lines = describe(report, config.rabbitmq);
    const missing = report.queues.filter(({ exists, mayDeclare }) => !exists && !mayDeclare);
    if (missing.length > 0) return incomplete(lines, report, missing, companionQueues);
    return ok('RabbitMQ', lines, { ...report });
  } catch (error) {
    return failed('RabbitMQ', error, REMEDIES);
  }
}

/** "start" would end at once: nobody but an administrator of the broker can make these queues. */
function incomplete(
  lines: readonly string[],
  report: BrokerReport,
  missing: readonly QueueReport[],
  companions: readonly QueueDeclaration[],
): CheckResult {
  const names = missing.map(({ name }) => name);
  const ours = companions.filter(({ name }) => names.includes(name));
  return {
    name: 'RabbitMQ',
    state: 'failed',
    lines: [
      ...lines,
      `missing, and not for this user to make: ${names.join(', ')}`,
      ...(ours.length === 0 ? [] : ['an administrator of the broker makes our own with:']),
      ...(ours.length === 0 ? [] : commandToMake(ours, report.vhost)),
    ],
    status: EXIT.badConfiguration,
    details: { ...report },
  };
}

function describe({ address, vhost, version, exchangeExists, queues }: BrokerReport, config: RabbitMQConfig): string[] {
  const [main, ...companions] = queues;
  const dead = companions.find(({ name }) => name === deadLetterQueueName(config.queue));
  const waiting = companions.filter((queue) => queue !== dead).reduce((sum, { messages }) => sum + messages, 0);
  return [
    `RabbitMQ ${version} at ${address}, virtual host ${vhost}`,
    ...describeRouting(config),
    ...(exchangeExists ? [] : [`exchange ${config.exchange} does not exist yet; "start" creates it`]),
    ...describeMain(main, config),
    ...(waiting === 0 ? [] : [`${counted(waiting, 'event')} waiting for another attempt`]),
    ...(dead === undefined || dead.messages === 0
      ? []
      : [`! ${counted(dead.messages, 'dead letter')}: order-sync dead-letters list`]),
  ];
}

/** Which of them exist, AMQP does not say. */
function describeRouting({ exchange, exchangeType, routingKey, declare }: RabbitMQConfig): string[] {
  if (declare === 'passive')
    return ['RABBITMQ_DECLARE=passive: the queue is used as it is, and fed by bindings of others'];
  if (exchange === DEFAULT_EXCHANGE) return [`events come through ${exchange}, straight into the queue`];
  const keys = routingKey === undefined ? '' : ` with ${routingKey.join(', ')}`;
  return [`"start" binds the queue to exchange ${exchange} (${exchangeType})${keys}`];
}

function describeMain({ name, type, exists, messages, consumers }: QueueReport, { declare }: RabbitMQConfig): string[] {
  if (!exists && declare === 'passive') return [`queue ${name} does not exist`];
  if (!exists) return [`queue ${name} does not exist yet; "start" creates it (${type})`];
  const isIdle = consumers === 0 && messages > 0;
  const shownType = declare === 'passive' ? '' : ` (${type})`;
  return [
    `queue ${name}${shownType}: ${counted(messages, 'event')} waiting, ${counted(consumers, 'consumer')}`,
    ...(isIdle ? ['! nothing consumes these events: is the daemon running?'] : []),
  ];
}
