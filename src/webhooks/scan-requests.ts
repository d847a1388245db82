import type { Logger } from 'pino';
import type { Spool } from './spool.ts';

/** `later`: the shop, the internal system or another scan stands in the way at present. */
export type ScanOutcome = 'done' | 'later' | { readonly impossible: string };

export interface ScanRequestsOptions {
  readonly spool: Spool;
  /** Scans the shop's changes, and publishes an event for each order that is behind. Never rejects. */
  readonly scan: (signal: AbortSignal) => Promise<ScanOutcome>;
  readonly logger: Logger;
  /** A scan leaves the orders of the last two minutes to their events, so it begins when those are over. */
  readonly delayMs?: number;
}

const DELAY_MS = 150_000;
const LATER_MS = 60_000;

/**
 * Asks for a scan of the shop's changes when a webhook does not say which order it is about. Many requests become one scan. That
 * one is wanted is on disk until it has ended, so a crash does not forget it.
 */
export class ScanRequests {
  readonly #options: ScanRequestsOptions;
  readonly #delayMs: number;
  readonly #stopping = new AbortController();
  #latestAt = 0;
  #scheduledAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ScanRequestsOptions) {
    this.#options = options;
    this.#delayMs = options.delayMs ?? DELAY_MS;
  }

  /** For the one that an earlier process still wanted. */
  start(): void {
    if (this.#options.spool.isScanWanted) this.request();
  }

  /** @throws SQLite's own error */
  request(): void {
    this.#latestAt = Date.now();
    if (this.#timer !== undefined) return;
    this.#options.spool.wantScan(true);
    const inMs = this.#delayMs;
    this.#options.logger.info({ inMs }, "a webhook names no order: the shop's changes will be scanned");
    if (!this.#stopping.signal.aborted) this.#in(this.#delayMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #in(ms: number): void {
    this.#scheduledAt = Date.now();
    this.#timer = setTimeout(() => {
      this.#running = this.#scan();
    }, ms);
  }

  /** Never rejects. */
  async #scan(): Promise<void> {
    const { scan, spool, logger } = this.#options;
    const { signal } = this.#stopping;
    const scheduledAt = this.#scheduledAt;
    const outcome = await scan(signal);
    if (signal.aborted) return;
    this.#timer = undefined;
    if (outcome === 'later') {
      this.#in(LATER_MS);
      return;
    }
    if (outcome !== 'done') {
      const message = 'a webhook names no order, and the changes cannot be scanned: look at the shop';
      logger.warn({ why: outcome.impossible }, message);
    } else if (this.#latestAt > scheduledAt) {
      // Perhaps too young for this scan.
      this.#in(this.#delayMs);
      return;
    }
    try {
      spool.wantScan(false);
    } catch (error) {
      logger.warn({ err: error }, 'the webhook spool cannot be written');
    }
  }
}
