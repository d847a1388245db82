import { SyncError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ScanKind, ScanRun, ScanState } from '../internal-system/reconciliation-store.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { capabilitiesFor } from './capabilities.ts';
import { Grace } from './grace.ts';
import { Lease, readOnlyRecord, type ScanRecord } from './lease.ts';
import { Report, type ReportListener } from './report.ts';
import type { Scan } from './scan.ts';
import { OVERLAP_MS, type Position, scanChanges } from './scan-changes.ts';
import { scanDeep } from './scan-deep.ts';

const HOUR_MS = 3_600_000;
/** Where a scan begins that has no cursor yet. */
const FIRST_SCAN_MS = 24 * HOUR_MS;
const DEEP_WINDOW_MS = 7 * 24 * HOUR_MS;
/** Beyond its delay, a retry may take this long until it is tried: an outage, a long queue. */
const RETRY_MARGIN_MS = HOUR_MS;

export interface ReconcilerOptions {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  /** Publishes an event of type `updated`; resolves when the broker has confirmed it. */
  readonly publish: (orderNumber: string) => Promise<void>;
  readonly retryDelaysMs: readonly number[];
}

export interface ScanOptions extends ReportListener {
  readonly signal: AbortSignal;
  /**
   * From when on, given what time it is at the shop. Such a scan is a look of its own and is not recorded; it moves the
   * cursor only if it leaves no gap. Absent: on from the cursor, or the last seven days for the deep scan.
   */
  readonly since?: ((shopNow: Date) => Date) | undefined;
  /** Only looks: publishes nothing, takes no lease, leaves no trace. */
  readonly dryRun?: boolean | undefined;
  /** How long it is until a scan is due, in ms. Absent: it is. @param now by the internal system's clock, like the state's */
  readonly dueInMs?: (state: ScanState, now: string) => number;
}

export type ScanResult =
  /** Someone else is scanning. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'not-due'; readonly inMs: number }
  /** With an error it stopped half-way, and the next scan goes on from there. */
  | { readonly kind: 'scanned'; readonly report: Report; readonly error: unknown };

/**
 * Finds the orders whose event never came: scans the shop's lists, compares with the internal system, and publishes an event
 * for each order that is behind there, so that it takes the same road as all others.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws SyncError when not even the lease can be had; TypeError when shop or internal system can't do this scan */
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
    const error = await this.#go({ kind, list, store, record, report }, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (isRecorded) await record.save({ lastRun: runOf(report, error) }).catch(() => undefined);
    return { kind: 'scanned', report, error };
  }

  async #go(begun: Begun, options: ScanOptions): Promise<void> {
    const { kind, record, report } = begun;
    const { shop, publish, retryDelaysMs } = this.#options;
    const signal = AbortSignal.any([options.signal, record.signal]);
    signal.throwIfAborted();
    const now = new Date();
    const shopNow = (await shop.now?.(signal)) ?? now;
    const since = options.since?.(shopNow) ?? regularStart(kind, record.state, shopNow);
    report.since = since.toISOString();
    const scan: Scan = {
      list: begun.list,
      store: begun.store,
      grace: new Grace(shopNow, lastScan(record)),
      eventClock: {
        now,
        shopAheadMs: shopNow.getTime() - now.getTime(),
        longestRetryMs: Math.max(...retryDelaysMs) + RETRY_MARGIN_MS,
      },
      publish: options.dryRun === true ? undefined : publish,
      report,
      signal,
    };
    if (kind === 'deep') await scanDeep(since, scan, shop);
    else await scanChanges(since, scan, (position) => record.save(progress(position, since, record.state, options)));
  }
}

interface Begun extends Pick<Scan, 'list' | 'store' | 'report'> {
  readonly kind: ScanKind;
  readonly record: ScanRecord;
}

function regularStart(kind: ScanKind, { cursor }: ScanState, shopNow: Date): Date {
  if (kind === 'deep') return new Date(shopNow.getTime() - DEEP_WINDOW_MS);
  return new Date(cursor === null ? shopNow.getTime() - FIRST_SCAN_MS : Date.parse(cursor) - OVERLAP_MS);
}

/** A scan that broke off says nothing of when it met what. */
function lastScan({ state: { newestListed, begunAt, lastRun }, now }: ScanRecord) {
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt;
  return { newestListed, agoMs: hasEnded ? Date.parse(now) - Date.parse(lastRun.finishedAt) : 0 };
}

/** The cursor never goes back, and never over a stretch that nobody compared. */
function progress(
  { cursor, newestListed }: Position,
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
    error: error === undefined ? null : describe(error),
    report: JSON.stringify({ ...rest, orders: report.findings }),
  };
}

/** How a failure reads in a log, a report or the internal system. */
export function describe(error: unknown): string {
  if (error instanceof SyncError) return `${error.reason}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : 'it threw something that is no Error';
}
