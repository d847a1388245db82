import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ScanKind, ScanRun, ScanState } from '../internal-system/reconciliation-store.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { capabilitiesFor } from './capabilities.ts';
import { describeError } from './describe-error.ts';
import { GracePeriod } from './grace-period.ts';
import { Lease, readOnlyRecord, type ScanRecord } from './lease.ts';
import { Report, type ReportListener } from './report.ts';
import { scanChanges } from './scan/scan-changes.ts';
import type { ScanContext } from './scan/scan-context.ts';
import { scanDeep } from './scan/scan-deep.ts';
import { OVERLAP_MS, type ScanPosition } from './scan/scan-position.ts';
import { scanUndelivered } from './scan/scan-undelivered.ts';

const HOUR_MS = 3_600_000;
/** How far back the first scan starts: it has no cursor yet. */
const FIRST_SCAN_MS = 24 * HOUR_MS;
const DEEP_WINDOW_MS = 7 * 24 * HOUR_MS;
/** How late a retry may be: after an outage, or behind a long queue. */
const RETRY_MARGIN_MS = HOUR_MS;

export interface ReconcilerOptions {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  /** Publishes an event for this order; resolves when the broker has confirmed it. */
  readonly publish: (reference: string) => Promise<void>;
  readonly retryDelaysMs: readonly number[];
  /** While it says so, a scan waits before it goes on: what it found must not flood the queue. @defaultValue never */
  readonly isBusy?: () => Promise<boolean>;
}

export interface ScanOptions extends ReportListener {
  readonly signal: AbortSignal;
  /**
   * Where to start, given the current time at the shop. Such a scan is not recorded, and moves the cursor only if that
   * leaves no gap. Absent: start at the cursor, or seven days back for the deep scan.
   */
  readonly since?: ((shopNow: Date) => Date) | undefined;
  /** Publishes nothing, takes no lease, saves nothing. */
  readonly dryRun?: boolean | undefined;
  /** How long until a scan is due, in ms. Absent: now. @param now by the internal system's clock, like the state's times */
  readonly dueInMs?: (state: ScanState, now: string) => number;
}

export type ScanResult =
  /** Another daemon or command is scanning. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'not-due'; readonly inMs: number }
  /** With an error: it stopped half-way, and the next scan continues from there. */
  | { readonly kind: 'scanned'; readonly report: Report; readonly error: unknown };

/**
 * Finds the orders whose event never arrived: scans the shop's lists, compares them with the internal system, and publishes
 * an event for each order that is behind there. The order then takes the same path as every other. An order that is ahead
 * there is reported.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws SyncError if even taking the lease fails; TypeError if the shop or internal system does not support this scan */
  async scan(kind: ScanKind, options: ScanOptions): Promise<ScanResult> {
    const capabilities = capabilitiesFor(kind, this.#options.shop, this.#options.internalSystem);
    if ('missing' in capabilities) throw new TypeError(`Can't reconcile: ${capabilities.missing.join('; ')}.`);
    const { store, list } = capabilities;
    const dryRun = options.dryRun === true;
    await using record = await (dryRun ? readOnlyRecord(store, kind) : Lease.take(store, kind));
    if (record === undefined) return { kind: 'taken' };
    const inMs = options.dueInMs?.(record.state, record.now) ?? 0;
    if (inMs > 0) return { kind: 'not-due', inMs };

    const report = new Report({ scan: kind, dryRun, startedAt: record.now }, options);
    const isRecorded = options.since === undefined;
    if (isRecorded) await record.save({ begunAt: record.now });
    const error = await this.#run({ kind, list, store, record, report }, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (isRecorded) await record.save({ lastRun: runOf(report, error) }).catch(() => undefined);
    return { kind: 'scanned', report, error };
  }

  async #run(started: StartedScan, options: ScanOptions): Promise<void> {
    const { kind, list, store, record, report } = started;
    const { shop, publish, retryDelaysMs, isBusy } = this.#options;
    const signal = AbortSignal.any([options.signal, record.signal]);
    signal.throwIfAborted();
    const now = new Date();
    const shopNow = (await shop.now?.(signal)) ?? now;
    const since = options.since?.(shopNow) ?? regularStart(kind, record.state, shopNow);
    report.since = since.toISOString();
    const { retention } = this.#options.internalSystem;
    const context: ScanContext = {
      list,
      fetchesBy: shop.fetchesBy,
      store,
      prunedBefore: retention === undefined ? null : (await store.readScan('prune')).cursor,
      grace: new GracePeriod(shopNow, previousScan(record)),
      eventClock: {
        now,
        shopAheadMs: shopNow.getTime() - now.getTime(),
        longestRetryMs: Math.max(...retryDelaysMs) + RETRY_MARGIN_MS,
      },
      publish: options.dryRun === true ? undefined : publish,
      isBusy,
      report,
      signal,
    };
    await scanUndelivered(context);
    if (kind === 'deep') await scanDeep(since, context, shop);
    else
      await scanChanges(since, context, shop, (position) =>
        record.save(progress(position, since, record.state, options)),
      );
  }
}

interface StartedScan extends Pick<ScanContext, 'list' | 'store' | 'report'> {
  readonly kind: ScanKind;
  readonly record: ScanRecord;
}

function regularStart(kind: ScanKind, { cursor }: ScanState, shopNow: Date): Date {
  if (kind === 'deep') return new Date(shopNow.getTime() - DEEP_WINDOW_MS);
  return new Date(cursor === null ? shopNow.getTime() - FIRST_SCAN_MS : Date.parse(cursor) - OVERLAP_MS);
}

/** After a scan that stopped half-way, it is not known when which change was seen. */
function previousScan({ state: { newestListed, begunAt, lastRun }, now }: ScanRecord) {
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt;
  return { newestListed, agoMs: hasEnded ? Date.parse(now) - Date.parse(lastRun.finishedAt) : 0 };
}

/** The cursor never moves back, and never skips changes that were not compared. */
function progress(
  { cursor, newestListed }: ScanPosition,
  since: Date,
  { cursor: before }: ScanState,
  options: ScanOptions,
): Partial<ScanState> {
  const isContiguous = before === null || since.getTime() <= Date.parse(before);
  return {
    ...(isContiguous && (before === null || cursor > before) ? { cursor } : {}),
    ...(options.since === undefined && newestListed !== null ? { newestListed } : {}),
  };
}

function runOf(report: Report, error: unknown): ScanRun {
  const { startedAt, finishedAt, compared, found, known, ...rest } = report.summary();
  return {
    startedAt,
    finishedAt,
    compared,
    found,
    known,
    error: error === undefined ? null : describeError(error),
    report: JSON.stringify({ ...rest, orders: report.findings }),
  };
}
