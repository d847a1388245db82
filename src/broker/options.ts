import { z } from 'zod';
import { BrokerOptionsError } from './errors.ts';

/** How to reach the broker, and what to declare there: `url`, or `host`, `username` and `password`. */
export interface RabbitMQOptions {
  /** `amqp://user:password@host:5672/vhost`, or `amqps://…` for TLS. */
  readonly url?: string;
  readonly host?: string;
  /** @defaultValue 5672, with TLS 5671 */
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  /** @defaultValue "/" */
  readonly vhost?: string;
  /** TLS with this CA and client certificate (PEM). `{}` means TLS with the system's CAs. */
  readonly tls?: TlsOptions;

  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
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
  /** Shown in the broker's list of connections. @defaultValue "order-sync" */
  readonly connectionName?: string;
}

export const QUEUE_TYPES = ['classic', 'quorum'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

/** What an option is when it is not given. */
export const BROKER_DEFAULTS = {
  vhost: '/',
  queueType: 'classic',
  prefetch: 128,
  publishTimeoutMs: 30_000,
  connectionName: 'order-sync',
} as const satisfies Partial<RabbitMQOptions>;

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

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
  readonly endpoint: Endpoint;
  readonly topology: Topology;
  readonly prefetch: number;
  readonly publishTimeoutMs: number;
  readonly connectionName: string;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: TlsOptions | undefined;
}

export interface Topology {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly queueType: QueueType;
  readonly companionQueues: readonly QueueDeclaration[];
}

const name = z.string().min(1, 'expected a non-empty text').max(255, 'expected at most 255 characters');
const pem = z.union([z.string(), z.instanceof(Buffer)]).optional();

const optionsSchema = z.strictObject({
  url: z.string().optional(),
  host: name.optional(),
  port: z.number().int().min(1).max(65535).optional(),
  username: name.optional(),
  password: z.string().optional(),
  vhost: name.optional(),
  tls: z.strictObject({ ca: pem, cert: pem, key: pem }).optional(),
  exchange: name,
  queue: name,
  routingKey: z.string().max(255),
  durable: z.boolean().default(true),
  autoDelete: z.boolean().default(false),
  queueType: z.enum(QUEUE_TYPES).optional(),
  mirror: z.boolean().default(false),
  prefetch: z.number().int().min(1).max(65535).default(BROKER_DEFAULTS.prefetch),
  companionQueues: z.array(z.custom<QueueDeclaration>()).default([]),
  publishTimeoutMs: z.number().int().positive().default(BROKER_DEFAULTS.publishTimeoutMs),
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
  const { exchange, queue, routingKey, durable, autoDelete, companionQueues, mirror, ...rest } = parsed.data;
  if (mirror && rest.queueType === 'classic') {
    throw new BrokerOptionsError(['mirror: true means a quorum queue, but queueType is "classic"; omit one of them']);
  }
  const queueType = rest.queueType ?? (mirror ? 'quorum' : BROKER_DEFAULTS.queueType);
  if (queueType === 'quorum' && (!durable || autoDelete)) {
    throw new BrokerOptionsError(['queueType: a quorum queue is always durable and never auto-deleted']);
  }
  return {
    endpoint: options.url === undefined ? endpointFromFields(options) : endpointFromUrl(options.url, options),
    topology: { exchange, queue, routingKey, durable, autoDelete, queueType, companionQueues },
    prefetch: rest.prefetch,
    publishTimeoutMs: rest.publishTimeoutMs,
    connectionName: rest.connectionName,
  };
}

function endpointFromFields(options: RabbitMQOptions): Endpoint {
  const { host, username, password } = options;
  if (host === undefined || username === undefined || password === undefined) {
    const missing = ['host', 'username', 'password'].filter(
      (field) => options[field as keyof RabbitMQOptions] === undefined,
    );
    throw new BrokerOptionsError(
      missing.map((field) => `${field}: missing; expected url, or host, username and password`),
    );
  }
  return {
    host,
    port: options.port ?? defaultPort(options.tls !== undefined),
    username,
    password,
    vhost: options.vhost ?? BROKER_DEFAULTS.vhost,
    tls: options.tls,
  };
}

function endpointFromUrl(text: string, options: RabbitMQOptions): Endpoint {
  const duplicated = (['host', 'port', 'username', 'password', 'vhost'] as const).filter(
    (key) => options[key] !== undefined,
  );
  if (duplicated.length > 0)
    throw new BrokerOptionsError([
      `${duplicated.join(', ')}: found besides url, which says it already; omit one of them`,
    ]);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['amqp:', 'amqps:'].includes(url.protocol) || url.hostname === '') {
    throw new BrokerOptionsError(['url: expected amqp://user:password@host:port/vhost or amqps://…']);
  }
  if (url.search !== '')
    throw new BrokerOptionsError(['url: query parameters are not supported; use the other options instead']);
  const isTls = url.protocol === 'amqps:';
  if (options.tls !== undefined && !isTls)
    throw new BrokerOptionsError(['tls: needs an amqps:// url, but url is amqp://']);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort(isTls) : Number(url.port),
    username: decoded(url.username, 'username') || 'guest',
    password: decoded(url.password, 'password') || 'guest',
    vhost: decoded(url.pathname.slice(1), 'vhost') || BROKER_DEFAULTS.vhost,
    tls: isTls ? (options.tls ?? {}) : undefined,
  };
}

function decoded(text: string, field: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BrokerOptionsError([`url: the ${field} is not correctly percent-encoded`]);
  }
}

/** @returns AMQP's registered port */
export function defaultPort(isTls: boolean): number {
  return isTls ? 5671 : 5672;
}
