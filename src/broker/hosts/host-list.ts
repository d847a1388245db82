import { isIPv6 } from 'node:net';

/** A host as it is listed, with its port if it has one of its own. */
export interface ListedHost {
  readonly host: string;
  readonly port: number | undefined;
}

export type NonEmpty<T> = readonly [T, ...T[]];

/**
 * Something is wrong with an address. The message completes "expected …". It counts hosts and never quotes one: what is taken for a
 * host may be the rest of a password that holds an unencoded slash.
 */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** The message of the AddressError that it throws; undefined if it throws none. */
export function mistakeIn(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;

/** A name or an IP address, and nothing else. */
export function isHost(text: string): boolean {
  return HOST_NAME.test(text) || isIPv6(text);
}

/**
 * `mq`, `mq:5672`, `[::1]` or `[::1]:5672` each. A host that is alone may also be `::1`.
 *
 * @param expected what to say was expected
 * @throws AddressError that says which host is wrong, and how
 */
export function parseHosts(texts: readonly string[], expected: string): NonEmpty<ListedHost> {
  const [first, ...others] = texts.map((text, index) => {
    const wrong = (how: string) =>
      new AddressError(`${expected}, but host ${index + 1}${texts.length > 1 ? ` of ${texts.length}` : ''} ${how}`);
    if (text.trim() === '') throw wrong('is empty');
    if (texts.length === 1 && isIPv6(text)) return { host: text, port: undefined };
    if (isIPv6(text)) throw wrong('is an IPv6 address without brackets');
    const found = /^(?:\[(?<ipv6>[^[\]]*)\]|(?<name>[^:]*))(?::(?<port>.*))?$/s.exec(text)?.groups ?? {};
    const { ipv6, name, port } = found;
    const isValid = ipv6 === undefined ? name !== undefined && HOST_NAME.test(name) : isIPv6(ipv6);
    if (!isValid) throw wrong('is neither a name nor an IP address');
    if (port !== undefined && !isPort(port)) throw wrong('has a port that is not a number from 1 to 65535');
    return { host: ipv6 ?? name ?? '', port: port === undefined ? undefined : Number(port) };
  });
  if (first === undefined) throw new AddressError(expected);
  return [first, ...others];
}

/**
 * @param port of hosts that have none of their own
 * @throws AddressError when a host is listed twice
 */
export function withPorts(
  hosts: NonEmpty<ListedHost>,
  port: number,
  expected: string,
): NonEmpty<{ readonly host: string; readonly port: number }> {
  const seen: string[] = [];
  const [first, ...others] = hosts;
  const complete = (listed: ListedHost) => {
    const found = { host: listed.host, port: listed.port ?? port };
    const key = `${found.host.toLowerCase()} ${found.port}`;
    const earlier = seen.indexOf(key);
    if (earlier >= 0) throw new AddressError(`${expected}, but host ${seen.length + 1} is host ${earlier + 1} again`);
    seen.push(key);
    return found;
  };
  return [complete(first), ...others.map(complete)];
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
