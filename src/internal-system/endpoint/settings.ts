import { z } from 'zod';
import { SECRET_FORM, secretKey } from '../../client/standard-webhooks.ts';
import { ConfigError } from '../../errors.ts';
import { type Environment, isSet } from '../../settings/environment.ts';
import { isLoopback } from '../../settings/loopback.ts';
import { problem, shown } from '../../settings/problems.ts';
import { matching, milliseconds } from '../../settings/values.ts';
import { addressOf } from './message.ts';

export interface HttpSettings {
  /** With `{orderNumber}` or `{shopOrderId}`, or neither. */
  readonly url: string;
  /** The secret as it is now: one from a file may have been rotated. Undefined: nothing is signed. */
  readonly key: () => Buffer | undefined;
  readonly token: () => string | undefined;
  /** For one request. A request that was cut off may take effect for as long again. */
  readonly timeoutMs: number;
  /** Where shipments are listed; undefined: nowhere. */
  readonly shipmentsUrl: string | undefined;
  readonly warnings: readonly string[];
}

const URL_NAME = 'INTERNAL_SYSTEM_HTTP_URL';
const SHIPMENTS_NAME = 'INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL';
const SECRET_NAME = 'INTERNAL_SYSTEM_HTTP_SECRET';
const TOKEN_NAME = 'INTERNAL_SYSTEM_HTTP_TOKEN';
const TIMEOUT_NAME = 'INTERNAL_SYSTEM_HTTP_TIMEOUT_MS';

export const endpointUrl = z
  .string()
  .refine(
    isAddress,
    'an address such as https://erp.example/orders, without user and password; {shopOrderId} and {orderNumber} may stand in its path or query',
  );
export const shipmentsUrl = z
  .string()
  .refine((value) => isAddress(value) && !value.includes('{'), 'an address such as https://erp.example/shipments');
export const endpointSecret = z.string().refine((value) => secretKey(value) !== undefined, SECRET_FORM);
export const endpointToken = matching(/^[\x21-\x7e]+$/, 'visible ASCII characters without spaces');
export const endpointTimeout = milliseconds(600_000);
export const DEFAULT_TIMEOUT_MS = 30_000;

/** @throws ConfigError with every problem */
export function httpSettings(env: Environment): HttpSettings {
  const problems: string[] = [];
  const url = read(env, URL_NAME, endpointUrl, problems) ?? '';
  const shipments = read(env, SHIPMENTS_NAME, shipmentsUrl, problems);
  let key = secretKey(read(env, SECRET_NAME, endpointSecret, problems) ?? '');
  const token = read(env, TOKEN_NAME, endpointToken, problems);
  const timeoutMs = read(env, TIMEOUT_NAME, endpointTimeout, problems) ?? DEFAULT_TIMEOUT_MS;
  if (!isSet(env, URL_NAME)) problems.push(problem(URL_NAME, 'not set', messageOf(endpointUrl)));
  if (!isSet(env, SECRET_NAME) && !isSet(env, TOKEN_NAME)) {
    const expected = `${SECRET_FORM} (or ${TOKEN_NAME}, for an endpoint that checks no signature)`;
    problems.push(problem(SECRET_NAME, 'not set', expected));
  }
  if (shipments !== undefined && url !== '' && new URL(shipments).origin !== new URL(url).origin) {
    problems.push(problem(SHIPMENTS_NAME, `another server than ${URL_NAME}`, 'an address on the same one'));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const isOpen = url.startsWith('http:') && !isLoopback(new URL(url).hostname);
  return {
    url,
    timeoutMs,
    shipmentsUrl: shipments,
    // While somebody rotates it, what can't be used is passed over: nothing is ever sent unsigned instead.
    key: () => {
      key = secretKey(env[SECRET_NAME] ?? '') ?? key;
      return key;
    },
    token: () => (token === undefined ? undefined : (env[TOKEN_NAME] ?? token)),
    warnings: isOpen ? [`${URL_NAME}: http:// sends orders and credentials unencrypted; use https://.`] : [],
  };
}

function read<T>(env: Environment, name: string, schema: z.ZodType<T, string>, problems: string[]): T | undefined {
  if (!isSet(env, name)) return undefined;
  const found = (env[name] ?? '').trim();
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  const isSecret = name === SECRET_NAME || name === TOKEN_NAME;
  const what = isSecret ? 'found a value that is not shown here' : `found ${shown(found)}`;
  problems.push(problem(name, what, parsed.error.issues[0]?.message ?? 'another value'));
  return undefined;
}

function messageOf(schema: z.ZodType<unknown, string>): string {
  return schema.safeParse('').error?.issues[0]?.message ?? '';
}

const SAMPLE = { orderNumber: '1', shopOrderId: '1' };

function isAddress(url: string): boolean {
  const parsed = /^https?:\/\/[^{}]+(?:[/?]|$)/.test(url) && URL.canParse(url) ? addressOf(url, SAMPLE) : undefined;
  if (parsed === undefined || `${parsed.username}${parsed.password}${parsed.hash}` !== '') return false;
  return !/[{}]|%7[bd]/i.test(parsed.href);
}
