import { AddressError, type NonEmpty, parseHosts, withPorts } from './host-list.ts';

/** An `amqp://` address, with everything decoded. */
export interface AmqpUrl {
  readonly isTls: boolean;
  /** Empty if the address has none; so are the next two. */
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly hosts: NonEmpty<{ readonly host: string; readonly port: number }>;
}

const EXPECTED =
  'amqp://user:password@host:5672/vhost (amqps:// for TLS; several hosts as @a:5672,b,c/) without a query, special characters percent-encoded';

/** The login ends at the last `@`. Behind the first slash there is none: it would be that of a password with a bare slash. */
const PATTERN = /^(?<scheme>amqps?):\/\/(?:(?<login>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<vhost>[^?#@]*))?$/;

/**
 * By hand: Node's URL refuses a list of hosts.
 *
 * @throws AddressError
 */
export function parseAmqpUrl(text: string): AmqpUrl {
  const parts = /\p{Cc}/u.test(text) ? undefined : PATTERN.exec(text)?.groups;
  if (parts === undefined) throw new AddressError(EXPECTED);
  const { scheme, login = '', hosts = '', vhost = '' } = parts;
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/.exec(login) ?? [];
  const isTls = scheme === 'amqps';
  return {
    isTls,
    username: decoded(username, 'user'),
    password: decoded(password, 'password'),
    vhost: decoded(vhost, 'virtual host'),
    hosts: withPorts(parseHosts(hosts.split(','), EXPECTED), defaultPort(isTls), EXPECTED),
  };
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError(`${EXPECTED}, but the ${what} has a % that begins no encoded character`);
  }
}

/** @returns AMQP's registered port */
export function defaultPort(isTls: boolean): number {
  return isTls ? 5671 : 5672;
}
