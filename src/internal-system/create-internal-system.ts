import { type AdapterPort, loadAdapter, loadFunction } from '../adapters/load-adapter.ts';
import { ConfigError } from '../errors.ts';
import type { InternalSystem, Notify } from './internal-system.ts';
import type { SqlMapping } from './mapping/sql-mapping.ts';
import { loadSinkPreset, type SinkPresetName } from './presets/presets.ts';
import type { OrderSink } from './sink/order-sink.ts';
import { databaseUrlProblems, schemeOf } from './sql/database-url.ts';
import type { Follower } from './sql/followers.ts';
import type { Connected, ServerOptions, SqlDatabase } from './sql/sql-database.ts';

export interface DatabaseConfig {
  /** `sqlite:data/internal.db`, `postgres://user:password@host/database` or `mysql://…` (MariaDB too). */
  readonly url: string;
  /** Asked when the server refuses the credentials of `url`: they may have been rotated. */
  readonly currentUrl?: () => string;
  /** Of PostgreSQL: where our tables are instead of where the search path leads. */
  readonly schema?: string | undefined;
  /** Before the name of each of our tables. */
  readonly tablePrefix?: string | undefined;
  /** Whether each new revision is noted in the outbox. */
  readonly outbox?: boolean | undefined;
}

/** Where the orders of an ERP are kept first. */
interface WithLedger {
  readonly ledger: DatabaseConfig;
}

export type InternalSystemConfig =
  | (DatabaseConfig & {
      /** Path of a module that writes the company's own tables in the same database. */
      readonly mapping?: string | undefined;
    })
  /** Path of the user's own module, relative to the working directory. Only if it is an order sink does it need the ledger. */
  | (WithLedger & { readonly module: string; readonly isUrlGiven: boolean })
  | (WithLedger & { readonly preset: SinkPresetName });

interface Context {
  /** The shop whose orders these are. Several shops may share one database. */
  readonly shop: string;
  /** Passed to the module. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly notify?: Notify;
  /** Told of each new connection to the database. */
  readonly connected?: Connected;
}

const INTERNAL_SYSTEM_PORT: AdapterPort<InternalSystem | OrderSink> = {
  variable: 'INTERNAL_SYSTEM',
  type: 'an OrderSink or an InternalSystem',
  requiredMethods: [['upsert'], ['open', 'writeOrders']],
};

/** The columns' width in MySQL. */
const MAX_SHOP_LENGTH = 100;

/**
 * The internal system that the configuration names, not yet opened. Loads only the driver it needs.
 *
 * @throws ConfigError when the URL or the module can't work, SyncError when the module's factory throws one
 */
export async function createInternalSystem(config: InternalSystemConfig & Context): Promise<InternalSystem> {
  const { shop, env, notify = () => undefined, connected = () => undefined } = config;
  const context = { shop, notify, connected };
  if ('module' in config) {
    const { module, ledger, isUrlGiven } = config;
    const adapter = await loadAdapter(INTERNAL_SYSTEM_PORT, module, { shop, env });
    rejectOddLimits(adapter, module);
    if (!('writeOrders' in adapter)) return await ledgered(adapter, ledger, context);
    if (isUrlGiven)
      notify('warn', `INTERNAL_SYSTEM_URL: it is ignored, as ${module} is no order sink and keeps no ledger.`);
    return adapter;
  }
  if ('preset' in config) {
    const createSink = await loadSinkPreset(config.preset);
    return await ledgered(await createSink({ shop, env }), config.ledger, context);
  }
  const database = await databaseOf(config, context);
  const { SqlInternalSystem } = await import('./sql/sql-internal-system.ts');
  const mapping = config.mapping === undefined ? undefined : await loadMapping(config.mapping, database, shop);
  const followers = [...(mapping === undefined ? [] : [mapping.follower]), ...(await outboxOf(config, database))];
  return new SqlInternalSystem(database, shop, { followers, mapping });
}

async function outboxOf({ outbox }: DatabaseConfig, database: SqlDatabase): Promise<Follower[]> {
  if (outbox !== true) return [];
  const { OutboxFollower } = await import('./sql/outbox.ts');
  return [new OutboxFollower(database)];
}

async function loadMapping(path: string, database: SqlDatabase, shop: string): Promise<SqlMapping> {
  const map = await loadFunction('MAPPING', path, 'of an order and the tables: (change, tables) => …');
  const { SqlMapping } = await import('./mapping/sql-mapping.ts');
  return new SqlMapping(path, async (change, tables) => void (await map(change, tables)), database, shop);
}

/**
 * The order sink alone, not yet opened, without the ledger.
 *
 * @throws ConfigError when the configuration names none, or one that can't work
 */
export async function createOrderSink(config: InternalSystemConfig & Context): Promise<OrderSink> {
  const { shop, env } = config;
  if ('preset' in config) return await (await loadSinkPreset(config.preset))({ shop, env });
  const names = 'INTERNAL_SYSTEM, INTERNAL_SYSTEM_PRESET or INTERNAL_SYSTEM_HTTP_URL';
  if (!('module' in config)) throw new ConfigError([`No order sink is configured: ${names} names one.`]);
  const adapter = await loadAdapter(INTERNAL_SYSTEM_PORT, config.module, { shop, env });
  rejectOddLimits(adapter, config.module);
  if ('upsert' in adapter) return adapter;
  throw new ConfigError([
    `INTERNAL_SYSTEM=${config.module}: expected an order sink, with upsert(), found an InternalSystem.`,
  ]);
}

async function ledgered(sink: OrderSink, ledger: DatabaseConfig, context: DatabaseContext): Promise<InternalSystem> {
  const database = await databaseOf(ledger, context);
  const { LedgeredSink } = await import('./sink/ledgered-sink.ts');
  return new LedgeredSink(database, context.shop, sink, context.notify, await outboxOf(ledger, database));
}

type DatabaseContext = Required<Pick<Context, 'shop' | 'notify' | 'connected'>>;

/** The database that the configuration names, not yet opened. @throws ConfigError */
export async function databaseOf(
  config: DatabaseConfig,
  { shop, notify, connected }: DatabaseContext,
): Promise<SqlDatabase> {
  if (shop.length === 0 || shop.length > MAX_SHOP_LENGTH) {
    throw new ConfigError([`SHOP_NAME has ${shop.length} characters, expected 1 to ${MAX_SHOP_LENGTH}.`]);
  }
  const { url, currentUrl = () => url, schema, tablePrefix = '' } = config;
  return await databaseFor({ url, currentUrl, schema, tablePrefix, notify, connected });
}

const LIMITS = ['maxBatch', 'maxWrites', 'minBatchBeside', 'writeTimeoutMs', 'maxUpserts', 'timeoutMs', 'settleMs'];

/** With a batch of no orders, or of "50" of them, nothing would ever be written. */
function rejectOddLimits(adapter: object, module: string): void {
  const problems = LIMITS.flatMap((name) => {
    const value: unknown = Reflect.get(adapter, name);
    const least = name === 'settleMs' ? 0 : 1;
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= least)) return [];
    return [
      `INTERNAL_SYSTEM=${module}: ${name} is ${JSON.stringify(value)}, expected a whole number of ${least} or more.`,
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

async function databaseFor(options: ServerOptions & { schema: string | undefined }): Promise<SqlDatabase> {
  const { url, schema } = options;
  const problems = databaseUrlProblems(url, schema);
  if (problems.length > 0) throw new ConfigError(problems);
  const scheme = schemeOf(url);
  switch (scheme) {
    case 'sqlite': {
      const { Sqlite } = await import('./sqlite/sqlite.ts');
      const { tablePrefix, notify, connected } = options;
      return new Sqlite(sqlitePath(url), { tablePrefix, notify, connected });
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
