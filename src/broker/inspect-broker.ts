import type { Channel, ChannelModel } from 'amqplib';
import { isMissing, replyCode } from './errors.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import { checkOptions, type QueueType, type RabbitMQOptions, type Topology } from './options.ts';
import { builtInType } from './routing.ts';
import { declareExchange, declareMainQueue, declareQueue, mayDeclare, onChannel, refuseStream } from './topology.ts';

export interface BrokerReport {
  /** `host:port` */
  readonly address: string;
  readonly vhost: string;
  readonly version: string;
  /** True where it need not: it is built in, or not ours to declare. */
  readonly exchangeExists: boolean;
  /** The main queue, then its companions. */
  readonly queues: readonly [QueueReport, ...QueueReport[]];
}

export interface QueueReport {
  readonly name: string;
  readonly type: QueueType;
  readonly exists: boolean;
  /** Whether we and our user may make one that does not exist. */
  readonly mayDeclare: boolean;
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
  const { host, port, vhost } = endpoint();
  return { address: `${host}:${port}`, vhost, ...found };
}

type Findings = Omit<BrokerReport, 'address' | 'vhost'>;

async function look(model: ChannelModel, topology: Topology): Promise<Findings> {
  const isPassive = topology.declare === 'passive';
  const main = await lookAtQueue(model, { name: topology.queue, type: topology.queueType, isOurs: !isPassive }, () =>
    isPassive
      ? refuseStream(model, topology.queue)
      : onChannel(model, (channel) => declareMainQueue(channel, topology)),
  );
  const companions: QueueReport[] = [];
  for (const companion of topology.companionQueues) {
    companions.push(
      await lookAtQueue(model, { ...companion, isOurs: true }, async () => {
        const declaring = onChannel(model, (channel) => declareQueue(channel, companion));
        // Whoever may not declare it uses it as it is.
        await declaring.catch((error: unknown) => {
          if (!isPassive || replyCode(error) !== ACCESS_REFUSED) throw error;
        });
      }),
    );
  }
  return {
    version: model.connection.serverProperties.version,
    exchangeExists: await lookAtExchange(model, topology),
    queues: [main, ...companions],
  };
}

async function lookAtExchange(model: ChannelModel, topology: Topology): Promise<boolean> {
  const { exchange, declare } = topology;
  if (declare === 'passive' || builtInType(exchange) !== undefined) return true;
  const { exists } = await ifExists(model, (channel) => channel.checkExchange(exchange));
  if (exists) await declareExchange(model, topology);
  return exists;
}

/** @param compare an existing queue with what it should be: changes nothing, and throws when it is something else */
async function lookAtQueue(
  model: ChannelModel,
  { name, type, isOurs }: { name: string; type: QueueType; isOurs: boolean },
  compare: () => Promise<void>,
): Promise<QueueReport> {
  const { exists, result } = await ifExists(model, (channel) => channel.checkQueue(name));
  if (exists) await compare();
  return {
    name,
    type,
    exists,
    mayDeclare: exists || (isOurs && (await mayDeclare(model, name))),
    messages: result?.messageCount ?? 0,
    consumers: result?.consumerCount ?? 0,
  };
}

/** Checking something that does not exist closes the channel, so each check has one of its own. */
async function ifExists<T>(
  model: ChannelModel,
  look: (channel: Channel) => Promise<T>,
): Promise<{ exists: boolean; result?: T }> {
  try {
    return { exists: true, result: await onChannel(model, look) };
  } catch (error) {
    if (isMissing(error)) return { exists: false };
    throw error;
  }
}

const ACCESS_REFUSED = 403;
