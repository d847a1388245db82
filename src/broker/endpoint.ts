import { BrokerOptionsError } from './errors.ts';
import { defaultPort, parseAmqpUrl } from './hosts/amqp-url.ts';
import { AddressError, type NonEmpty, parseHosts, withPorts } from './hosts/host-list.ts';

/** Where a broker is, and as whom to log in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The one of the host's addresses that is meant. Absent where the host is one, or has no others. */
  readonly address?: string;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: TlsOptions | undefined;
}

/** The nodes of one cluster: they differ in host and port alone. */
export type Endpoints = NonEmpty<Endpoint>;

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
  readonly hosts?: readonly string[] | undefined;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: Rereadable | undefined;
  readonly vhost?: string | undefined;
  readonly tls?: TlsOptions | undefined;
}

export const DEFAULT_VHOST = '/';

export const HOSTS_EXPECTED = 'names or IP addresses, each once, if need be with a port: a:5672, b, [::1]:5672';

/** Call it for each round of tries: what can be read again is. @throws BrokerOptionsError */
export function endpointsOf(options: EndpointOptions): Endpoints {
  const field = options.url === undefined ? 'hosts' : 'url';
  try {
    return options.url === undefined ? fromFields(options) : fromUrl(current(options.url), options);
  } catch (error) {
    if (error instanceof AddressError) throw new BrokerOptionsError([`${field}: expected ${error.message}`]);
    throw error;
  }
}

/** For people: `host:port`, with the address if the host has several. */
export function brokerName({ host, port, address }: Endpoint): string {
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return address === undefined ? name : `${name} (${address})`;
}

function current(text: Rereadable): string {
  return typeof text === 'function' ? text() : text;
}

function fromFields(options: EndpointOptions): Endpoints {
  const { host, hosts, port, username, password, tls } = options;
  if ((host === undefined && hosts === undefined) || username === undefined || password === undefined) {
    const missing = (['host', 'username', 'password'] as const).filter(
      (field) => options[field] === undefined && !(field === 'host' && hosts !== undefined),
    );
    throw new BrokerOptionsError(
      missing.map((field) => `${field}: missing; expected url, or host (or hosts), username and password`),
    );
  }
  if (host !== undefined && hosts !== undefined)
    throw new BrokerOptionsError(['hosts: found besides host; expected one of the two']);
  const listed = parseHosts(hosts ?? [host ?? ''], HOSTS_EXPECTED);
  if (port !== undefined && listed.some((found) => found.port !== undefined))
    throw new BrokerOptionsError(['port: found besides a port in hosts; expected one of the two']);
  const login = { username, password: current(password), vhost: options.vhost ?? DEFAULT_VHOST, tls };
  return onEach(withPorts(listed, port ?? defaultPort(tls !== undefined), HOSTS_EXPECTED), login);
}

function fromUrl(text: string, options: EndpointOptions): Endpoints {
  const duplicated = (['host', 'hosts', 'port', 'username', 'password', 'vhost'] as const).filter(
    (key) => options[key] !== undefined,
  );
  if (duplicated.length > 0)
    throw new BrokerOptionsError([
      `${duplicated.join(', ')}: found besides url, which says it already; omit one of them`,
    ]);
  const { isTls, username, password, vhost, hosts } = parseAmqpUrl(text);
  if (options.tls !== undefined && !isTls)
    throw new BrokerOptionsError(['tls: needs an amqps:// url, but url is amqp://']);
  return onEach(hosts, {
    username: username || 'guest',
    password: password || 'guest',
    vhost: vhost || DEFAULT_VHOST,
    tls: isTls ? (options.tls ?? {}) : undefined,
  });
}

function onEach(
  [first, ...others]: NonEmpty<Pick<Endpoint, 'host' | 'port'>>,
  login: Omit<Endpoint, 'host' | 'port' | 'address'>,
): Endpoints {
  return [{ ...first, ...login }, ...others.map((host) => ({ ...host, ...login }))];
}
