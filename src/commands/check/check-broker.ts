import { type BrokerReport, type QueueReport, withQueueRules } from '../../broker/inspect-broker.ts';
import { checkOptions, type QueueDeclaration } from '../../broker/options.ts';
import { DEFAULT_EXCHANGE } from '../../broker/routing.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { type QueueDanger, queueDangers } from '../../messages/queue-dangers.ts';
import { isRetryQueue, retryQueues } from '../../messages/retry-queues.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { describeHosts, hostsAsJson, inspectHosts, noHostWorks } from './check-broker-hosts.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { commandToMake } from './command-to-make.ts';

const REMEDIES = {
  BrokerUnavailableError: 'Is RabbitMQ running there, and is RABBITMQ_URL (or RABBITMQ_HOST and RABBITMQ_PORT) right?',
};

/** Connects like the daemon, looks at the queues without declaring any, and asks for the policies if it can. */
export async function checkBroker(config: CommonConfig & { readonly rabbitmq: RabbitMQConfig }): Promise<CheckResult> {
  const { queue, queueType } = config.rabbitmq;
  const companionQueues = retryQueues(queue, queueType, config.retryDelaysMs);
  try {
    const options = { ...config.rabbitmq, companionQueues };
    const hosts = await inspectHosts(options);
    const found = hosts.find((host) => host.report !== undefined)?.report;
    if (found === undefined) return noHostWorks(hosts, REMEDIES);
    const [login] = checkOptions(options).endpoints();
    const report = await withQueueRules(found, config.managementUrl, login);
    const dangers = queueDangers(report);
    const { policiesUnknown, ...known } = report;
    const policiesRead = policiesUnknown === undefined;
    const details = { ...known, hosts: hostsAsJson(hosts), dangers, policiesRead };
    const lines = [...describe(report, dangers, config.rabbitmq), ...describeHosts(hosts)];
    const missing = report.queues.filter(({ exists, mayDeclare }) => !exists && !mayDeclare);
    if (missing.length === 0) return ok('RabbitMQ', lines, details);
    const advice = howToMake(missing, companionQueues, report.vhost);
    return { name: 'RabbitMQ', state: 'failed', lines: [...lines, ...advice], status: EXIT.badConfiguration, details };
  } catch (error) {
    return failed('RabbitMQ', error, REMEDIES);
  }
}

/** "start" would end at once: nobody but an administrator of the broker can make these queues. */
function howToMake(
  missing: readonly QueueReport[],
  companions: readonly QueueDeclaration[],
  vhost: string,
): readonly string[] {
  const names = missing.map(({ name }) => name);
  const ours = companions.filter(({ name }) => names.includes(name));
  return [
    `missing, and not for this user to make: ${names.join(', ')}`,
    ...(ours.length === 0 ? [] : ['an administrator of the broker makes our own with:', ...commandToMake(ours, vhost)]),
  ];
}

function describe(report: BrokerReport, dangers: readonly QueueDanger[], config: RabbitMQConfig): string[] {
  const { address, vhost, version, exchangeExists, queues } = report;
  const [main, ...companions] = queues;
  const [retries, deadLetters] = [true, false].map((isRetry) =>
    companions.filter(({ name }) => isRetryQueue(name) === isRetry).reduce((sum, { messages }) => sum + messages, 0),
  );
  return [
    `RabbitMQ ${version} at ${address}, virtual host ${vhost}`,
    ...describeRouting(config),
    ...(exchangeExists ? [] : [`exchange ${config.exchange} does not exist yet; "start" creates it`]),
    ...describeMain(main, config),
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
