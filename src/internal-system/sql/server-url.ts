import { readFileSync } from 'node:fs';
import { ConfigError } from '../../errors.ts';
import { urlPerHost } from '../../settings/host-list.ts';

/** Where one server listens. */
export interface ServerAddress {
  /** A name, an address, or the path of a socket (`%2Frun%2Fpostgresql` in the URL). */
  readonly host: string;
  readonly port: number;
}

/** Where the database is, from INTERNAL_SYSTEM_URL. */
export interface ServerUrl {
  /** In the order in which they are tried at first. */
  readonly addresses: readonly [ServerAddress, ...ServerAddress[]];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsMode | undefined;
  /** Those that only this kind of server knows. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** `none`: encrypted, but to any server. `ca`: the server's certificate is checked. `full`: its name too. */
export interface TlsMode {
  readonly verify: 'none' | 'ca' | 'full';
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const SSL_MODES = { disable: undefined, require: 'none', 'verify-ca': 'ca', 'verify-full': 'full' } as const;
const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const;

/** What differs from one kind of server to another. */
interface Kind {
  /** Of a host without a port. */
  readonly port: number;
  /** The URL parameters that it knows besides those of TLS. */
  readonly parameters?: readonly string[];
}

/**
 * @param url `scheme://user:password@host:port,host:port/database?…`
 * @throws ConfigError that never shows the URL, which may hold a password
 */
export function parseServerUrl(url: string, { port: defaultPort, parameters = [] }: Kind): ServerUrl {
  const [first, ...others] = urlPerHost(url).map(parsed);
  if (first === undefined) throw new TypeError('A URL has at least one host.');
  if (others.length > 0 && [first, ...others].some(({ hostname }) => hostname === ''))
    throw wrongUrl('has an empty host in its list', 'write host1,host2:5433 without another comma');
  const known = [...parameters, 'sslmode', ...Object.keys(FILES)];
  const unknown = [...first.searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrongUrl(`has an unknown parameter ${unknown}`, `known are ${known.join(', ')}`);
  const database = decoded(first.pathname.slice(1));
  if (database === '') throw wrongUrl('names no database', 'add it after the host, as in //host/database');
  const address = ({ hostname, port }: URL): ServerAddress => ({
    host: decoded(hostname).replace(/^\[(.+)\]$/, '$1') || 'localhost',
    port: port === '' ? defaultPort : Number(port),
  });
  return {
    addresses: [address(first), ...others.map(address)],
    user: decoded(first.username) || undefined,
    password: decoded(first.password) || undefined,
    database,
    tls: tlsMode(first.searchParams),
    parameters: new Map([...first.searchParams].filter(([name]) => parameters.includes(name))),
  };
}

function parsed(url: string): URL {
  const found = URL.parse(url);
  if (found === null) throw wrongUrl('is not a URL', 'check its ports, and the password for unescaped characters');
  return found;
}

/** `host:port`, or the path of its socket. */
export function serverName({ host, port }: ServerAddress): string {
  if (host.startsWith('/')) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A root certificate without a mode means: use it. */
function tlsMode(parameters: URLSearchParams): TlsMode | undefined {
  const mode = parameters.get('sslmode') ?? (parameters.has('sslrootcert') ? 'verify-full' : 'disable');
  if (!isSslMode(mode)) throw wrongUrl(`has an unknown sslmode`, `known are ${Object.keys(SSL_MODES).join(', ')}`);
  const verify = SSL_MODES[mode];
  if (verify === undefined) return undefined;
  const files = Object.entries(FILES).flatMap(([name, key]) => {
    const path = parameters.get(name);
    return path === null ? [] : [[key, readPem(name, path)]];
  });
  return { verify, ...Object.fromEntries(files) };
}

function isSslMode(text: string): text is keyof typeof SSL_MODES {
  return Object.hasOwn(SSL_MODES, text);
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw wrongUrl(`has ${name}=${path}, which can't be read`, 'name a PEM file that this user may read');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrongUrl('has a % that starts no escape', 'write % as %25, @ as %40, / as %2F');
  }
}

export function wrongUrl(problem: string, remedy: string): ConfigError {
  return new ConfigError([`INTERNAL_SYSTEM_URL ${problem}: ${remedy}.`]);
}
