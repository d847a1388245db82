import type { ClientConfig } from 'pg';
import { ConfigError } from '../../errors.ts';
import type { Server } from '../sql/renewed-pool.ts';
import { parseServerUrl, type ServerAddress, serverName, type TlsMode, wrongUrl } from '../sql/server-url.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';

/** One server, and how to connect to it. */
export interface PostgresServer extends Server {
  readonly config: ClientConfig & ServerAddress;
}

/** Orders are written, so both of these say what is done in any case. */
const SESSION_ATTRIBUTES = ['read-write', 'primary'];

/**
 * @param url `postgres://user:password@host:port,host:port/database?sslmode=…&options=…&target_session_attrs=…`
 * @throws ConfigError
 */
export function postgresServers(url: string): readonly [PostgresServer, ...PostgresServer[]] {
  const parameters = ['options', 'target_session_attrs'];
  const {
    addresses,
    user,
    password,
    database,
    tls,
    parameters: given,
  } = parseServerUrl(url, { port: 5432, parameters });
  const attributes = given.get('target_session_attrs');
  if (attributes !== undefined && !SESSION_ATTRIBUTES.includes(attributes)) {
    const remedy = `order-sync writes, so it takes ${SESSION_ATTRIBUTES.join(' or ')}, or leave it out`;
    throw wrongUrl(`has target_session_attrs=${attributes}`, remedy);
  }
  const options = given.get('options');
  const server = (address: ServerAddress): PostgresServer => ({
    name: serverName(address),
    config: {
      ...address,
      database,
      ...(user === undefined ? {} : { user }),
      password: password ?? refuseMissingPassword,
      ...(options === undefined ? {} : { options }),
      ssl: tls === undefined ? false : tlsOptions(tls),
      application_name: 'order-sync',
      connectionTimeoutMillis: TIME_LIMITS_MS.connect,
      query_timeout: TIME_LIMITS_MS.answer,
      keepAlive: true,
      // Statements are sent without waiting for earlier answers, unless someone awaits one.
      pipeline: true,
    },
  });
  const [first, ...others] = addresses;
  return [server(first), ...others.map(server)];
}

/** Only called when the server asks for a password. */
function refuseMissingPassword(): never {
  throw new ConfigError(['The PostgreSQL server asks for a password and INTERNAL_SYSTEM_URL has none.']);
}

function tlsOptions({ verify, ca, cert, key }: TlsMode): Exclude<ClientConfig['ssl'], undefined> {
  return {
    rejectUnauthorized: verify !== 'none',
    ...(verify === 'ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
