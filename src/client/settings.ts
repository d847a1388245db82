import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { isLoopback } from '../settings/loopback.ts';
import { problem, shown } from '../settings/problems.ts';
import { readSecret, type Secret } from '../settings/secret.ts';
import { httpUrl, matching, milliseconds, rate, text, wholeNumber } from '../settings/values.ts';
import { HTTP_LIMITS, type HttpLimits } from './json-http.ts';

const secretText = matching(/^[\x20-\x7e]+$/, 'visible ASCII characters on one line');

/**
 * An adapter's settings, from the environment. Without a fallback, a setting is required. Problems are collected, so that a
 * person sees all of them at once; until then a setting with a problem reads as ''.
 */
export class Settings {
  readonly #env: Environment;
  readonly #prefix: string;
  readonly #problems: string[] = [];

  /** @param prefix that the names of its limits begin with: SHOP_TIMEOUT_MS … */
  constructor(env: Environment, prefix: 'SHOP' | 'ERP') {
    this.#env = env;
    this.#prefix = prefix;
  }

  /**
   * An address such as https://example.com/api, without a slash at its end.
   *
   * @param path added to it, unless it ends in that already
   * @param onlyHttps for a server that refuses credentials over http, other than on this machine
   */
  url(name: string, { path = '', onlyHttps = false }: { path?: string; onlyHttps?: boolean } = {}): string {
    const url = this.#read(
      name,
      httpUrl(`an address such as https://${this.#prefix.toLowerCase()}.example, without user, password and query`),
      '',
    );
    if (onlyHttps && url.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
      this.problem(problem(name, 'found an http:// address', 'https://, as credentials are refused without it'));
    }
    return url.endsWith(path) ? url : url + path;
  }

  text(name: string): string;
  text<Fallback>(name: string, fallback: Fallback): string | Fallback;
  text(name: string, ...fallback: unknown[]): unknown {
    return this.#read(name, text('text on one line'), '', ...fallback);
  }

  oneOf<const Value extends string>(name: string, values: readonly [Value, ...Value[]], fallback?: Value): Value {
    const schema = z.enum(values, `one of ${values.join(', ')}`);
    return this.#read(name, schema, values[0], ...(fallback === undefined ? [] : [fallback]));
  }

  /** A whole number. */
  number(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    return this.#read(name, wholeNumber(min, max), fallback, fallback);
  }

  /** From NAME, or from the file that NAME_FILE names. It is read again when it is refused. */
  secret(name: string): Secret;
  secret<Fallback>(name: string, fallback: Fallback): Secret | Fallback;
  secret(name: string, ...fallback: unknown[]): unknown {
    const isGiven = isSet(this.#env, `${name}_FILE`) || isSet(this.#env, name);
    if (!isGiven && fallback.length > 0) return fallback[0];
    const secret = isGiven ? readSecret(this.#env, name, this.#problems) : undefined;
    if (!isGiven) this.problem(problem(name, 'not set', `the secret, or the path of its file in ${name}_FILE`));
    if (secret !== undefined && !secretText.safeParse(secret.value).success) {
      this.problem(problem(name, 'found a value that is not shown here', 'visible ASCII characters on one line'));
    }
    return secret ?? { name, value: '', reread: () => false };
  }

  /** How much may be asked for: `<prefix>_TIMEOUT_MS`, `_CONCURRENCY`, `_REQUESTS_PER_SECOND`, `_MAX_RESPONSE_BYTES`. */
  limits(defaults: Partial<HttpLimits> = {}): HttpLimits {
    const given = { ...HTTP_LIMITS, ...defaults };
    const name = (limit: string) => `${this.#prefix}_${limit}`;
    return {
      timeoutMs: this.#read(name('TIMEOUT_MS'), milliseconds(600_000), 0, given.timeoutMs),
      concurrency: this.#read(name('CONCURRENCY'), wholeNumber(1, 1000), 0, given.concurrency),
      requestsPerSecond: this.#read(name('REQUESTS_PER_SECOND'), rate(10_000), 0, given.requestsPerSecond),
      maxResponseBytes: this.#read(name('MAX_RESPONSE_BYTES'), wholeNumber(1024, 1024 ** 3), 0, given.maxResponseBytes),
    };
  }

  /** One more thing that is wrong: a sentence that names the setting and says what to do. */
  problem(sentence: string): void {
    this.#problems.push(sentence);
  }

  /** @throws ConfigError with every problem so far */
  assertUsable(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #read<T, Fallback = never>(
    name: string,
    schema: z.ZodType<T, string>,
    unusable: T,
    ...fallback: Fallback[]
  ): T | Fallback {
    const found = this.#env[name]?.trim() ?? '';
    if (found === '') {
      const [byDefault] = fallback;
      if (fallback.length > 0) return byDefault as Fallback;
      this.problem(problem(name, 'not set', schema.safeParse('').error?.issues[0]?.message ?? 'a value'));
      return unusable;
    }
    const parsed = schema.safeParse(found);
    if (parsed.success) return parsed.data;
    this.problem(problem(name, `found ${shown(found)}`, parsed.error.issues[0]?.message ?? 'another value'));
    return unusable;
  }
}
