import type { Logger } from 'pino';
import { retryUntilAvailable } from './adapters/retry-until-available.ts';
import type { Dependency, SyncError } from './errors.ts';

/** What is waited for at the start, and whose outage that is. */
const AWAITED = {
  shop: 'shop',
  'internal system': 'internal-system',
  ERP: 'internal-system',
} as const satisfies Record<string, Dependency>;

/** A dependency that is away when the daemon starts is waited for, however long. */
export class Awaiting {
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  #now: { readonly dependency: Dependency; readonly error: SyncError; readonly since: Date } | undefined;

  constructor(logger: Logger, stopping: AbortSignal) {
    this.#logger = logger;
    this.#stopping = stopping;
  }

  /** What is waited for at this moment. */
  get now(): { readonly dependency: Dependency; readonly error: SyncError; readonly since: Date } | undefined {
    return this.#now;
  }

  /** @throws whatever `start` does, unless waiting helps */
  async until<T>(name: keyof typeof AWAITED, start: () => Promise<T>): Promise<T> {
    const since = new Date();
    const started = await retryUntilAvailable(start, this.#stopping, (error, delayMs) => {
      this.#now = { dependency: AWAITED[name], error, since };
      this.#logger.warn(
        { error: error.message, reason: error.reason, delayMs },
        `the ${name} is not ready; trying again`,
      );
    });
    this.#now = undefined;
    return started;
  }
}
