import { BrokerOptionsError } from './errors.ts';

/** Where the broker is, and as whom to log in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: TlsOptions | undefined;
}

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** A text, or a function that returns it as it is now: a password may be rotated while connections are kept up. */
export type Rereadable = string | (() => string);

export interface EndpointOptions {
  readonly url?: Rereadable | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: Rereadable | undefined;
  readonly vhost?: string | undefined;
  readonly tls?: TlsOptions | undefined;
}

export const DEFAULT_VHOST = '/';

/** Call it for each connection: what can be read again is. @throws BrokerOptionsError */
export function endpointOf(options: EndpointOptions): Endpoint {
  return options.url === undefined ? fromFields(options) : fromUrl(current(options.url), options);
}

function current(text: Rereadable): string {
  return typeof text === 'function' ? text() : text;
}

function fromFields(options: EndpointOptions): Endpoint {
  const { host, username, password } = options;
  if (host === undefined || username === undefined || password === undefined) {
    const missing = (['host', 'username', 'password'] as const).filter((field) => options[field] === undefined);
    throw new BrokerOptionsError(
      missing.map((field) => `${field}: missing; expected url, or host, username and password`),
    );
  }
  return {
    host,
    port: options.port ?? defaultPort(options.tls !== undefined),
    username,
    password: current(password),
    vhost: options.vhost ?? DEFAULT_VHOST,
    tls: options.tls,
  };
}

function fromUrl(text: string, options: EndpointOptions): Endpoint {
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
    vhost: decoded(url.pathname.slice(1), 'vhost') || DEFAULT_VHOST,
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
