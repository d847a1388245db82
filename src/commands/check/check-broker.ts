import { brokersAnswer } from '../../broker/errors.ts';
import { type BrokerReport, type QueueReport, withQueueRules } from '../../broker/inspect-broker.ts';
import { checkOptions, type QueueDeclaration } from '../../broker/options.ts';
import { DEFAULT_EXCHANGE } from '../../broker/routing.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { type QueueDanger, queueDangers } from '../../messages/queue-dangers.ts';
import { retryQueues } from '../../messages/retry-queues.ts';
import { EXIT } from '../cli/exit-status.ts';
import {
  bestReport,
  describeHosts,
  type HostFinding,
  hostsAsJson,
  inspectHosts,
  noHostWorks,
} from './check-broker-hosts.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { commandToMake } from './command-to-make.ts';
import { describeQueues } from './describe-queues.ts';

type Config = CommonConfig & { readonly rabbitmq: RabbitMQConfig };

const WHEN_AWAY = {
  BrokerUnavailableError: 'Is RabbitMQ running there, and is RABBITMQ_URL (or RABBITMQ_HOST and RABBITMQ_PORT) right?',
};
const WHEN_NODES_ARE_DOWN = {
  BrokerUnavailableError: 'Start the nodes of the cluster that are down: "rabbitmqctl cluster_status" says which.',
};

/** Connects like the daemon, looks at the queues without declaring any, and asks for the policies if it can. */
export async function checkBroker(config: Config): Promise<CheckResult> {
  const { queue, queueType } = config.rabbitmq;
  const companionQueues = retryQueues(queue, queueType, config.retryDelaysMs);
  try {
    const options = { ...config.rabbitmq, companionQueues };
    const hosts = await inspectHosts(options);
    const found = bestReport(hosts);
    if (found === undefined) return noHostWorks(hosts, remediesFor(hosts.map(({ error }) => error)));
    const [login] = checkOptions(options).endpoints();
    const report = await withQueueRules(found, config.managementUrl, login);
    const dangers = queueDangers(report);
    const { policiesUnknown, ...known } = report;
    const policiesRead = policiesUnknown === undefined;
    const details = { ...known, hosts: hostsAsJson(hosts), dangers, policiesRead };
    const alarms = alarmsOf(hosts);
    const lines = [...describe(report, dangers, config), ...alarms.unknown, ...describeHosts(hosts)];
    const missing = report.queues.filter(({ exists, mayDeclare }) => !exists && !mayDeclare);
    const failure = { name: 'RabbitMQ', state: 'failed', details } as const;
    if (missing.length > 0) {
      const advice = howToMake(missing, companionQueues, report.vhost);
      return { ...failure, lines: [...lines, ...advice], status: EXIT.badConfiguration };
    }
    const outOfReach = report.queues.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
    if (outOfReach.length === 0 && alarms.said.length > 0) return inAlarm(alarms.said, lines, details);
    if (outOfReach.length === 0) return ok('RabbitMQ', lines, details);
    return {
      ...failure,
      lines: [`out of reach: ${outOfReach.join(', ')}`, ...lines],
      remedy: WHEN_NODES_ARE_DOWN.BrokerUnavailableError,
      status: EXIT.unavailable,
    };
  } catch (error) {
    return failed('RabbitMQ', error, remediesFor([error]));
  }
}

/** An alarm of one node is one of the whole cluster. */
function alarmsOf(hosts: readonly HostFinding[]): { said: readonly string[]; unknown: readonly string[] } {
  const found = hosts.flatMap(({ alarm }) => alarm ?? []);
  const said = [...new Set(found.filter((alarm) => typeof alarm === 'string'))];
  const failures = found.filter((alarm) => alarm instanceof Error).slice(0, 1);
  const unknown = failures.map(({ message }) => `! whether it takes messages could not be tested: ${message}`);
  return { said, unknown };
}

function inAlarm(said: readonly string[], lines: readonly string[], details: CheckResult['details']): CheckResult {
  const what = 'what the shop publishes waits or is lost there, retries and dead letters wait';
  return {
    name: 'RabbitMQ',
    state: 'failed',
    lines: [`takes no messages from anybody (${said.join(', ')}): ${what}`, ...lines],
    remedy:
      'Free memory or disk space on the broker; "rabbitmqctl status" names the alarm. The rest happens automatically.',
    status: EXIT.unavailable,
    details: { ...details, alarm: said.join(', ') },
  };
}

function remediesFor(errors: readonly unknown[]): Readonly<Record<string, string>> {
  const isAnswered = errors.some((error) => error instanceof Error && brokersAnswer(error) !== undefined);
  return isAnswered ? WHEN_NODES_ARE_DOWN : WHEN_AWAY;
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

function describe(report: BrokerReport, dangers: readonly QueueDanger[], config: Config): string[] {
  const { rabbitmq } = config;
  const { address, vhost, version, exchangeExists } = report;
  return [
    `RabbitMQ ${version} at ${address}, virtual host ${vhost}`,
    ...describeRouting(rabbitmq),
    ...(exchangeExists ? [] : [`exchange ${rabbitmq.exchange} does not exist yet; "start" creates it`]),
    ...describeQueues(report.queues, config),
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
