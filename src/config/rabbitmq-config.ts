import { createSecureContext } from 'node:tls';
import { HOSTS_EXPECTED } from '../broker/endpoint.ts';
import { defaultPort } from '../broker/hosts/amqp-url.ts';
import { mistakeIn, parseHosts, withPorts } from '../broker/hosts/host-list.ts';
import { BROKER_DEFAULTS, type DeclareMode, type QueueType } from '../broker/options.ts';
import { builtInType, DEFAULT_EXCHANGE, type ExchangeType, routingMistakes } from '../broker/routing.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { problem, shown } from '../settings/problems.ts';
import { readText } from '../settings/text-file.ts';
import { isGiven, rereadable, type Secret } from './secrets.ts';
import type { Values, VariableName } from './variables.ts';

/** The options of the RabbitMQ class. */
export type RabbitMQConfig = BrokerAddress & {
  /** PEM texts. Present, even if empty, when RABBITMQ_TLS or one of the files asks for TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly exchange: string;
  readonly exchangeType: ExchangeType;
  readonly queue: string;
  /** Undefined where the exchange looks at none. */
  readonly routingKey?: readonly string[];
  readonly declare: DeclareMode;
  readonly queueType: QueueType;
  /** Unacknowledged deliveries at a time. */
  readonly prefetch: number;
};

export type BrokerAddress =
  | { readonly url: Secret }
  | {
      /** Each with a port of its own or without. */
      readonly hosts: readonly string[];
      readonly port?: number;
      readonly username: string;
      readonly password: Secret;
      readonly vhost: string;
    };

const PARTS = [
  'RABBITMQ_HOST',
  'RABBITMQ_PORT',
  'RABBITMQ_USERNAME',
  'RABBITMQ_PASSWORD',
  'RABBITMQ_VHOST',
  'RABBITMQ_TLS',
] as const satisfies readonly VariableName[];
const REQUIRED_PARTS = ['RABBITMQ_HOST', 'RABBITMQ_USERNAME', 'RABBITMQ_PASSWORD'] as const;
const PEM_FILES = [
  ['ca', 'RABBITMQ_CA_FILE', 'CERTIFICATE'],
  ['cert', 'RABBITMQ_CERT_FILE', 'CERTIFICATE'],
  ['key', 'RABBITMQ_KEY_FILE', 'PRIVATE KEY'],
] as const;

/** @returns usable only if no problem was added */
export function rabbitmqConfig(env: Environment, values: Values, problems: string[]): RabbitMQConfig {
  checkAddress(env, problems);
  const tls = tlsConfig(env, values, problems);
  checkPorts(values, tls !== undefined, problems);
  return {
    ...address(env, values),
    ...(tls === undefined ? {} : { tls }),
    ...routingConfig(env, values, problems),
    declare: values.RABBITMQ_DECLARE,
    queueType: values.RABBITMQ_QUEUE_TYPE,
    prefetch: values.RABBITMQ_PREFETCH,
  };
}

function checkAddress(env: Environment, problems: string[]): void {
  const given = PARTS.filter((name) => isGiven(env, name));
  if (isGiven(env, 'RABBITMQ_URL')) {
    for (const name of given) problems.push(problem(name, 'RABBITMQ_URL is set as well', 'only one of the two'));
    return;
  }
  const missing = REQUIRED_PARTS.filter((name) => !given.includes(name));
  if (missing.length === REQUIRED_PARTS.length) {
    const expected =
      'amqp://user:password@host:5672, or RABBITMQ_HOST, RABBITMQ_USERNAME and RABBITMQ_PASSWORD instead';
    problems.push(problem('RABBITMQ_URL', 'not set', expected));
    return;
  }
  for (const name of missing) {
    const present = REQUIRED_PARTS.filter((part) => given.includes(part)).join(' and ');
    problems.push(problem(name, 'not set', `a value, because ${present} ${present.includes(' ') ? 'are' : 'is'} set`));
  }
}

/** A port may be given once per host, and each host once. */
function checkPorts({ RABBITMQ_HOST: hosts, RABBITMQ_PORT: port }: Values, isTls: boolean, problems: string[]): void {
  if (hosts === undefined) return;
  const listed = parseHosts(hosts, HOSTS_EXPECTED);
  if (port !== undefined && listed.some((host) => host.port !== undefined))
    problems.push(problem('RABBITMQ_PORT', 'RABBITMQ_HOST has a port as well', 'only one of the two'));
  const mistake = mistakeIn(() => withPorts(listed, port ?? defaultPort(isTls), HOSTS_EXPECTED));
  if (mistake !== undefined) problems.push(problem('RABBITMQ_HOST', `found ${shown(hosts.join(','))}`, mistake));
}

function address(env: Environment, values: Values): BrokerAddress {
  if (values.RABBITMQ_URL !== undefined) return { url: rereadable(env, 'RABBITMQ_URL', values.RABBITMQ_URL) };
  return {
    hosts: values.RABBITMQ_HOST ?? [],
    ...(values.RABBITMQ_PORT === undefined ? {} : { port: values.RABBITMQ_PORT }),
    username: values.RABBITMQ_USERNAME ?? '',
    password: rereadable(env, 'RABBITMQ_PASSWORD', values.RABBITMQ_PASSWORD ?? ''),
    vhost: values.RABBITMQ_VHOST ?? BROKER_DEFAULTS.vhost,
  };
}

/** A built-in exchange has its own type, and not every exchange looks at routing keys: then the defaults do not apply. */
function routingConfig(
  env: Environment,
  values: Values,
  problems: string[],
): Pick<RabbitMQConfig, 'exchange' | 'exchangeType' | 'queue' | 'routingKey'> {
  const { RABBITMQ_EXCHANGE: exchange, RABBITMQ_QUEUE: queue, RABBITMQ_EXCHANGE_TYPE: givenType } = values;
  const exchangeType = isSet(env, 'RABBITMQ_EXCHANGE_TYPE') ? givenType : (builtInType(exchange) ?? givenType);
  const takesKeys = exchange !== DEFAULT_EXCHANGE && exchangeType !== 'fanout' && exchangeType !== 'headers';
  const routingKeys = takesKeys || isSet(env, 'RABBITMQ_ROUTING_KEY') ? values.RABBITMQ_ROUTING_KEY : [];
  // What is passive is bound by others.
  if (values.RABBITMQ_DECLARE === 'active') {
    for (const { about, found, expected } of routingMistakes({ exchange, exchangeType, queue, routingKeys })) {
      const name = about === 'routingKey' ? 'RABBITMQ_ROUTING_KEY' : 'RABBITMQ_EXCHANGE_TYPE';
      problems.push(problem(name, found, expected));
    }
  }
  return { exchange, exchangeType, queue, ...(routingKeys.length === 0 ? {} : { routingKey: routingKeys }) };
}

function tlsConfig(env: Environment, values: Values, problems: string[]): RabbitMQConfig['tls'] | undefined {
  const files = PEM_FILES.map(([, name]) => name).filter((name) => isSet(env, name));
  const hasTls = values.RABBITMQ_TLS === true || (values.RABBITMQ_URL?.startsWith('amqps:') ?? false);
  if (!hasTls) {
    const remedy = 'TLS: RABBITMQ_TLS=true, or a RABBITMQ_URL that starts with amqps://';
    for (const name of files) problems.push(problem(name, 'set for a connection without TLS', remedy));
    return undefined;
  }
  const { RABBITMQ_CERT_FILE: certFile, RABBITMQ_KEY_FILE: keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const missing = certFile === undefined ? 'RABBITMQ_CERT_FILE' : 'RABBITMQ_KEY_FILE';
    problems.push(problem(missing, 'not set', 'the other half of the client certificate: certificate and key'));
  }
  // An amqps:// address needs nothing more for TLS.
  if (values.RABBITMQ_URL !== undefined && files.length === 0) return undefined;
  return pemTexts(values, problems);
}

function pemTexts(values: Values, problems: string[]): NonNullable<RabbitMQConfig['tls']> {
  const texts: { ca?: string; cert?: string; key?: string } = {};
  for (const [field, name, kind] of PEM_FILES) {
    const path = values[name];
    const content = path === undefined ? undefined : readText(name, path, problems);
    if (path === undefined || content === undefined) continue;
    if (!new RegExp(`-----BEGIN (?:RSA |EC )?${kind}-----`).test(content)) {
      problems.push(problem(name, `the file ${shown(path)} holds none`, `PEM text with "-----BEGIN ${kind}-----"`));
      continue;
    }
    texts[field] = content;
  }
  checkUsable(texts, problems);
  return texts;
}

/** A damaged certificate, or a key of another certificate, would otherwise look like a broker that is away. */
function checkUsable(texts: { ca?: string; cert?: string; key?: string }, problems: string[]): void {
  try {
    createSecureContext(texts);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const names = PEM_FILES.filter(([field]) => texts[field] !== undefined).map(([, name]) => name);
    problems.push(
      problem(names.join(', '), `cannot be used together (${code})`, 'a certificate and the key it belongs to'),
    );
  }
}
