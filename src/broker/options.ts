import { z } from 'zod';
import { DEFAULT_VHOST, type Endpoints, endpointsOf, type Rereadable, type TlsOptions } from './endpoint.ts';
import { BrokerOptionsError } from './errors.ts';
import { isHost } from './hosts/host-list.ts';
import {
  builtInType,
  DEFAULT_EXCHANGE,
  EXCHANGE_TYPES,
  type ExchangeType,
  type Routing,
  routingMistakes,
} from './routing.ts';

/** How to reach the broker, and what to declare there: `url`, or `host` or `hosts`, `username` and `password`. */
export interface RabbitMQOptions {
  /**
   * `amqp://user:password@host:5672/vhost`, or `amqps://…` for TLS. Several nodes of a cluster: `…@a:5672,b,c/vhost`. A function is
   * called for each round of tries.
   */
  readonly url?: Rereadable;
  /** A name or an IP address. */
  readonly host?: string;
  /** Instead of `host`, several nodes of a cluster, each with a port of its own or without: `a:5672`, `b`, `[::1]:5672`. */
  readonly hosts?: readonly string[];
  /** @defaultValue 5672, with TLS 5671 */
  readonly port?: number;
  readonly username?: string;
  /** A function is called for each round of tries: the password may have been rotated. */
  readonly password?: Rereadable;
  /** @defaultValue "/" */
  readonly vhost?: string;
  /** TLS with this CA and client certificate (PEM). `{}` means TLS with the system's CAs. */
  readonly tls?: TlsOptions;

  /** `amq.default` is the exchange without a name, which routes to the queue itself. */
  readonly exchange: string;
  /** @defaultValue "direct", or the type of a built-in exchange such as `amq.topic` */
  readonly exchangeType?: ExchangeType;
  readonly queue: string;
  /** Keys, on a topic exchange also patterns. Fanout and headers exchanges, and `amq.default`, take none. */
  readonly routingKey?: string | readonly string[];
  /** `passive` uses exchange, queue and binding as they are. @defaultValue "active" */
  readonly declare?: DeclareMode;
  /** Exchange and queue survive a restart of the broker. @defaultValue true */
  readonly durable?: boolean;
  /** The broker deletes exchange and queue with their last user. @defaultValue false */
  readonly autoDelete?: boolean;
  /** @defaultValue "classic" */
  readonly queueType?: QueueType;
  /** The successor of mirrored queues: true means `queueType: "quorum"`. @defaultValue false */
  readonly mirror?: boolean;

  /** The most unacknowledged deliveries at a time. @defaultValue 128 */
  readonly prefetch?: number;
  /** Queues declared besides the main one, reached through the default exchange. @defaultValue none */
  readonly companionQueues?: readonly QueueDeclaration[];
  /** How long `send` waits for connection and confirm, in ms. @defaultValue 30000 */
  readonly publishTimeoutMs?: number;
  /** How long `open` puts up with refusals that may pass by themselves, in ms. @defaultValue 0 */
  readonly refusalPatienceMs?: number;
  /** Shown in the broker's list of connections. @defaultValue "order-sync" */
  readonly connectionName?: string;
}

export const QUEUE_TYPES = ['classic', 'quorum'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

export const DECLARE_MODES = ['active', 'passive'] as const;
export type DeclareMode = (typeof DECLARE_MODES)[number];

/** What an option is when it is not given. */
export const BROKER_DEFAULTS = {
  vhost: DEFAULT_VHOST,
  exchangeType: 'direct',
  declare: 'active',
  queueType: 'classic',
  prefetch: 128,
  publishTimeoutMs: 30_000,
  connectionName: 'order-sync',
} as const satisfies Partial<RabbitMQOptions>;

export interface QueueDeclaration {
  readonly name: string;
  readonly type: QueueType;
  readonly arguments?: QueueArguments;
  /** If the queue exists with these arguments instead, which cannot be changed, it stays, and its successor is used. */
  readonly earlier?: { readonly arguments: QueueArguments; readonly successor: string };
}

type QueueArguments = Readonly<Record<string, string | number>>;

/** The options, checked, with the defaults filled in. */
export interface BrokerSettings {
  /** As they are now. @throws BrokerOptionsError when an option that is a function returns something unusable */
  readonly endpoints: () => Endpoints;
  readonly topology: Topology;
  readonly prefetch: number;
  readonly publishTimeoutMs: number;
  readonly refusalPatienceMs: number;
  readonly connectionName: string;
}

export interface Topology extends Routing {
  readonly declare: DeclareMode;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly queueType: QueueType;
  readonly companionQueues: readonly QueueDeclaration[];
}

const name = z.string().min(1, 'expected a non-empty text').max(255, 'expected at most 255 characters');
const key = z.string().max(255, 'expected at most 255 characters');
const rereadable = z.union([z.string(), z.custom<() => string>((value) => typeof value === 'function')]);
const pem = z.union([z.string(), z.instanceof(Buffer)]).optional();

const optionsSchema = z.strictObject({
  url: rereadable.optional(),
  host: z
    .string()
    .refine(isHost, 'expected a name or an IP address; its port goes into port, several hosts go into hosts')
    .optional(),
  hosts: z.array(z.string()).min(1, 'expected one host at least').optional(),
  port: z.number().int().min(1).max(65535).optional(),
  username: name.optional(),
  password: rereadable.optional(),
  vhost: name.optional(),
  tls: z.strictObject({ ca: pem, cert: pem, key: pem }).optional(),
  exchange: name,
  exchangeType: z.custom<ExchangeType>(isExchangeType, `expected one of ${EXCHANGE_TYPES.join(', ')}`).optional(),
  queue: name,
  routingKey: z.union([key, z.array(key).min(1)]).optional(),
  declare: z.enum(DECLARE_MODES).default(BROKER_DEFAULTS.declare),
  durable: z.boolean().default(true),
  autoDelete: z.boolean().default(false),
  queueType: z.enum(QUEUE_TYPES).optional(),
  mirror: z.boolean().default(false),
  prefetch: z.number().int().min(1).max(65535).default(BROKER_DEFAULTS.prefetch),
  companionQueues: z.array(z.custom<QueueDeclaration>()).default([]),
  publishTimeoutMs: z.number().int().positive().default(BROKER_DEFAULTS.publishTimeoutMs),
  refusalPatienceMs: z.number().int().nonnegative().default(0),
  connectionName: z.string().default(BROKER_DEFAULTS.connectionName),
});

/** @throws BrokerOptionsError that names every field which is missing or wrong, never a password */
export function checkOptions(options: RabbitMQOptions): BrokerSettings {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    throw new BrokerOptionsError(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`),
    );
  }
  const { queue, durable, autoDelete, companionQueues, mirror, declare, ...rest } = parsed.data;
  if (mirror && rest.queueType === 'classic') {
    throw new BrokerOptionsError(['mirror: true means a quorum queue, but queueType is "classic"; omit one of them']);
  }
  const queueType = rest.queueType ?? (mirror ? 'quorum' : BROKER_DEFAULTS.queueType);
  if (queueType === 'quorum' && (!durable || autoDelete)) {
    throw new BrokerOptionsError(['queueType: a quorum queue is always durable and never auto-deleted']);
  }
  // Once now, so that a mistake is found.
  endpointsOf(options);
  return {
    endpoints: () => endpointsOf(options),
    topology: { ...routingOf(parsed.data), declare, durable, autoDelete, queueType, companionQueues },
    prefetch: rest.prefetch,
    publishTimeoutMs: rest.publishTimeoutMs,
    refusalPatienceMs: rest.refusalPatienceMs,
    connectionName: rest.connectionName,
  };
}

/** @throws BrokerOptionsError when no message could reach the queue that way; what is passive is bound by others */
function routingOf({ exchange, exchangeType, queue, routingKey, declare }: z.output<typeof optionsSchema>): Routing {
  const type = exchangeType ?? builtInType(exchange) ?? BROKER_DEFAULTS.exchangeType;
  const routingKeys = typeof routingKey === 'string' ? [routingKey] : (routingKey ?? []);
  const routing = { exchange, exchangeType: type, queue, routingKeys };
  const problems = routingMistakes(routing).map(
    ({ about, found, expected }) => `${about}: ${found}; expected ${expected}`,
  );
  if (routingKey === undefined && exchange !== DEFAULT_EXCHANGE && (type === 'direct' || type === 'topic'))
    problems.push(`routingKey: missing; a ${type} exchange needs one`);
  if (declare === 'active' && problems.length > 0) throw new BrokerOptionsError(problems);
  return routing;
}

export function isExchangeType(value: unknown): value is ExchangeType {
  return typeof value === 'string' && (/^x-[\w-]{1,100}$/.test(value) || EXCHANGE_TYPES.some((type) => type === value));
}
