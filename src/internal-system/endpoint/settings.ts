import { ConfigError } from '../../errors.ts';
import { type Environment, isSet } from '../../settings/environment.ts';
import { isLoopback } from '../../settings/loopback.ts';
import { problem, shown } from '../../settings/problems.ts';
import { milliseconds } from '../../settings/values.ts';
import { addressOf } from './message.ts';
import { SECRET_FORM, secretKey } from './signature.ts';

export interface HttpSettings {
  /** With `{orderNumber}` or `{shopOrderId}`, or neither. */
  readonly url: string;
  /** The secret as it is now: one from a file may have been rotated. Undefined: nothing is signed. */
  readonly key: () => Buffer | undefined;
  readonly token: () => string | undefined;
  /** For one request. A request that was cut off may take effect for as long again. */
  readonly timeoutMs: number;
  readonly warnings: readonly string[];
}

const URL_NAME = 'INTERNAL_SYSTEM_HTTP_URL';
const SECRET_NAME = 'INTERNAL_SYSTEM_HTTP_SECRET';
const TOKEN_NAME = 'INTERNAL_SYSTEM_HTTP_TOKEN';
const TIMEOUT_NAME = 'INTERNAL_SYSTEM_HTTP_TIMEOUT_MS';

export const DEFAULT_TIMEOUT_MS = 30_000;
const timeout = milliseconds(600_000);

/** @throws ConfigError with every problem */
export function httpSettings(env: Environment): HttpSettings {
  const url = env[URL_NAME]?.trim() ?? '';
  const timeoutText = isSet(env, TIMEOUT_NAME) ? (env[TIMEOUT_NAME] ?? '').trim() : String(DEFAULT_TIMEOUT_MS);
  const timeoutMs = timeout.safeParse(timeoutText);
  const problems = [...urlProblems(url), ...credentialProblems(env), ...timeoutProblems(timeoutText, timeoutMs.error)];
  if (problems.length > 0) throw new ConfigError(problems);
  const isOpen = url.startsWith('http:') && !isLoopback(new URL(url).hostname);
  return {
    url,
    key: () => secretKey(env[SECRET_NAME] ?? ''),
    token: () => (isSet(env, TOKEN_NAME) ? env[TOKEN_NAME] : undefined),
    timeoutMs: timeoutMs.data ?? DEFAULT_TIMEOUT_MS,
    warnings: isOpen ? [`${URL_NAME}: http:// sends orders and credentials unencrypted; use https://.`] : [],
  };
}

function timeoutProblems(found: string, error: { issues: readonly { message: string }[] } | undefined): string[] {
  return error === undefined ? [] : [problem(TIMEOUT_NAME, `found ${shown(found)}`, error.issues[0]?.message ?? '')];
}

const SAMPLE = { orderNumber: '1', shopOrderId: '1' };

function urlProblems(url: string): string[] {
  const expected =
    'an address such as https://erp.example/orders, without user and password; {shopOrderId} and {orderNumber} may stand in its path or query';
  if (url === '') return [problem(URL_NAME, 'not set', expected)];
  const parsed = /^https?:\/\/[^{}]+(?:[/?]|$)/.test(url) && URL.canParse(url) ? addressOf(url, SAMPLE) : undefined;
  const isUsable = parsed !== undefined && `${parsed.username}${parsed.password}${parsed.hash}` === '';
  return isUsable && !/[{}]|%7[bd]/i.test(parsed.href) ? [] : [problem(URL_NAME, `found ${shown(url)}`, expected)];
}

function credentialProblems(env: Environment): string[] {
  if (!isSet(env, SECRET_NAME) && !isSet(env, TOKEN_NAME)) {
    return [
      problem(SECRET_NAME, 'not set', `${SECRET_FORM} (or ${TOKEN_NAME}, for an endpoint that checks no signature)`),
    ];
  }
  const hidden = 'found a value that is not shown here';
  const isUnsigned = !isSet(env, SECRET_NAME) || secretKey(env[SECRET_NAME] ?? '') !== undefined;
  const isPlain = !isSet(env, TOKEN_NAME) || /^[\x21-\x7e]+$/.test(env[TOKEN_NAME] ?? '');
  return [
    ...(isUnsigned ? [] : [problem(SECRET_NAME, hidden, SECRET_FORM)]),
    ...(isPlain ? [] : [problem(TOKEN_NAME, hidden, 'visible ASCII characters without spaces')]),
  ];
}
