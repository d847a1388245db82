import type { PoolOptions } from 'mysql2/promise';
import type { Server } from '../sql/renewed-pool.ts';
import { parseServerUrl, type ServerAddress, serverName, type TlsMode } from '../sql/server-url.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';

/** One server, and how to connect to it. */
export interface MysqlServer extends Server {
  readonly options: PoolOptions;
}

/**
 * @param url `mysql://user:password@host:port,host:port/database?sslmode=…`
 * @throws ConfigError
 */
export function mysqlServers(url: string): readonly [MysqlServer, ...MysqlServer[]] {
  const { addresses, user, password, database, tls } = parseServerUrl(url, { port: 3306 });
  const server = (address: ServerAddress): MysqlServer => ({
    name: serverName(address),
    options: {
      ...(address.host.startsWith('/') ? { socketPath: address.host } : address),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      database,
      ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      connectTimeout: TIME_LIMITS_MS.connect,
      connectionLimit: 4,
      enableKeepAlive: true,
    },
  });
  const [first, ...others] = addresses;
  return [server(first), ...others.map(server)];
}

function tlsOptions({ verify, ...files }: TlsMode): NonNullable<Exclude<PoolOptions['ssl'], string>> {
  return { rejectUnauthorized: verify !== 'none', verifyIdentity: verify === 'full', ...files };
}
