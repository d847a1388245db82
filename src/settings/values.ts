import { z } from 'zod';

/**
 * Kinds of value that any setting can have: text from the environment → typed value. Each kind's message completes the sentence
 * "expected …".
 */

/** One line of text that is not empty, of at most `maxBytes` as UTF-8. */
export function text(expected: string, maxBytes = 1000) {
  return z.string().refine((value) => isOneLine(value) && Buffer.byteLength(value) <= maxBytes, expected);
}

export function isOneLine(value: string): boolean {
  return value !== '' && !/\p{Cc}/u.test(value);
}

export function matching(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected);
}

export function wholeNumber(min: number, max: number, what = 'a whole number') {
  const expected = `${what} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

export function milliseconds(max: number) {
  return wholeNumber(1, max, 'milliseconds as a whole number');
}

/** Above zero, decimals allowed. */
export function rate(max: number) {
  const expected = `a number above 0 and up to ${max}, such as 2 or 0.5`;
  return z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,6})?$/, expected)
    .transform(Number)
    .refine((value) => value > 0 && value <= max, expected);
}

export const trueOrFalse = z.enum(['true', 'false'], '"true" or "false"').transform((value) => value === 'true');

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

/** Without a trailing slash, so that paths can be appended. */
export function httpUrl(expected: string) {
  return z
    .string()
    .refine((value) => {
      const url = parseUrl(value, ['http:', 'https:']);
      return url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === '';
    }, expected)
    .transform((value) => value.replace(/\/+$/, ''));
}

export function parseUrl(value: string, protocols: readonly string[]): URL | undefined {
  if (!isOneLine(value) || !/^[a-z]+:\/\//.test(value) || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return protocols.includes(url.protocol) ? url : undefined;
}
