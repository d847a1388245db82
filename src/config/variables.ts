import { z } from 'zod';
import { silence } from '../alerts/silence.ts';
import { ALERT_LANGUAGES } from '../alerts/targets/letter.ts';
import { BROKER_DEFAULTS, DECLARE_MODES } from '../broker/options.ts';
import {
  DEFAULT_TIMEOUT_MS,
  endpointSecret,
  endpointTimeout,
  endpointToken,
  endpointUrl,
  shipmentsUrl,
} from '../internal-system/endpoint/settings.ts';
import { SINK_PRESET_NAMES } from '../internal-system/presets/presets.ts';
import { LEAST_RETENTION_DAYS } from '../internal-system/retention-store.ts';
import { matching, milliseconds, oneOf, rate, text, trueOrFalse, wholeNumber } from '../settings/values.ts';
import { PRESET_NAMES } from '../shop/presets/presets.ts';
import { REST_SHOP_DEFAULTS } from '../shop/rest/options.ts';
import { WEBHOOK_PRESETS } from '../webhooks/presets.ts';
import { personNames } from './people.ts';
import {
  alertUrls,
  amqpUrl,
  brokerHosts,
  databaseUrl,
  delays,
  exchangeName,
  exchangeType,
  host,
  managementUrl,
  pathTemplate,
  queueName,
  queueType,
  routingKeys,
  shopBaseUrl,
  webhookSecret,
} from './value-schemas.ts';

/** Everything about one variable. `.env.example` and docs/configuration.md are tested against this table. */
export interface Variable {
  /** Text as found, trimmed and not empty → value. Its message completes the sentence "expected …". */
  readonly schema: z.ZodType<unknown, string>;
  /** Used when the variable is unset or empty; absent when the variable has none. */
  readonly default?: string;
  /** May be read from a file instead: NAME_FILE. Never shown. */
  readonly secret?: true;
  /** Not a secret, but people paste one into it by mistake. Not shown either. */
  readonly hidden?: true;
}

const file = text('the path of a file');
const module = text('the path of a .ts or .js module');
const port = wholeNumber(1, 65535, 'a port');
const notOfKubernetes = z
  .string()
  .refine(
    (value) => !value.includes('://'),
    'a port (Kubernetes sets this for a service named rabbitmq: turn enableServiceLinks off for the pod)',
  );
const token = matching(/^[\x21-\x7e]{16,1000}$/, 'at least 16 visible ASCII characters without spaces');
const headerName = matching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'the name of a header, such as X-Api-Key');
const oneLine = (what: string) => text(`${what} on one line`);
const article = oneLine('the code of an article');

const shopSecret = {
  schema: matching(/^[\x20-\x7e]+$/, 'visible ASCII characters on one line'),
  secret: true,
} as const;

/** Retry queues are named after the main one, `<queue>.retry.<delay>`, and a name has at most 255 bytes. */
const LONGEST_QUEUE_NAME = 200;

/** A week. Timers go up to 24 days. */
const MAX_PAUSE_MS = 604_800_000;

export const VARIABLES = {
  RABBITMQ_URL: { schema: amqpUrl, secret: true },
  RABBITMQ_HOST: { schema: brokerHosts },
  RABBITMQ_PORT: { schema: notOfKubernetes.pipe(port) },
  RABBITMQ_USERNAME: { schema: oneLine('a user name') },
  RABBITMQ_PASSWORD: { schema: oneLine('a password'), secret: true },
  RABBITMQ_VHOST: { schema: matching(/^(?!.*%2f)[^\p{Cc}]{1,255}$/iu, 'a plain name such as / (not %2F)') },
  RABBITMQ_TLS: { schema: trueOrFalse },
  RABBITMQ_CA_FILE: { schema: file },
  RABBITMQ_CERT_FILE: { schema: file },
  RABBITMQ_KEY_FILE: { schema: file },
  RABBITMQ_MANAGEMENT_URL: { schema: managementUrl },
  RABBITMQ_EXCHANGE: { schema: exchangeName, default: 'orders' },
  RABBITMQ_EXCHANGE_TYPE: { schema: exchangeType, default: BROKER_DEFAULTS.exchangeType },
  RABBITMQ_QUEUE: { schema: queueName(LONGEST_QUEUE_NAME), default: 'orders' },
  RABBITMQ_ROUTING_KEY: { schema: routingKeys, default: 'orders' },
  RABBITMQ_DECLARE: { schema: oneOf(DECLARE_MODES), default: BROKER_DEFAULTS.declare },
  RABBITMQ_QUEUE_TYPE: { schema: queueType, default: BROKER_DEFAULTS.queueType },
  RABBITMQ_PREFETCH: { schema: wholeNumber(1, 65535), default: String(BROKER_DEFAULTS.prefetch) },

  SHOP_NAME: {
    schema: matching(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, '1 to 40 lower-case letters, digits and inner hyphens'),
    default: 'shop',
  },
  SHOP_PRESET: { schema: oneOf(PRESET_NAMES) },
  SHOP_BASE_URL: { schema: shopBaseUrl },
  SHOP_ORDER_PATH: { schema: pathTemplate(['{reference}']), default: REST_SHOP_DEFAULTS.orderPath },
  SHOP_ORDERS_PATH: { schema: pathTemplate(['{references}'], ['{count}']), default: REST_SHOP_DEFAULTS.ordersPath },
  SHOP_BATCH_SIZE: { schema: wholeNumber(1, 1000), default: String(REST_SHOP_DEFAULTS.batchSize) },
  SHOP_CHANGES_PATH: {
    schema: pathTemplate(['{since}', '{page}']),
    default: REST_SHOP_DEFAULTS.changesPath,
  },
  SHOP_PLACED_PATH: {
    schema: pathTemplate(['{since}', '{page}']),
    default: REST_SHOP_DEFAULTS.placedPath,
  },
  SHOP_SHIPMENT_PATH: { schema: pathTemplate(['{reference}', '{shipmentId}']) },
  SHOP_TOKEN: shopSecret,
  SHOP_KEY: shopSecret,
  SHOP_SECRET: shopSecret,
  SHOP_USERNAME: shopSecret,
  SHOP_PASSWORD: shopSecret,
  SHOP_CONSUMER_KEY: shopSecret,
  SHOP_CONSUMER_SECRET: shopSecret,
  SHOP_ACCESS_TOKEN: shopSecret,
  SHOP_ACCESS_TOKEN_SECRET: shopSecret,
  SHOP_API_VERSION: { schema: matching(/^\d{4}-\d{2}$/, 'a version of the API such as 2026-10') },
  SHOP_AUTH_HEADER: {
    schema: headerName,
    default: REST_SHOP_DEFAULTS.authHeader,
    hidden: true,
  },
  SHOP_AUTH_SCHEME: {
    schema: matching(/^[A-Za-z][A-Za-z0-9._-]{0,30}$/, 'a word such as Bearer, or "none" to send the token alone'),
    default: REST_SHOP_DEFAULTS.authScheme,
    hidden: true,
  },
  SHOP_TIMEOUT_MS: { schema: milliseconds(600_000), default: String(REST_SHOP_DEFAULTS.timeoutMs) },
  SHOP_CONCURRENCY: { schema: wholeNumber(1, 1000), default: String(REST_SHOP_DEFAULTS.concurrency) },
  SHOP_REQUESTS_PER_SECOND: { schema: rate(10_000) },
  SHOP_MAX_RESPONSE_BYTES: {
    schema: wholeNumber(1024, 1024 ** 3, 'bytes as a whole number'),
    default: String(REST_SHOP_DEFAULTS.maxResponseBytes),
  },
  SHOP_ADAPTER: { schema: module },

  INTERNAL_SYSTEM_URL: { schema: databaseUrl, default: 'sqlite:data/internal.db', secret: true },
  INTERNAL_SYSTEM_SCHEMA: {
    schema: matching(/^[A-Za-z_]\w{0,62}$/, 'the name of a schema: up to 63 letters, digits and _, no digit first'),
  },
  INTERNAL_SYSTEM_TABLE_PREFIX: {
    // The longest name that gets it has 30 characters, and PostgreSQL takes 63.
    schema: matching(/^[a-z_][a-z0-9_]{0,29}$/, 'up to 30 lower-case letters, digits and _, no digit first'),
  },
  INTERNAL_SYSTEM: { schema: module },
  MAPPING: { schema: module },
  INTERNAL_SYSTEM_PRESET: { schema: oneOf(SINK_PRESET_NAMES) },
  INTERNAL_SYSTEM_HTTP_URL: { schema: endpointUrl },
  INTERNAL_SYSTEM_HTTP_SECRET: { schema: endpointSecret, secret: true },
  INTERNAL_SYSTEM_HTTP_TOKEN: { schema: endpointToken, secret: true },
  INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL: { schema: shipmentsUrl },
  INTERNAL_SYSTEM_HTTP_TIMEOUT_MS: { schema: endpointTimeout, default: String(DEFAULT_TIMEOUT_MS) },
  ERP_URL: { schema: oneLine('an address such as https://erp.example') },
  ERP_DATABASE: { schema: oneLine("the name of the ERP's database") },
  ERP_USER: { schema: oneLine('a user name') },
  ERP_PASSWORD: { schema: oneLine('a password'), secret: true },
  ERP_TOKEN: { schema: oneLine('a token'), secret: true },
  ERP_CUSTOMER: { schema: oneLine('the code of a customer'), default: 'WEB' },
  ERP_SHIPPING_SKU: { schema: article, default: 'SHIPPING' },
  ERP_DISCOUNT_SKU: { schema: article, default: 'DISCOUNT' },
  ERP_SURCHARGE_SKU: { schema: article, default: 'SURCHARGE' },
  ERP_UNKNOWN_SKU: { schema: article },
  ERP_REFERENCE_PREFIX: { schema: oneLine('a prefix such as web/') },
  ERP_COMPANY: { schema: oneLine('the name of a company') },
  ERP_WAREHOUSE: { schema: oneLine('the name of a warehouse') },
  ERP_TAX_ACCOUNT: { schema: oneLine('the name of an account') },
  ERP_TIMEOUT_MS: { schema: milliseconds(600_000) },
  ERP_CONCURRENCY: { schema: wholeNumber(1, 1000) },
  ERP_REQUESTS_PER_SECOND: { schema: rate(10_000) },
  ERP_MAX_RESPONSE_BYTES: { schema: wholeNumber(1024, 1024 ** 3, 'bytes as a whole number') },

  RETRY_DELAYS_MS: { schema: delays, default: '5000,30000,300000,1800000' },
  SHUTDOWN_TIMEOUT_MS: { schema: milliseconds(3_600_000), default: '30000' },

  ACK_MEMORY_FILE: { schema: file, default: 'data/acked.db' },

  REPORT_SHIPMENTS: { schema: trueOrFalse },
  SYNCED_EXCHANGE: { schema: exchangeName },

  RECONCILE_EVERY_MS: {
    schema: wholeNumber(0, MAX_PAUSE_MS, 'milliseconds as a whole number, 0 for never,'),
    default: '900000',
  },
  RECONCILE_DEEP_EVERY_MS: { schema: milliseconds(MAX_PAUSE_MS) },

  RETENTION_DAYS: { schema: wholeNumber(LEAST_RETENTION_DAYS, 36_500, 'days as a whole number') },

  WEBHOOK_PORT: { schema: port },
  WEBHOOK_HOST: { schema: host, default: '127.0.0.1' },
  WEBHOOK_PRESET: { schema: oneOf(WEBHOOK_PRESETS) },
  WEBHOOK_SECRET: { schema: webhookSecret, secret: true },
  WEBHOOK_OLD_SECRET: { schema: webhookSecret, secret: true },
  WEBHOOK_SIGNATURE_HEADER: { schema: headerName, hidden: true },
  WEBHOOK_TOKEN: { schema: matching(/^[\w-]{16,200}$/, '16 to 200 letters, digits, - or _'), secret: true },
  WEBHOOK_SPOOL: { schema: file, default: 'data/webhooks.db' },
  WEBHOOK_SPOOL_MAX: { schema: wholeNumber(1, 10_000_000), default: '100000' },

  ALERT_URL: { schema: alertUrls, secret: true },
  ALERT_LANGUAGE: { schema: oneOf(ALERT_LANGUAGES), default: 'en' },
  ALERT_OUTAGE_AFTER_MS: { schema: wholeNumber(0, MAX_PAUSE_MS, 'milliseconds as a whole number'), default: '300000' },
  ALERT_SILENCE: { schema: silence },

  LOG_LEVEL: { schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace']), default: 'info' },
  LOG_FILE: { schema: file },

  OPS_PORT: { schema: port },
  OPS_HOST: { schema: host, default: '127.0.0.1' },
  OPS_TOKEN: { schema: token, secret: true },
  OPS_VIEWER_TOKEN: { schema: token, secret: true },
  OPS_TOKENS_FILE: { schema: file },
  OPS_SESSION_SECRET: {
    schema: matching(/^[\x21-\x7e]{32,1000}$/, 'at least 32 visible ASCII characters without spaces'),
    secret: true,
  },
  OPS_TRUSTED_USER_HEADER: { schema: headerName },
  OPS_PROXY_SECRET: { schema: token, secret: true },
  OPS_OPERATORS: { schema: personNames },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** The variables that may come from a file: NAME_FILE. */
export const SECRETS: readonly VariableName[] = variableNames().filter((name) => variable(name).secret === true);

/** Every name that the environment may hold, including those of the secrets' files. */
export const KNOWN_NAMES: readonly string[] = [...variableNames(), ...SECRETS.map((name) => `${name}_FILE`)];

type ValueOf<V> = V extends { schema: infer Schema extends z.ZodType }
  ? V extends { default: string }
    ? z.output<Schema>
    : z.output<Schema> | undefined
  : never;

/** Name → typed value. */
export type Values = { readonly [Name in VariableName]: ValueOf<(typeof VARIABLES)[Name]> };

export function variableNames(): readonly VariableName[] {
  return Object.keys(VARIABLES) as VariableName[];
}

export function variable(name: VariableName): Variable {
  return VARIABLES[name];
}
