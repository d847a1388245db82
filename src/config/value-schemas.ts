import { z } from 'zod';
import { type AlertAddress, parseAddresses } from '../alerts/targets/address.ts';
import { HOSTS_EXPECTED } from '../broker/endpoint.ts';
import { parseAmqpUrl } from '../broker/hosts/amqp-url.ts';
import { isHost, mistakeIn, parseHosts } from '../broker/hosts/host-list.ts';
import { isExchangeType, QUEUE_TYPES } from '../broker/options.ts';
import { BUILT_IN_EXCHANGES, builtInType, EXCHANGE_TYPES } from '../broker/routing.ts';
import { urlPerHost } from '../settings/host-list.ts';
import { httpUrl, isOneLine, parseUrl, text } from '../settings/values.ts';
import { isPublicKey } from '../webhooks/signature.ts';

/** The kinds of value that only our own variables have; the others are in settings/values.ts. */

/** A name of a queue; those that start with `amq.` belong to the broker. */
export function queueName(maxBytes: number) {
  const expected = `a name of at most ${maxBytes} bytes that does not start with "amq."`;
  return text(expected, maxBytes).refine((value) => !value.startsWith('amq.'), expected);
}

const EXCHANGE_EXPECTED = `a name of at most 255 bytes, or one of ${BUILT_IN_EXCHANGES.join(', ')}`;

/** Of those that start with `amq.`, only some exist. */
export const exchangeName = text(EXCHANGE_EXPECTED, 255).refine(
  (value) => !value.startsWith('amq.') || builtInType(value) !== undefined,
  EXCHANGE_EXPECTED,
);

const KEYS_EXPECTED =
  'routing keys of at most 255 bytes, separated by single commas, such as order.paid,order.cancelled';

export const routingKeys = text(KEYS_EXPECTED, 10_000)
  .transform((list) => list.split(',').map((key) => key.trim()))
  .refine((keys) => keys.every((key) => key !== '' && Buffer.byteLength(key) <= 255), KEYS_EXPECTED);

export const exchangeType = z
  .string()
  .refine(isExchangeType, `one of ${EXCHANGE_TYPES.join(', ')}, or a plugin's type such as x-consistent-hash`);

/** A stream would be found in a list of queue types, and is the one that cannot be worked on. */
export const queueType = z.enum(QUEUE_TYPES, {
  error: ({ input }) =>
    input === 'stream'
      ? `one of ${QUEUE_TYPES.join(', ')}: a stream does not keep track of what was processed`
      : `one of ${QUEUE_TYPES.join(', ')}`,
});

const MAX_DELAYS = 10;
const MAX_DELAY_MS = 7 * 24 * 60 * 60 * 1000;

/** A comma-separated list of milliseconds, none shorter than the one before. */
export const delays = z
  .string()
  .regex(/^\s*\d{1,12}\s*(?:,\s*\d{1,12}\s*)*$/, delaysExpected())
  .transform((list) => list.split(',').map(Number))
  .refine(
    (list) =>
      list.length <= MAX_DELAYS &&
      list.every((delay, index) => delay >= 1 && delay <= MAX_DELAY_MS && delay >= (list[index - 1] ?? 0)),
    delaysExpected(),
  );

function delaysExpected(): string {
  return `1 to ${MAX_DELAYS} delays in milliseconds, none shorter than the one before and none above ${MAX_DELAY_MS} (a week), such as 5000,30000,300000`;
}

/** The key of an HMAC, or a public key. */
export const webhookSecret = z
  .string()
  .refine((value) => value.trim().length >= 8, 'at least 8 characters')
  .refine(
    (value) => (value.includes('-----BEGIN') ? isPublicKey(value) : isOneLine(value)),
    'one line, or a public key (PEM) with "-----BEGIN PUBLIC KEY-----"',
  );

export const host = z.string().refine(isHost, 'a host name or an IP address alone, without scheme and port');

/** With or without blanks behind the commas. */
export const brokerHosts = z
  .string()
  .transform((list) => list.split(',').map((item) => item.trim()))
  .superRefine((hosts, { addIssue }) => {
    const problem = mistakeIn(() => parseHosts(hosts, HOSTS_EXPECTED));
    if (problem !== undefined) addIssue(problem);
  });

export const amqpUrl = z.string().superRefine((url, { addIssue }) => {
  const problem = mistakeIn(() => parseAmqpUrl(url));
  if (problem !== undefined) addIssue(problem);
});

/** Where alerts go. */
export const alertUrls = z.string().transform((list, context): readonly AlertAddress[] => {
  const addresses = parseAddresses(list);
  if (typeof addresses !== 'string') return addresses;
  context.addIssue(addresses);
  return z.NEVER;
});

const SERVER_SCHEMES = ['postgres:', 'postgresql:', 'mysql:', 'mariadb:'];

export const databaseUrl = z.string().refine((value) => {
  if (/^sqlite:./.test(value)) return isOneLine(value);
  return urlPerHost(value).every((one) => {
    const url = parseUrl(one, SERVER_SCHEMES);
    // An unencoded "#" would silently cut off the rest of a password.
    return url !== undefined && url.hash === '' && [url.username, url.password, url.pathname].every(isPercentEncoded);
  });
}, 'sqlite:path/to/file.db, postgres://user:password@host/database or mysql://user:password@host/database (several hosts: host1,host2:5433), special characters percent-encoded');

export const shopBaseUrl = httpUrl(
  'https://shop.example or https://shop.example/api, without user, password and query (a token goes into SHOP_TOKEN)',
);

export const managementUrl = httpUrl(
  'http://rabbitmq.example:15672 or https://rabbitmq.example:15671, without user and password (they are those of the broker)',
);

function isPercentEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** A path below the shop's address that holds each of `required`, and of other placeholders only the `optional` ones. */
export function pathTemplate(required: readonly string[], optional: readonly string[] = []) {
  const also = optional.length === 0 ? '' : ` and, if wanted, ${optional.join(', ')}`;
  const expected = `a path that starts with "/" and holds ${required.join(' and ')}${also}`;
  return z.string().refine((value) => {
    const placeholders: readonly string[] = value.match(/\{[^}]*\}/g) ?? [];
    return (
      /^\/[^\s#]*$/.test(value) &&
      required.every((placeholder) => placeholders.includes(placeholder)) &&
      placeholders.every((placeholder) => [...required, ...optional].includes(placeholder))
    );
  }, expected);
}
