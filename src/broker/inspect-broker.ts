import type { ChannelModel } from 'amqplib';
import { declareCompanion, successorInUse } from './companions.ts';
import { brokerName, type Endpoint, type Endpoints } from './endpoint.ts';
import { ACCESS_REFUSED, PRECONDITION_FAILED, replyCode } from './errors.ts';
import { ManagementError, type QueueRules, readQueueRules } from './management.ts';
import { ifExists, onChannel } from './on-channel.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import { checkOptions, type QueueDeclaration, type RabbitMQOptions, type Topology } from './options.ts';
import { builtInType } from './routing.ts';
import { declareExchange, declareMainQueue, mayDeclare, refuseStream } from './topology.ts';

export interface BrokerReport {
  /** `host:port`, and the address if the host has several. */
  readonly address: string;
  readonly vhost: string;
  readonly version: string;
  /** True where it need not: it is built in, or not ours to declare. */
  readonly exchangeExists: boolean;
  /** The main queue, then its companions, each followed by its successor if there is one. */
  readonly queues: readonly [QueueReport, ...QueueReport[]];
  /** Why nothing is known of the policies; undefined when they were read. */
  readonly policiesUnknown?: 'not asked' | ManagementError;
}

export interface QueueReport {
  readonly name: string;
  /** What it is, and not what it was declared as: a plain declaration leaves that to the virtual host. */
  readonly type: string;
  /** Declared without arguments. */
  readonly isPlain: boolean;
  readonly exists: boolean;
  /** Whether we and our user may make one that does not exist. */
  readonly mayDeclare: boolean;
  /** Ready to be delivered, without those in flight. */
  readonly messages: number;
  readonly consumers: number;
  /** Undefined when they are not known. */
  readonly rules?: QueueRules;
}

/**
 * Looks at what `RabbitMQ.open` would find, and creates nothing: a mistyped name must not leave a queue behind that
 * collects the shop's events forever.
 *
 * @param managementUrl of the management API, which alone knows the policies
 * @throws BrokerRefusedError when `open` would: credentials, or something exists with other properties;
 *   BrokerUnavailableError after 15 s for each host
 */
export async function inspectBroker(
  options: RabbitMQOptions,
  managementUrl: string | undefined,
): Promise<BrokerReport> {
  const { endpoints, topology } = checkOptions(options);
  return withQueueRules(await inspectEndpoints(endpoints(), topology), managementUrl, endpoints()[0]);
}

/** The first of them that can be used. @throws like `inspectBroker` */
export async function inspectEndpoints(endpoints: Endpoints, topology: Topology): Promise<BrokerReport> {
  let report: BrokerReport | undefined;
  const connection = await openConnectionWithTimeout(
    () => endpoints,
    'order-sync check',
    async ({ model, endpoint }) => {
      report = { address: brokerName(endpoint), vhost: endpoint.vhost, ...(await look(model, topology)) };
    },
  );
  await connection.close();
  if (report === undefined) throw new TypeError('The connection opened without its set-up.');
  return report;
}

/** Adds what only the management API knows. @param login the credentials */
export async function withQueueRules(
  report: BrokerReport,
  managementUrl: string | undefined,
  login: Endpoint,
): Promise<BrokerReport> {
  if (managementUrl === undefined) return { ...report, policiesUnknown: 'not asked' };
  try {
    const names = report.queues.map(({ name }) => name);
    const rules = await readQueueRules(managementUrl, login, names);
    const [main, ...companions] = report.queues;
    const withRules = (queue: QueueReport): QueueReport => {
      const found = rules.get(queue.name);
      return found === undefined ? queue : { ...queue, type: found.type, rules: found };
    };
    return { ...report, queues: [withRules(main), ...companions.map(withRules)] };
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    return { ...report, policiesUnknown: error };
  }
}

type Findings = Omit<BrokerReport, 'address' | 'vhost' | 'policiesUnknown'>;

async function look(model: ChannelModel, topology: Topology): Promise<Findings> {
  const companions: QueueReport[] = [];
  for (const companion of topology.companionQueues) {
    companions.push(...(await lookAtCompanion(model, companion, topology)));
  }
  return {
    version: model.connection.serverProperties.version,
    exchangeExists: await lookAtExchange(model, topology),
    queues: [await lookAtMainQueue(model, topology), ...companions],
  };
}

async function lookAtExchange(model: ChannelModel, topology: Topology): Promise<boolean> {
  const { exchange, declare } = topology;
  if (declare === 'passive' || builtInType(exchange) !== undefined) return true;
  if ((await ifExists(model, (channel) => channel.checkExchange(exchange))) === undefined) return false;
  await declareExchange(model, topology);
  return true;
}

/** Whatever exists is compared with what it should be, which changes nothing. */
async function lookAtMainQueue(model: ChannelModel, topology: Topology): Promise<QueueReport> {
  const { queue: name, queueType: type, declare } = topology;
  const isPassive = declare === 'passive';
  const isPlain = type === 'classic';
  const found = await lookAtQueue(model, { name, type, isPlain, isOurs: !isPassive });
  if (!found.exists) return found;
  if (isPassive) {
    await refuseStream(model, name);
    return found;
  }
  await onChannel(model, (channel) => declareMainQueue(channel, topology));
  return isPlain ? { ...found, type: await actualType(model, topology) } : found;
}

/** A classic queue agrees with a declaration that says so; any other type refuses it, and names itself. */
async function actualType(model: ChannelModel, { queue, durable, autoDelete }: Topology): Promise<string> {
  try {
    const options = { durable, autoDelete, arguments: { 'x-queue-type': 'classic' } };
    await onChannel(model, (channel) => channel.assertQueue(queue, options));
    return 'classic';
  } catch (error) {
    if (replyCode(error) !== PRECONDITION_FAILED) throw error;
    return /current is '(\w+)'/.exec(String(error))?.[1] ?? 'not classic';
  }
}

async function lookAtCompanion(
  model: ChannelModel,
  companion: QueueDeclaration,
  { declare }: Topology,
): Promise<QueueReport[]> {
  const found = await lookAtQueue(model, { ...companion, isOurs: true });
  if (!found.exists) return [found];
  try {
    const successor = await successorInUse(model, companion);
    if (successor !== undefined)
      return [found, await lookAtQueue(model, { ...companion, name: successor, isOurs: true })];
    await declareCompanion(model, companion);
  } catch (error) {
    // Whoever may not declare it uses it as it is.
    if (declare === 'active' || replyCode(error) !== ACCESS_REFUSED) throw error;
  }
  return [found];
}

/** @param queue.isOurs whether it is for us to make */
async function lookAtQueue(
  model: ChannelModel,
  { name, type, isPlain = false, isOurs }: { name: string; type: string; isPlain?: boolean; isOurs: boolean },
): Promise<QueueReport> {
  const counts = await ifExists(model, (channel) => channel.checkQueue(name));
  const exists = counts !== undefined;
  return {
    name,
    type,
    isPlain,
    exists,
    mayDeclare: exists || (isOurs && (await mayDeclare(model, name))),
    messages: counts?.messageCount ?? 0,
    consumers: counts?.consumerCount ?? 0,
  };
}
