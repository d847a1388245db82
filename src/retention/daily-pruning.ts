import type { Logger } from 'pino';
import { repeat } from '../async/repeat.ts';
import { ConfigError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { prune } from './prune.ts';

const DAY_MS = 24 * 3_600_000;
/** Pruning a few minutes late does no harm. */
const LOOK_EVERY_MS = 600_000;

export interface DailyPruningOptions {
  readonly internalSystem: Pick<InternalSystem, 'retention' | 'reconciliation'>;
  readonly retentionDays: number;
  /** True during an outage. */
  readonly isPaused: () => boolean;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** @defaultValue 10 min */
  readonly lookEveryMs?: number;
}

/** RETENTION_DAYS: deletes what is older, once a day among all daemons. */
export class DailyPruning {
  readonly #options: DailyPruningOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @throws ConfigError if the internal system can't */
  constructor(options: DailyPruningOptions) {
    const { retention, reconciliation } = options.internalSystem;
    if (retention === undefined || reconciliation === undefined)
      throw new ConfigError(['RETENTION_DAYS is set, but the module in INTERNAL_SYSTEM has no "retention".']);
    this.#options = options;
  }

  start(): void {
    const { lookEveryMs = LOOK_EVERY_MS, logger } = this.#options;
    this.#running = repeat(
      lookEveryMs,
      this.#stopping.signal,
      () => this.#pruneIfDue(),
      (error) =>
        logger.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'pruning failed; it goes on later',
        ),
    );
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #pruneIfDue(): Promise<void> {
    const { internalSystem, retentionDays, isPaused, logger } = this.#options;
    const { retention, reconciliation: store } = internalSystem;
    if (retention === undefined || store === undefined || isPaused()) return;
    const { signal } = this.#stopping;
    const before = new Date(Date.now() - retentionDays * DAY_MS);
    const counts = await prune({
      retention,
      store,
      before,
      signal,
      isDue: ({ begunAt, lastRun }, now) =>
        lastRun?.startedAt !== begunAt || begunAt === null || Date.parse(now) - Date.parse(begunAt) >= DAY_MS,
    });
    if (counts === undefined) return;
    const { pruned, kept, ledgerRows } = counts;
    logger.info({ pruned, kept, ledgerRows, before: before.toISOString() }, summary(pruned, retentionDays));
  }
}

function summary(pruned: number, days: number): string {
  return `pruned: ${pruned} ${pruned === 1 ? 'order' : 'orders'} deleted that changed last more than ${days} days ago`;
}
