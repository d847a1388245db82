import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { BrokerError } from '../broker/errors.ts';
import { ConfigError, SyncError } from '../errors.ts';
import { SCAN_KINDS, type ScanKind, type ScanState } from '../internal-system/reconciliation-store.ts';
import { capabilitiesFor } from './capabilities.ts';
import { describe, Reconciler, type ReconcilerOptions } from './reconciler.ts';
import type { Report, ReportSummary } from './report.ts';

/** After a scan that broke off, the next one follows at the latest after this. */
const RETRY_AFTER_MS = 600_000;
/** How soon to look again when someone else scans, or when there is no time for it. */
const LOOK_AGAIN_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const NUMBERS_IN_LOG = 20;

const VARIABLE = { changes: 'RECONCILE_EVERY_MS', deep: 'RECONCILE_DEEP_EVERY_MS' } as const;

export interface PeriodicOptions extends ReconcilerOptions {
  readonly everyMs: number | undefined;
  readonly deepEveryMs: number | undefined;
  /** True while scanning would only add to what has to be done anyway: an outage, or a long queue of events. */
  readonly isBusy: () => Promise<boolean>;
  readonly logger: Logger;
  readonly onScanned: (summary: ReportSummary) => void;
}

/**
 * Reconciles now and again. All daemons on one internal system do, but its lease and the time of the last scan, which are
 * kept there, let one of them scan at a time, as often as configured and no more.
 */
export class PeriodicReconciliation {
  readonly #options: PeriodicOptions;
  readonly #everyMs: Readonly<Record<ScanKind, number | undefined>>;
  readonly #reconciler: Reconciler;
  readonly #stopping = new AbortController();
  /** Scans that failed the last time: they have had their warning. */
  readonly #failing = new Set<ScanKind>();
  #running: Promise<unknown> = Promise.resolve();

  /** @throws ConfigError when a scan is configured that shop or internal system can't do */
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

  /** Breaks off the scan under way. Resolves when it has ended, or after 5 s with a silent database; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort(new SyncError('interrupted', 'The daemon stops.'));
    const ended = new AbortController();
    const late = sleep(STOP_TIMEOUT_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([this.#running, late]);
    ended.abort();
  }

  #configured(): ScanKind[] {
    return SCAN_KINDS.filter((kind) => this.#everyMs[kind] !== undefined);
  }

  /** Never rejects. */
  async #repeat(kind: ScanKind): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = this.#everyMs[kind] ?? LOOK_AGAIN_MS;
    while (!signal.aborted) {
      const pauseMs = await this.#turn(kind, everyMs).catch((error: unknown) => {
        this.#warn(kind, error);
        return Math.min(everyMs, RETRY_AFTER_MS);
      });
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns how long it is until the next one, in ms */
  async #turn(kind: ScanKind, everyMs: number): Promise<number> {
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
        // The next look tells when the next scan is due, by the clock that all daemons share.
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

  /** An outage is one warning, however long it lasts, and as long as nothing was found. */
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
      { scan: kind, ...compared, error: describe(error) },
      'reconciliation stopped half-way; the next one goes on from there',
    );
    this.#failing.add(kind);
  }
}

/** Anything that comes from outside; what nobody foresaw is a bug. */
function isOutage(error: unknown): boolean {
  return error instanceof SyncError ? error.reason !== 'unexpected' : error instanceof BrokerError;
}

/** By the internal system's clock. If that is set back, nothing waits for longer than it would have. */
function dueInMs({ begunAt, lastRun }: ScanState, now: string, everyMs: number): number {
  if (begunAt === null) return 0;
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt && lastRun.error === null;
  const pauseMs = hasEnded ? everyMs : Math.min(everyMs, RETRY_AFTER_MS);
  return Math.min(Date.parse(begunAt) + pauseMs - Date.parse(now), pauseMs);
}

function messageOf({ scan, compared, found, unreadable }: ReportSummary): string {
  const what = scan === 'deep' ? 'reconciled deeply' : 'reconciled';
  const trouble = unreadable === 0 ? '' : `, ${unreadable} can't be read from the shop`;
  if (found === 0) return `${what}: ${compared} orders compared, none behind${trouble}`;
  return `${what}: ${found} of ${compared} orders were behind, and their events are published now${trouble}`;
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
