import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { withTimeout } from '../async/deadline.ts';
import { ConfigError, SyncError } from '../errors.ts';
import {
  type ReconciliationStore,
  SCAN_KINDS,
  type ScanKind,
  type ScanState,
} from '../internal-system/reconciliation-store.ts';
import { capabilitiesFor } from './capabilities.ts';
import { Lease } from './lease.ts';
import { Reconciler, type ReconcilerOptions } from './reconciler.ts';
import type { Finding, Report, ReportSummary } from './report.ts';
import { OVERLAP_MS } from './scan/scan-position.ts';
import { ScanLog } from './scan-log.ts';

/** After a scan that stopped half-way, the next one starts within this time. */
const RETRY_AFTER_MS = 600_000;
/** Looks again after this time if another daemon is scanning, or if this one is busy. */
const LOOK_AGAIN_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

export interface PeriodicOptions extends ReconcilerOptions {
  readonly everyMs: number | undefined;
  readonly deepEveryMs: number | undefined;
  /** True while a scan would only add work: during an outage, or while many events are waiting. Scans wait until it is over. */
  readonly isBusy: () => Promise<boolean>;
  readonly logger: Logger;
  readonly onScanned: (summary: ReportSummary) => void;
  /** A scan has ended that was due, and not asked for. */
  readonly onDueScan?: ((ended: EndedScan) => void) | undefined;
}

export interface EndedScan {
  readonly scan: ScanKind;
  /** Absent if it failed before it began. */
  readonly summary?: ReportSummary;
  /** The first hundred. */
  readonly findings: readonly Finding[];
  /** Why it stopped half-way; undefined: it did not. */
  readonly error: unknown;
}

/**
 * Reconciles at an interval. Every daemon does, but they share a lease and the time of the last scan, both stored in the
 * internal system: so only one of them scans at a time, and no more often than configured.
 */
export class PeriodicReconciliation {
  readonly #options: PeriodicOptions;
  readonly #everyMs: Readonly<Record<ScanKind, number | undefined>>;
  readonly #reconciler: Reconciler;
  readonly #log: ScanLog;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** @throws ConfigError if the deep scan is configured, and not supported by the shop or the internal system */
  constructor(options: PeriodicOptions) {
    this.#options = options;
    this.#everyMs = { changes: options.everyMs, deep: options.deepEveryMs };
    this.#reconciler = new Reconciler(options);
    this.#log = new ScanLog(options.logger);
    const lacking = options.deepEveryMs === undefined ? [] : this.#missing('deep');
    if (lacking.length > 0)
      throw new ConfigError(lacking.map((what) => `RECONCILE_DEEP_EVERY_MS is set, but ${what}.`));
  }

  /**
   * Call it before the first event is taken. Of an internal system that holds nothing yet, reconciliation leaves alone what the
   * shop had before: whether that belongs there, a person decides. Never rejects.
   *
   * @param isNew nothing was ever acked, as far as anyone remembers: otherwise, what holds nothing has lost it
   */
  async prepare(isNew: boolean): Promise<void> {
    const { internalSystem, everyMs, logger } = this.#options;
    if (everyMs === undefined) return;
    const capabilities = capabilitiesFor('changes', this.#options.shop, internalSystem);
    if ('missing' in capabilities) {
      const why = capabilities.missing.join('; ');
      logger.warn(`reconciliation is off, so orders whose event never arrives are missed: ${why}`);
      return;
    }
    try {
      const { begunAt, cursor } = await capabilities.store.readScan('changes');
      if (begunAt !== null || cursor !== null) return;
      const beginsNow = isNew && (await internalSystem.listOrders?.({ limit: 1 }))?.length === 0;
      if (beginsNow) await beginNow(capabilities.store);
      logger.info({ everyMs }, firstStart(everyMs, beginsNow));
    } catch (error) {
      this.#failed('changes', error);
    }
  }

  start(): void {
    this.#running = Promise.all(this.#configured().map((kind) => this.#repeat(kind)));
  }

  /**
   * Scans the changes because something asks for it, however long ago the last scan was. Never rejects.
   *
   * @param since where to begin; absent: where the last scan ended
   */
  async scanOnRequest(since?: Date): Promise<'done' | 'later' | { readonly impossible: string }> {
    const missing = this.#missing('changes');
    if (missing.length > 0) return { impossible: missing.join('; ') };
    try {
      if (await this.#options.isBusy().catch(() => true)) return 'later';
      const result = await this.#reconciler.scan('changes', {
        signal: this.#stopping.signal,
        since: since && (() => since),
      });
      if (result.kind !== 'scanned') return 'later';
      this.#scanned('changes', result.report, result.error);
      return result.error === undefined ? 'done' : 'later';
    } catch (error) {
      this.#failed('changes', error);
      return 'later';
    }
  }

  /** Interrupts a running scan. Resolves when it has ended, or after 5 s if the database does not answer; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort(new SyncError('interrupted', 'The daemon is stopping.'));
    await withTimeout(this.#running, STOP_TIMEOUT_MS, () => undefined);
  }

  #configured(): ScanKind[] {
    return SCAN_KINDS.filter((kind) => this.#everyMs[kind] !== undefined && this.#missing(kind).length === 0);
  }

  #missing(kind: ScanKind): readonly string[] {
    const capabilities = capabilitiesFor(kind, this.#options.shop, this.#options.internalSystem);
    return 'missing' in capabilities ? capabilities.missing : [];
  }

  /** Never rejects. */
  async #repeat(kind: ScanKind): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = this.#everyMs[kind] ?? LOOK_AGAIN_MS;
    while (!signal.aborted) {
      const pauseMs = await this.#scanIfDue(kind, everyMs).catch((error: unknown) => {
        this.#failed(kind, error);
        this.#dueScanEnded({ scan: kind, findings: [], error });
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
        this.#scanned(kind, result.report, result.error);
        this.#dueScanEnded({
          scan: kind,
          summary: result.report.summary(),
          findings: result.report.findings,
          error: result.error,
        });
        // The next look finds out when a scan is due, by the clock that all daemons share.
        return 0;
      default:
        return result satisfies never;
    }
  }

  #scanned(kind: ScanKind, report: Report, error: unknown): void {
    const summary = report.summary();
    this.#options.onScanned(summary);
    if (error === undefined) this.#log.ended(report);
    else this.#failed(kind, error, summary);
  }

  #dueScanEnded(ended: EndedScan): void {
    if (!this.#stopping.signal.aborted) this.#options.onDueScan?.(ended);
  }

  #failed(kind: ScanKind, error: unknown, summary?: ReportSummary): void {
    if (!this.#stopping.signal.aborted) this.#log.failed(kind, error, summary);
  }
}

/** Scans start a little before the cursor. If another daemon has the lease, it begins now itself. */
async function beginNow(store: ReconciliationStore): Promise<void> {
  await using lease = await Lease.take(store, 'changes');
  await lease?.save({ cursor: new Date(Date.now() + OVERLAP_MS).toISOString() });
}

function firstStart(everyMs: number, beginsNow: boolean): string {
  const begin = beginsNow
    ? 'what was in the shop before is left alone ("order-sync reconcile --since 2d" brings it in)'
    : 'the first time over the last 24 hours';
  const minutes = Math.round(everyMs / 6_000) / 10;
  return `reconciliation is on: every ${minutes} min, orders whose event never arrived are brought in; ${begin}. RECONCILE_EVERY_MS=0 turns it off`;
}

/** By the internal system's clock. Even if that is set back, no scan waits longer than its interval. */
function dueInMs({ begunAt, lastRun }: ScanState, now: string, everyMs: number): number {
  if (begunAt === null) return 0;
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt && lastRun.error === null;
  const pauseMs = hasEnded ? everyMs : Math.min(everyMs, RETRY_AFTER_MS);
  return Math.min(Date.parse(begunAt) + pauseMs - Date.parse(now), pauseMs);
}
