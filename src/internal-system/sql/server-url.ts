import { readFileSync } from 'node:fs';
import { ConfigError } from '../../errors.ts';

/** Where a database server is, from INTERNAL_SYSTEM_URL. */
export interface ServerUrl {
  /** A name, an address, or the path of a socket (`%2Frun%2Fpostgresql` in the URL). */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsMode | undefined;
  /** `options=-csearch_path=…`, passed to a PostgreSQL server as it is. */
  readonly options: string | undefined;
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

/**
 * @param parameters the URL parameters that this kind of server knows besides those of TLS
 * @throws ConfigError that never shows the URL, which may hold a password
 */
export function parseServerUrl(url: string, parameters: readonly string[] = []): ServerUrl {
  const parsed = URL.parse(url);
  if (parsed === null) throw wrongUrl('is not a URL', 'check for unescaped characters in the password');
  const known = [...parameters, 'sslmode', ...Object.keys(FILES)];
  const unknown = [...parsed.searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrongUrl(`has an unknown parameter ${unknown}`, `known are ${known.join(', ')}`);
  const database = decoded(parsed.pathname.slice(1));
  if (database === '') throw wrongUrl('names no database', 'add it after the host, as in //host/database');
  return {
    host: decoded(parsed.hostname).replace(/^\[(.+)\]$/, '$1') || 'localhost',
    port: parsed.port === '' ? undefined : Number(parsed.port),
    user: decoded(parsed.username) || undefined,
    password: decoded(parsed.password) || undefined,
    database,
    tls: tlsMode(parsed.searchParams),
    options: parsed.searchParams.get('options') ?? undefined,
  };
}

/** `host:port`, or the path of its socket. */
export function serverName({ host, port }: { readonly host: string; readonly port: number }): string {
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

function wrongUrl(problem: string, remedy: string): ConfigError {
  return new ConfigError([`INTERNAL_SYSTEM_URL ${problem}: ${remedy}.`]);
}
