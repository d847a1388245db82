import type { Channel, ChannelModel } from 'amqplib';
import { replyCode } from './errors.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import { checkOptions, type QueueType, type RabbitMQOptions, type Topology } from './options.ts';
import { declareExchange, declareMainQueue, declareQueue } from './topology.ts';

export interface BrokerReport {
  /** `host:port` */
  readonly address: string;
  readonly vhost: string;
  readonly version: string;
  readonly exchangeExists: boolean;
  /** The main queue, then its companions. */
  readonly queues: readonly [QueueReport, ...QueueReport[]];
}

export interface QueueReport {
  readonly name: string;
  readonly type: QueueType;
  readonly exists: boolean;
  /** Ready to be delivered, without those in flight. */
  readonly messages: number;
  readonly consumers: number;
}

/**
 * Looks at what `RabbitMQ.open` would find, and creates nothing: a mistyped name must not leave a queue behind that
 * collects the shop's events forever.
 *
 * @throws BrokerRefusedError when `open` would: credentials, or something exists with other properties;
 *   BrokerUnavailableError after 15 s
 */
export async function inspectBroker(options: RabbitMQOptions): Promise<BrokerReport> {
  const { endpoint, topology } = checkOptions(options);
  let found: Findings | undefined;
  const connection = await openConnectionWithTimeout(endpoint, 'order-sync check', async ({ model }) => {
    found = await look(model, topology);
  });
  await connection.close();
  if (found === undefined) throw new TypeError('The connection opened without its set-up.');
  return { address: `${endpoint.host}:${endpoint.port}`, vhost: endpoint.vhost, ...found };
}

type Findings = Omit<BrokerReport, 'address' | 'vhost'>;

async function look(model: ChannelModel, topology: Topology): Promise<Findings> {
  const exchange = await ifExists(model, async (channel) => {
    await channel.checkExchange(topology.exchange);
    await declareExchange(channel, topology);
  });
  const main = { name: topology.queue, type: topology.queueType };
  const companions: QueueReport[] = [];
  for (const companion of topology.companionQueues) {
    companions.push(await lookAtQueue(model, companion, (channel) => declareQueue(channel, companion)));
  }
  return {
    version: model.connection.serverProperties.version,
    exchangeExists: exchange.exists,
    queues: [await lookAtQueue(model, main, (channel) => declareMainQueue(channel, topology)), ...companions],
  };
}

/** @param declare an existing queue: changes nothing, and is refused when the queue has other properties */
async function lookAtQueue(
  model: ChannelModel,
  { name, type }: { name: string; type: QueueType },
  declare: (channel: Channel) => Promise<void>,
): Promise<QueueReport> {
  const { exists, result } = await ifExists(model, async (channel) => {
    const counts = await channel.checkQueue(name);
    await declare(channel);
    return counts;
  });
  return { name, type, exists, messages: result?.messageCount ?? 0, consumers: result?.consumerCount ?? 0 };
}

/** Checking something that does not exist closes the channel, so each check has one of its own. */
async function ifExists<T>(
  model: ChannelModel,
  look: (channel: Channel) => Promise<T>,
): Promise<{ exists: boolean; result?: T }> {
  const channel = await model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  try {
    const result = await look(channel);
    await channel.close();
    return { exists: true, result };
  } catch (error) {
    if (replyCode(error) === NOT_FOUND) return { exists: false };
    throw error;
  }
}

const NOT_FOUND = 404;
