import type { BrokerReport, QueueReport } from '../../broker/inspect-broker.ts';
import type { CommonConfig, RabbitMQConfig } from '../../config/load-config.ts';
import { isRetryQueue } from '../../messages/retry-queues.ts';
import { counted } from '../cli/counted.ts';

type Config = CommonConfig & { readonly rabbitmq: RabbitMQConfig };

/** What waits in the queues. Nothing is claimed of a queue that is out of reach, except that it is. */
export function describeQueues([main, ...companions]: BrokerReport['queues'], config: Config): string[] {
  const retryQueues = companions.filter(({ name }) => isRetryQueue(name));
  const retries = sumOf(retryQueues, ({ messages }) => messages);
  const heldBack = sumOf(retryQueues, ({ underWay = 0 }) => underWay);
  const deadLetters = sumOf(
    companions.filter((queue) => !retryQueues.includes(queue)),
    ({ messages }) => messages,
  );
  return [
    ...describeMain(main, config),
    ...(retries === 0 ? [] : [`${counted(retries, 'event')} waiting for another attempt`]),
    ...(heldBack === 0 ? [] : [`! ${counted(heldBack, 'event')} ${HELD_BACK}`]),
    ...(deadLetters === 0 ? [] : [`! ${counted(deadLetters, 'dead letter')}: order-sync dead-letters list`]),
    ...companions.flatMap(({ name, problem }) => (problem === undefined ? [] : [`! queue ${name}: ${problem}`])),
  ];
}

/** For a moment, there are some after each delay. */
const HELD_BACK =
  'whose delay is over, not yet back in the main queue. If that lasts, RabbitMQ 3 holds them back after a partition, and sends ' +
  'them again within three minutes';

function sumOf(queues: readonly QueueReport[], count: (queue: QueueReport) => number): number {
  return queues.reduce((sum, queue) => sum + count(queue), 0);
}

function describeMain(main: QueueReport, { ops, rabbitmq: { declare } }: Config): string[] {
  const { name, type, exists, problem, messages, consumers } = main;
  if (!exists && declare === 'passive') return [`queue ${name} does not exist`];
  if (!exists) return [`queue ${name} does not exist yet; "start" creates it (${type})`];
  if (problem !== undefined) return [`! queue ${name}: ${problem}`];
  const shownType = declare === 'passive' ? '' : ` (${type})`;
  return [
    `queue ${name}${shownType}: ${counted(messages, 'event')} waiting, ${counted(consumers, 'consumer')}`,
    ...(consumers === 0
      ? [`! nothing consumes them: no daemon runs, or it is paused. ${ops === undefined ? ASK_IT : BELOW}`]
      : []),
  ];
}

/** The broker shows no difference between the two. */
const ASK_IT = 'The daemon\'s log says which; with OPS_PORT, "check" asks it';
const BELOW = 'See "daemon" below';
