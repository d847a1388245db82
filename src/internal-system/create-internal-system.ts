import { type AdapterPort, loadAdapter, loadFunction } from '../adapters/load-adapter.ts';
import { ConfigError } from '../errors.ts';
import type { InternalSystem, Notify } from './internal-system.ts';
import type { SqlMapping } from './mapping/sql-mapping.ts';
import type { ServerOptions, SqlDatabase } from './sql/sql-database.ts';

export type InternalSystemConfig =
  /**
   * `sqlite:data/internal.db`, `postgres://user:password@host/database` or `mysql://…` (MariaDB too). `currentUrl` is asked
   * when the server refuses the credentials of `url`: they may have been rotated. `schema`: of PostgreSQL, where our tables are
   * instead of where the search path leads. `tablePrefix`: before the name of each of our tables. `mapping`: the path of a
   * module that writes the company's own tables in the same database.
   */
  | {
      readonly url: string;
      readonly currentUrl?: () => string;
      readonly schema?: string | undefined;
      readonly tablePrefix?: string | undefined;
      readonly mapping?: string | undefined;
      /** Whether each new revision is noted in the outbox. */
      readonly outbox?: boolean | undefined;
    }
  /** Path of the user's own module, relative to the working directory. */
  | { readonly module: string };

interface Context {
  /** The shop whose orders these are. Several shops may share one database. */
  readonly shop: string;
  /** Passed to the module. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly notify?: Notify;
}

const INTERNAL_SYSTEM_PORT: AdapterPort<InternalSystem> = {
  variable: 'INTERNAL_SYSTEM',
  type: 'an InternalSystem',
  requiredMethods: ['open', 'writeOrders'],
};

/** The columns' width in MySQL. */
const MAX_SHOP_LENGTH = 100;

/**
 * The internal system that the configuration names, not yet opened. Loads only the driver it needs.
 *
 * @throws ConfigError when the URL or the module can't work, SyncError when the module's factory throws one
 */
export async function createInternalSystem(config: InternalSystemConfig & Context): Promise<InternalSystem> {
  const { shop, env, notify = () => undefined } = config;
  if ('module' in config) {
    const system = await loadAdapter(INTERNAL_SYSTEM_PORT, config.module, { shop, env });
    rejectOddLimits(system, config.module);
    return system;
  }
  if (shop.length === 0 || shop.length > MAX_SHOP_LENGTH) {
    throw new ConfigError([`SHOP_NAME has ${shop.length} characters, expected 1 to ${MAX_SHOP_LENGTH}.`]);
  }
  const { url, currentUrl = () => url, schema, tablePrefix = '' } = config;
  const database = await databaseFor({ url, currentUrl, schema, tablePrefix, notify });
  const { SqlInternalSystem } = await import('./sql/sql-internal-system.ts');
  const mapping = config.mapping === undefined ? undefined : await loadMapping(config.mapping, database, shop);
  const followers = mapping === undefined ? [] : [mapping.follower];
  if (config.outbox === true) {
    const { OutboxFollower } = await import('./sql/outbox.ts');
    followers.push(new OutboxFollower(database));
  }
  return new SqlInternalSystem(database, shop, followers, mapping);
}

async function loadMapping(path: string, database: SqlDatabase, shop: string): Promise<SqlMapping> {
  const map = await loadFunction('MAPPING', path, 'of an order and the tables: (change, tables) => …');
  const { SqlMapping } = await import('./mapping/sql-mapping.ts');
  return new SqlMapping(path, async (change, tables) => void (await map(change, tables)), database, shop);
}

const LIMITS = ['maxBatch', 'maxWrites', 'minBatchBeside', 'writeTimeoutMs'] as const;

/** With a batch of no orders, or of "50" of them, nothing would ever be written. */
function rejectOddLimits(system: InternalSystem, module: string): void {
  const problems = LIMITS.flatMap((name) => {
    const value: unknown = system[name];
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 1)) return [];
    return [`INTERNAL_SYSTEM=${module}: ${name} is ${JSON.stringify(value)}, expected a whole number of 1 or more.`];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

async function databaseFor(options: ServerOptions & { schema: string | undefined }): Promise<SqlDatabase> {
  const { url, schema } = options;
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
  if (schema !== undefined && !scheme?.startsWith('postgres')) {
    throw new ConfigError([
      `INTERNAL_SYSTEM_SCHEMA is set, and INTERNAL_SYSTEM_URL is not PostgreSQL's: only there do tables have a schema. Unset it, or set INTERNAL_SYSTEM_TABLE_PREFIX instead.`,
    ]);
  }
  switch (scheme) {
    case 'sqlite': {
      const { Sqlite } = await import('./sqlite/sqlite.ts');
      return new Sqlite(sqlitePath(url), options.tablePrefix, options.notify);
    }
    case 'postgres':
    case 'postgresql': {
      const { Postgres } = await import('./postgres/postgres.ts');
      return new Postgres(options);
    }
    case 'mysql':
    case 'mariadb': {
      const { Mysql } = await import('./mysql/mysql.ts');
      return new Mysql(options);
    }
    default:
      throw new ConfigError([
        `INTERNAL_SYSTEM_URL ${scheme === undefined ? 'has no scheme' : `has the unknown scheme ${scheme}:`}, expected sqlite:, postgres: or mysql:, for instance sqlite:data/internal.db.`,
      ]);
  }
}

/** `sqlite:data/x.db`, `sqlite:/srv/x.db`, and `sqlite:///srv/x.db` as others write it. */
export function sqlitePath(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\//, '');
  if (path === '')
    throw new ConfigError(['INTERNAL_SYSTEM_URL names no file, expected for instance sqlite:data/internal.db.']);
  return path;
}
