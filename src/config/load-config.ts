import { DEFAULT_EXCHANGE } from '../broker/routing.ts';
import { ConfigError } from '../errors.ts';
import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { type Findings, problem } from '../settings/problems.ts';
import type { ShopConfig } from '../shop/create-shop.ts';
import { type AlertConfig, alertConfig } from './alert-config.ts';
import { reportMisspelt } from './did-you-mean.ts';
import { internalSystemConfig } from './internal-system-config.ts';
import { type OpsConfig, opsConfig } from './ops-config.ts';
import { parseVariables } from './parse-variables.ts';
import { type RabbitMQConfig, rabbitmqConfig } from './rabbitmq-config.ts';
import { withModuleSecrets, withSecretsFromFiles } from './secrets.ts';
import { shopConfig } from './shop-config.ts';
import type { Values, VariableName } from './variables.ts';
import { type WebhookConfig, webhookConfig } from './webhook-config.ts';

export type { AlertConfig, Environment, InternalSystemConfig, OpsConfig, RabbitMQConfig, ShopConfig, WebhookConfig };

/** Everything the environment says, typed and checked. It holds secrets: never log it. Durations are in ms. */
export interface Config extends CommonConfig {
  readonly rabbitmq: RabbitMQConfig;
  readonly shop: ShopConfig;
  readonly internalSystem: InternalSystemConfig;
}

export interface CommonConfig {
  /** Written to every row of the internal system, which may hold the orders of several shops. */
  readonly shopName: string;
  /** The delay before the second attempt, the third, and so on; after the last one the event is dead-lettered. */
  readonly retryDelaysMs: readonly number[];
  /** Of RabbitMQ's management API; undefined when it is not to be asked. */
  readonly managementUrl: string | undefined;
  readonly shutdownTimeoutMs: number;
  /** How often the daemon reconciles; undefined: never. */
  readonly reconcile: { readonly everyMs: number | undefined; readonly deepEveryMs: number | undefined };
  /** Orders that changed last longer ago than this are deleted; undefined: never. */
  readonly retentionDays: number | undefined;
  /** Where the daemon remembers what it acked. */
  readonly ackMemoryFile: string;
  /** Whether the shop is told what was shipped. */
  readonly reportShipments: boolean;
  /** Where "order N is now revision R" is published; undefined: nowhere. */
  readonly syncedExchange: string | undefined;
  readonly log: { readonly level: Values['LOG_LEVEL']; readonly file: string | undefined };
  /** Undefined when the operations port is off. */
  readonly ops: OpsConfig | undefined;
  /** Undefined when the shop sends none. */
  readonly webhooks: WebhookConfig | undefined;
  /** Undefined when nobody is to be told. */
  readonly alerts: AlertConfig | undefined;
  /** The socket on which systemd expects to be notified; undefined when it does not. */
  readonly notifySocket: string | undefined;
  /** The interval within which systemd's watchdog must be fed; undefined when it is off. */
  readonly watchdogMs: number | undefined;
  /** One line each, fit for the log. */
  readonly warnings: readonly string[];
  /** The environment with the secrets of *_FILE variables, read when they are looked at: for SHOP_ADAPTER and INTERNAL_SYSTEM modules. */
  readonly env: Environment;
}

/** The parts that a command may do without: `send` needs no shop, `status` no broker. */
export type ConfigPart = 'rabbitmq' | 'shop' | 'internalSystem';

const PART_NAMES: Readonly<Record<ConfigPart, RegExp>> = {
  rabbitmq: /^RABBITMQ_/,
  shop: /^SHOP_(?!NAME$)/,
  internalSystem: /^(?:INTERNAL_SYSTEM|ERP_|MAPPING$)/,
};

/**
 * The environment → typed configuration. Reads nothing but `env` and the files it names.
 *
 * @param parts the ones that the caller needs; variables of the others are ignored
 * @throws ConfigError with all problems at once, each one line that says what was found (never a secret) and expected
 */
export function loadConfig(env: Environment): Config;
export function loadConfig<Part extends ConfigPart>(
  env: Environment,
  parts: readonly Part[],
): CommonConfig & Pick<Config, Part>;
export function loadConfig(
  given: Environment,
  parts: readonly ConfigPart[] = ['rabbitmq', 'shop', 'internalSystem'],
): CommonConfig & Partial<Config> {
  const findings: Findings = { problems: [], warnings: [] };
  const { problems, warnings } = findings;
  const isNeeded = (name: VariableName) => {
    const part = (Object.keys(PART_NAMES) as ConfigPart[]).find((candidate) => PART_NAMES[candidate].test(name));
    return part === undefined || parts.includes(part);
  };
  const env = withSecretsFromFiles(given, isNeeded, problems);
  const values = parseVariables(env, (name) => isNeeded(name) && !isLeftToModule(name, env), problems);
  const config = {
    shopName: values.SHOP_NAME,
    ...(parts.includes('rabbitmq') ? { rabbitmq: rabbitmqConfig(env, values, problems) } : {}),
    ...(parts.includes('shop') ? { shop: shopConfig(env, values, findings) } : {}),
    ...(parts.includes('internalSystem') ? { internalSystem: internalSystemConfig(env, values, findings) } : {}),
    retryDelaysMs: values.RETRY_DELAYS_MS,
    managementUrl: values.RABBITMQ_MANAGEMENT_URL,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    reconcile: reconcile(values, warnings),
    retentionDays: values.RETENTION_DAYS,
    ackMemoryFile: values.ACK_MEMORY_FILE,
    reportShipments: values.REPORT_SHIPMENTS ?? false,
    syncedExchange: syncedExchange(values, problems),
    log: { level: values.LOG_LEVEL, file: values.LOG_FILE },
    ops: opsConfig(env, values, problems),
    webhooks: webhookConfig(env, values, problems),
    alerts: alertConfig(env, values, findings),
    notifySocket: isSet(env, 'NOTIFY_SOCKET') ? env['NOTIFY_SOCKET'] : undefined,
    watchdogMs: watchdogMs(env),
    warnings,
    env: withModuleSecrets(given, env),
  };
  refuseUncheckedTls(env, problems);
  reportMisspelt(env, findings);
  // What several parts need is read for each of them.
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return config;
}

function reconcile(
  { RECONCILE_EVERY_MS: everyMs, RECONCILE_DEEP_EVERY_MS: deepEveryMs }: Values,
  warnings: string[],
): CommonConfig['reconcile'] {
  if (everyMs > 0) return { everyMs, deepEveryMs };
  warnings.push(
    'RECONCILE_EVERY_MS is 0, so nobody looks for orders whose event never arrived: run "order-sync reconcile" from time to time.',
  );
  return { everyMs: undefined, deepEveryMs };
}

/** On the exchange that the daemon's own queue is bound to, each message would fetch its order anew, for ever. */
function syncedExchange(values: Values, problems: string[]): string | undefined {
  const { SYNCED_EXCHANGE: exchange, RABBITMQ_EXCHANGE: orders } = values;
  if (exchange !== undefined && (exchange === orders || exchange === DEFAULT_EXCHANGE))
    problems.push(problem('SYNCED_EXCHANGE', `found ${exchange}`, 'an exchange of its own, such as orders.synced'));
  return exchange;
}

/** systemd's own variables, as sd_watchdog_enabled(3) reads them: those meant for another process do not count. */
function watchdogMs({ WATCHDOG_USEC: microseconds = '', WATCHDOG_PID: pid = '' }: Environment): number | undefined {
  if (!/^[1-9]\d{3,14}$/.test(microseconds) || (pid !== '' && pid !== String(process.pid))) return undefined;
  return Number(microseconds) / 1000;
}

/** With the user's own module, the variables of the built-in one mean whatever the module says. */
function isLeftToModule(name: VariableName, env: Environment): boolean {
  if (name === 'INTERNAL_SYSTEM_URL') return isSet(env, 'INTERNAL_SYSTEM');
  return PART_NAMES.shop.test(name) && name !== 'SHOP_ADAPTER' && isSet(env, 'SHOP_ADAPTER');
}

function refuseUncheckedTls(env: Environment, problems: string[]): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  const remedy = 'it unset, and the CA of a private certificate in RABBITMQ_CA_FILE or NODE_EXTRA_CA_CERTS';
  problems.push(problem('NODE_TLS_REJECT_UNAUTHORIZED', 'found "0", which accepts any certificate', remedy));
}
