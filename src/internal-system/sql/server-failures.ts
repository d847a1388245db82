import { ConfigError, isRefusal, SyncError } from '../../errors.ts';

/** None of several servers lent a connection. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
  /** One for each server. */
  readonly failures: readonly unknown[];

  constructor(failures: readonly unknown[]) {
    super(`None of ${failures.length} servers lent a connection.`);
    this.failures = failures;
  }
}

/** For `tlsProblem`. */
export const DATABASE_TLS = { ca: 'sslrootcert=… in INTERNAL_SYSTEM_URL', withoutTls: 'sslmode=disable' };

const places = new WeakMap<object, string>();

/** Notes at which server this went wrong: the drivers' errors do not say so, and stay as they are. */
export function failedAt(server: string, error: unknown): void {
  if (typeof error === 'object' && error !== null) places.set(error, server);
}

/** ` at host:port`, to follow the name of the database; nothing where the server is unknown. */
export function placeOf(error: unknown): string {
  const server = typeof error === 'object' && error !== null ? places.get(error) : undefined;
  return server === undefined ? '' : ` at ${server}`;
}

/**
 * What it means that no server lent a connection. It is a configuration error only if each of them says so: a server that is
 * down may be the one that works.
 *
 * @param meaningOf what one failure means
 */
export function summedUp({ failures }: NoServerError, meaningOf: (error: unknown) => unknown): unknown {
  const meanings = failures.map(meaningOf);
  const known = meanings.filter((meaning) => meaning instanceof SyncError || meaning instanceof ConfigError);
  if (known.length < meanings.length) return meanings.find((meaning) => !known.some((one) => one === meaning));
  const mistakes = known.filter((meaning) => meaning instanceof ConfigError);
  if (mistakes.length === known.length) return new ConfigError(mistakes.flatMap(({ problems }) => problems));
  const isRefused = known.every((meaning) => meaning instanceof ConfigError || isRefusal(meaning.reason));
  const reason = isRefused ? 'internal_system_refused_credentials' : 'internal_system_unavailable';
  return new SyncError(reason, known.map(({ message }) => message).join(' '));
}
