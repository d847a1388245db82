/**
 * How messages get from the exchange into the queue. Types beyond AMQP's four come from plugins, and their names begin with
 * `x-`.
 */
export const EXCHANGE_TYPES = ['direct', 'topic', 'fanout', 'headers'] as const;
export type ExchangeType = (typeof EXCHANGE_TYPES)[number] | `x-${string}`;

/** What RabbitMQ calls, in permissions, the exchange without a name: it routes to the queue that the routing key names. */
export const DEFAULT_EXCHANGE = 'amq.default';

/** Every virtual host has these. They are never declared. */
const BUILT_IN: Readonly<Record<string, ExchangeType>> = {
  [DEFAULT_EXCHANGE]: 'direct',
  'amq.direct': 'direct',
  'amq.topic': 'topic',
  'amq.fanout': 'fanout',
  'amq.headers': 'headers',
  'amq.match': 'headers',
};

export const BUILT_IN_EXCHANGES = Object.keys(BUILT_IN);

/** @returns undefined for an exchange that someone has to declare */
export function builtInType(exchange: string): ExchangeType | undefined {
  return Object.hasOwn(BUILT_IN, exchange) ? BUILT_IN[exchange] : undefined;
}

export interface Routing {
  readonly exchange: string;
  readonly exchangeType: ExchangeType;
  readonly queue: string;
  /** Each binds the queue to the exchange. On a topic exchange, they may be patterns. */
  readonly routingKeys: readonly string[];
}

/** The first key that a message can be published with; undefined when all are patterns. */
export function publishingKey({ routingKeys }: Pick<Routing, 'routingKeys'>): string | undefined {
  return routingKeys.length === 0 ? '' : routingKeys.find((key) => !isPattern(key));
}

/** Something by which no message would ever reach the queue, or that would mislead whoever reads it. */
export interface RoutingMistake {
  readonly about: 'exchangeType' | 'routingKey';
  readonly found: string;
  readonly expected: string;
}

export function routingMistakes({ exchange, exchangeType, queue, routingKeys }: Routing): RoutingMistake[] {
  const type = builtInType(exchange);
  if (type !== undefined && type !== exchangeType)
    return [{ about: 'exchangeType', found: `found ${exchangeType} for ${exchange}`, expected: `${type}, or nothing` }];
  return routingKeys.flatMap((key): RoutingMistake[] => {
    const mistake = exchange === DEFAULT_EXCHANGE ? besidesQueue(key, queue) : matchesNothing(key, exchangeType);
    if (mistake === undefined) return [];
    const [what, expected] = mistake;
    return [{ about: 'routingKey', found: `found ${JSON.stringify(key)}${what}`, expected }];
  });
}

/** What is wrong with a key, and what is expected instead. */
type Mistake = readonly [what: string, expected: string];

function besidesQueue(key: string, queue: string): Mistake | undefined {
  if (key === queue) return undefined;
  return [`, but ${DEFAULT_EXCHANGE} routes by the name of the queue`, `${JSON.stringify(queue)}, or nothing`];
}

function matchesNothing(key: string, type: ExchangeType): Mistake | undefined {
  if (type === 'fanout' || type === 'headers')
    return key === '' ? undefined : [`, but a ${type} exchange ignores routing keys`, 'nothing'];
  if (type !== 'direct' && type !== 'topic') return undefined;
  if (key.split('.').some((word) => word.includes('*') && word !== '*'))
    return [', in which "*" is part of a word, but stands for a whole one', 'a pattern such as order.*'];
  if (type === 'direct' && isPattern(key))
    return [', but a direct exchange knows no patterns', 'a plain key, or a topic exchange'];
  return undefined;
}

function isPattern(key: string): boolean {
  return key.split('.').some((word) => word === '*' || word === '#');
}
