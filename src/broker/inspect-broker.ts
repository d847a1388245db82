import type { Channel, ChannelModel } from 'amqplib';
import { declareCompanion, successorInUse } from './companions.ts';
import { PRECONDITION_FAILED, replyCode } from './errors.ts';
import { ManagementError, type QueueRules, readQueueRules } from './management.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import { checkOptions, type QueueDeclaration, type RabbitMQOptions, type Topology } from './options.ts';
import { declareExchange, declareMainQueue } from './topology.ts';

export interface BrokerReport {
  /** `host:port` */
  readonly address: string;
  readonly vhost: string;
  readonly version: string;
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
 *   BrokerUnavailableError after 15 s
 */
export async function inspectBroker(
  options: RabbitMQOptions,
  managementUrl: string | undefined,
): Promise<BrokerReport> {
  const { endpoint, topology } = checkOptions(options);
  let found: Findings | undefined;
  const connection = await openConnectionWithTimeout(endpoint, 'order-sync check', async ({ model }) => {
    found = await look(model, topology);
  });
  await connection.close();
  if (found === undefined) throw new TypeError('The connection opened without its set-up.');
  const report = { address: `${endpoint.host}:${endpoint.port}`, vhost: endpoint.vhost, ...found };
  if (managementUrl === undefined) return { ...report, policiesUnknown: 'not asked' };
  try {
    const names = report.queues.map(({ name }) => name);
    const rules = await readQueueRules(managementUrl, endpoint, names);
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
  const exchange = await ifExists(model, async (channel) => {
    await channel.checkExchange(topology.exchange);
    await declareExchange(channel, topology);
  });
  const companions: QueueReport[] = [];
  for (const companion of topology.companionQueues) companions.push(...(await lookAtCompanion(model, companion)));
  return {
    version: model.connection.serverProperties.version,
    exchangeExists: exchange.exists,
    queues: [await lookAtMainQueue(model, topology), ...companions],
  };
}

async function lookAtMainQueue(model: ChannelModel, topology: Topology): Promise<QueueReport> {
  const isPlain = topology.queueType === 'classic';
  const found = await lookAtQueue(model, topology.queue, topology.queueType, isPlain);
  if (!found.exists) return found;
  // It exists with these properties, so this changes nothing; with others, it is refused.
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

async function lookAtCompanion(model: ChannelModel, companion: QueueDeclaration): Promise<QueueReport[]> {
  const { name, type } = companion;
  const found = await lookAtQueue(model, name, type);
  if (!found.exists) return [found];
  const successor = await successorInUse(model, companion);
  if (successor !== undefined) return [found, await lookAtQueue(model, successor, type)];
  await declareCompanion(model, companion);
  return [found];
}

async function lookAtQueue(model: ChannelModel, name: string, type: string, isPlain = false): Promise<QueueReport> {
  const { exists, result } = await ifExists(model, (channel) => channel.checkQueue(name));
  return { name, type, isPlain, exists, messages: result?.messageCount ?? 0, consumers: result?.consumerCount ?? 0 };
}

/** Checking something that does not exist closes the channel, so each check has one of its own. */
async function ifExists<T>(
  model: ChannelModel,
  look: (channel: Channel) => Promise<T>,
): Promise<{ exists: boolean; result?: T }> {
  try {
    return { exists: true, result: await onChannel(model, look) };
  } catch (error) {
    if (replyCode(error) === NOT_FOUND) return { exists: false };
    throw error;
  }
}

async function onChannel<T>(model: ChannelModel, look: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  const result = await look(channel);
  await channel.close();
  return result;
}

const NOT_FOUND = 404;
