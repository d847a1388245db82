import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { withTimeout } from '../async/deadline.ts';
import { BrokerError } from '../broker/errors.ts';
import { ConfigError, SyncError } from '../errors.ts';
import { SCAN_KINDS, type ScanKind, type ScanState } from '../internal-system/reconciliation-store.ts';
import { capabilitiesFor } from './capabilities.ts';
import { describeError } from './describe-error.ts';
import { Reconciler, type ReconcilerOptions } from './reconciler.ts';
import type { Report, ReportSummary } from './report.ts';

/** After a scan that stopped half-way, the next one starts within this time. */
const RETRY_AFTER_MS = 600_000;
/** When to look again if another daemon is scanning, or if this one is busy. */
const LOOK_AGAIN_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const NUMBERS_IN_LOG = 20;

const VARIABLE = { changes: 'RECONCILE_EVERY_MS', deep: 'RECONCILE_DEEP_EVERY_MS' } as const;

export interface PeriodicOptions extends ReconcilerOptions {
  readonly everyMs: number | undefined;
  readonly deepEveryMs: number | undefined;
  /** True while a scan would only add work: during an outage, or with many events in the queue. */
  readonly isBusy: () => Promise<boolean>;
  readonly logger: Logger;
  readonly onScanned: (summary: ReportSummary) => void;
}

/**
 * Reconciles at an interval. Every daemon on an internal system does, but the lease and the time of the last scan, which are
 * stored there, let only one of them scan at a time, and no more often than configured.
 */
export class PeriodicReconciliation {
  readonly #options: PeriodicOptions;
  readonly #everyMs: Readonly<Record<ScanKind, number | undefined>>;
  readonly #reconciler: Reconciler;
  readonly #stopping = new AbortController();
  /** The scans that failed last time: a warning was already logged. */
  readonly #failing = new Set<ScanKind>();
  #running: Promise<unknown> = Promise.resolve();

  /** @throws ConfigError if a configured scan is not supported by the shop or the internal system */
  constructor(options: PeriodicOptions) {
    this.#options = options;
    this.#everyMs = { changes: options.everyMs, deep: options.deepEveryMs };
    this.#reconciler = new Reconciler(options);
    const problems = this.#configured().flatMap((kind) => {
      const capabilities = capabilitiesFor(kind, options.shop, options.internalSystem);
      return 'missing' in capabilities
        ? capabilities.missing.map((what) => `${VARIABLE[kind]} is set, but ${what}.`)
        : [];
    });
    if (problems.length > 0) throw new ConfigError(problems);
  }

  start(): void {
    this.#running = Promise.all(this.#configured().map((kind) => this.#repeat(kind)));
  }

  /** Interrupts a running scan. Resolves when it has ended, or after 5 s if the database does not answer; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort(new SyncError('interrupted', 'The daemon is stopping.'));
    await withTimeout(this.#running, STOP_TIMEOUT_MS, () => undefined);
  }

  #configured(): ScanKind[] {
    return SCAN_KINDS.filter((kind) => this.#everyMs[kind] !== undefined);
  }

  /** Never rejects. */
  async #repeat(kind: ScanKind): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = this.#everyMs[kind] ?? LOOK_AGAIN_MS;
    while (!signal.aborted) {
      const pauseMs = await this.#scanIfDue(kind, everyMs).catch((error: unknown) => {
        this.#warn(kind, error);
        return Math.min(everyMs, RETRY_AFTER_MS);
      });
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns when to try again, in ms */
  async #scanIfDue(kind: ScanKind, everyMs: number): Promise<number> {
    const lookAgainMs = Math.min(everyMs, LOOK_AGAIN_MS);
    if (await this.#options.isBusy().catch(() => true)) return lookAgainMs;
    const result = await this.#reconciler.scan(kind, {
      signal: this.#stopping.signal,
      dueInMs: (state, now) => dueInMs(state, now, everyMs),
    });
    switch (result.kind) {
      case 'taken':
        return lookAgainMs;
      case 'not-due':
        return result.inMs;
      case 'scanned':
        this.#note(kind, result.report, result.error);
        // The next try finds out when a scan is due, by the clock that all daemons share.
        return 0;
      default:
        return result satisfies never;
    }
  }

  #note(kind: ScanKind, report: Report, error: unknown): void {
    const summary = report.summary();
    this.#options.onScanned(summary);
    if (error !== undefined) this.#warn(kind, error, summary);
    else {
      this.#failing.delete(kind);
      const { found, unreadable } = summary;
      this.#options.logger[found + unreadable > 0 ? 'warn' : 'info'](fieldsOf(summary, report), messageOf(summary));
    }
  }

  /** An outage is logged as one warning, however long it lasts, unless something was found. */
  #warn(kind: ScanKind, error: unknown, summary?: ReportSummary): void {
    if (this.#stopping.signal.aborted) return;
    const { logger } = this.#options;
    if (!isOutage(error)) {
      logger.error({ scan: kind, err: error }, 'a bug: reconciliation threw');
      return;
    }
    const compared = summary === undefined ? {} : { compared: summary.compared, found: summary.found };
    const isNews = !this.#failing.has(kind) || (summary?.found ?? 0) > 0;
    logger[isNews ? 'warn' : 'debug'](
      { scan: kind, ...compared, error: describeError(error) },
      'reconciliation stopped half-way; the next scan continues from there',
    );
    this.#failing.add(kind);
  }
}

/** Any failure from outside; an error that nobody foresaw is a bug. */
function isOutage(error: unknown): boolean {
  return error instanceof SyncError ? error.reason !== 'unexpected' : error instanceof BrokerError;
}

/** By the internal system's clock. If that is set back, no scan waits longer than its interval. */
function dueInMs({ begunAt, lastRun }: ScanState, now: string, everyMs: number): number {
  if (begunAt === null) return 0;
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt && lastRun.error === null;
  const pauseMs = hasEnded ? everyMs : Math.min(everyMs, RETRY_AFTER_MS);
  return Math.min(Date.parse(begunAt) + pauseMs - Date.parse(now), pauseMs);
}

function messageOf({ scan, compared, found, unreadable }: ReportSummary): string {
  const what = scan === 'deep' ? 'reconciled deeply' : 'reconciled';
  const trouble = unreadable === 0 ? '' : `, ${unreadable} can't be fetched from the shop`;
  if (found === 0) return `${what}: ${compared} orders compared, none behind${trouble}`;
  return `${what}: ${found} of ${compared} orders were behind, events published${trouble}`;
}

function fieldsOf(summary: ReportSummary, report: Report): Record<string, unknown> {
  const { scan, compared, found, known, unreadable, underWay, startedAt, finishedAt } = summary;
  const orders = report.findings.filter(({ event }) => event === 'published').map(({ orderNumber }) => orderNumber);
  return {
    scan,
    compared,
    found,
    ...(orders.length === 0 ? {} : { orders: orders.slice(0, NUMBERS_IN_LOG) }),
    known,
    unreadable,
    underWay,
    totalMs: Date.parse(finishedAt) - Date.parse(startedAt),
  };
}
