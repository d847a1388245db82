import { SyncError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { WalkKind, WalkRun, WalkState } from '../internal-system/reconciliation-store.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { abilitiesFor } from './abilities.ts';
import { Grace } from './grace.ts';
import { Lease, readOnlyRecord, type WalkRecord } from './lease.ts';
import { Report, type ReportListener } from './report.ts';
import type { Walk } from './walk.ts';
import { OVERLAP_MS, type Position, walkChanges } from './walk-changes.ts';
import { walkDeep } from './walk-deep.ts';

const HOUR_MS = 3_600_000;
/** Where a walk begins that has no cursor yet. */
const FIRST_WALK_MS = 24 * HOUR_MS;
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

export interface WalkOptions extends ReportListener {
  readonly signal: AbortSignal;
  /**
   * From when on, given what time it is at the shop. Such a walk is a look of its own and is not recorded; it moves the
   * cursor only if it leaves no gap. Absent: on from the cursor, or the last seven days for the deep walk.
   */
  readonly since?: ((shopNow: Date) => Date) | undefined;
  /** Only looks: publishes nothing, takes no lease, leaves no trace. */
  readonly dryRun?: boolean | undefined;
  /** How long it is until a walk is due, in ms. Absent: it is. @param now by the internal system's clock, like the state's */
  readonly dueInMs?: (state: WalkState, now: string) => number;
}

export type WalkResult =
  /** Someone else is walking. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'not-due'; readonly inMs: number }
  /** With an error it stopped half-way, and the next walk goes on from there. */
  | { readonly kind: 'walked'; readonly report: Report; readonly error: unknown };

/**
 * Finds the orders whose event never came: walks the shop's lists, compares with the internal system, and publishes an event
 * for each order that is behind there, so that it takes the same road as all others.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws SyncError when not even the lease can be had; TypeError when shop or internal system can't do this walk */
  async walk(kind: WalkKind, options: WalkOptions): Promise<WalkResult> {
    const abilities = abilitiesFor(kind, this.#options.shop, this.#options.internalSystem);
    if ('missing' in abilities) throw new TypeError(`Can't reconcile: ${abilities.missing.join('; ')}.`);
    const { store, list } = abilities;
    const dryRun = options.dryRun === true;
    await using record = await (dryRun ? readOnlyRecord(store, kind) : Lease.take(store, kind));
    if (record === undefined) return { kind: 'taken' };
    const inMs = options.dueInMs?.(record.state, record.now) ?? 0;
    if (inMs > 0) return { kind: 'not-due', inMs };

    const report = new Report({ walk: kind, dryRun, startedAt: record.now }, options);
    const isRecorded = options.since === undefined;
    if (isRecorded) await record.save({ begunAt: record.now });
    const error = await this.#go({ kind, list, store, record, report }, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (isRecorded) await record.save({ lastRun: runOf(report, error) }).catch(() => undefined);
    return { kind: 'walked', report, error };
  }

  async #go(begun: Begun, options: WalkOptions): Promise<void> {
    const { kind, record, report } = begun;
    const { shop, publish, retryDelaysMs } = this.#options;
    const signal = AbortSignal.any([options.signal, record.signal]);
    signal.throwIfAborted();
    const now = new Date();
    const shopNow = (await shop.now?.(signal)) ?? now;
    const since = options.since?.(shopNow) ?? regularStart(kind, record.state, shopNow);
    report.since = since.toISOString();
    const walk: Walk = {
      list: begun.list,
      store: begun.store,
      grace: new Grace(shopNow, lastWalk(record)),
      eventClock: {
        now,
        shopAheadMs: shopNow.getTime() - now.getTime(),
        longestRetryMs: Math.max(...retryDelaysMs) + RETRY_MARGIN_MS,
      },
      publish: options.dryRun === true ? undefined : publish,
      report,
      signal,
    };
    if (kind === 'deep') await walkDeep(since, walk, shop);
    else await walkChanges(since, walk, (position) => record.save(progress(position, since, record.state, options)));
  }
}

interface Begun extends Pick<Walk, 'list' | 'store' | 'report'> {
  readonly kind: WalkKind;
  readonly record: WalkRecord;
}

function regularStart(kind: WalkKind, { cursor }: WalkState, shopNow: Date): Date {
  if (kind === 'deep') return new Date(shopNow.getTime() - DEEP_WINDOW_MS);
  return new Date(cursor === null ? shopNow.getTime() - FIRST_WALK_MS : Date.parse(cursor) - OVERLAP_MS);
}

/** A walk that broke off says nothing of when it met what. */
function lastWalk({ state: { newestListed, begunAt, lastRun }, now }: WalkRecord) {
  const hasEnded = lastRun !== null && lastRun.startedAt === begunAt;
  return { newestListed, agoMs: hasEnded ? Date.parse(now) - Date.parse(lastRun.finishedAt) : 0 };
}

/** The cursor never goes back, and never over a stretch that nobody compared. */
function progress(
  { cursor, newestListed }: Position,
  since: Date,
  { cursor: before }: WalkState,
  options: WalkOptions,
): Partial<WalkState> {
  const isContiguous = before === null || since.getTime() <= Date.parse(before);
  return {
    ...(isContiguous && (before === null || cursor > before) ? { cursor } : {}),
    ...(options.since === undefined && newestListed !== null ? { newestListed } : {}),
  };
}

function runOf(report: Report, error: unknown): WalkRun {
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
