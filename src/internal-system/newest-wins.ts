import { hash } from 'node:crypto';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../orders/order.ts';
import type { Snapshot, WriteResult } from './internal-system.ts';

/**
 * The rule that keeps an order from going back in time, however its deliveries are interleaved. It is decided here, for
 * every database alike, while the caller holds the rows locked.
 *
 * A snapshot with a later `updatedAt` wins. Real shops do not move `updatedAt` with every change (a captured payment, a
 * refund), so at equal `updatedAt` the later status wins, and at equal status the later fetch. Clocks do not decide which
 * fetch was later: they jump, and differ between machines. A fetch that began after the stored version was seen is later
 * than that version; without such proof it is a tie, and the order is fetched again.
 *
 * An older snapshot is never written, unless a person forces it in place of the version they saw. It is fetched again as
 * well: mostly its fetch had begun before the stored version was written, but if not, the shop shows what is no longer so.
 */
export interface StoredVersion {
  readonly updatedAt: string;
  readonly status: OrderStatus;
  readonly fetchedAt: string;
  readonly contentHash: string;
  /** Owned by staff: read here, never written. */
  readonly fulfilmentStatus: string;
  readonly cancelConflict: boolean;
}

/** An order to be written: its content, and the version that this creates. */
export interface Version extends StoredVersion {
  readonly order: Order;
  /** The order as JSON text, fit for every database. */
  readonly document: string;
  /** True when the row does not exist yet. */
  readonly isNew: boolean;
}

/** Rows are sorted by order number, one for each order. */
export interface WritePlan {
  /** One for each snapshot, same length and order. */
  readonly results: readonly WriteResult[];
  /** The rows to write: the newest of the batch. */
  readonly versions: readonly Version[];
  /**
   * The rows whose stored content was fetched again: only their `fetchedAt` moves. That makes them another version, so that
   * no writer who saw the earlier one overwrites what was confirmed since.
   */
  readonly refetched: readonly Version[];
}

/** A new order's fulfilment status; staff move it on. Anything else but `cancelled` means that picking has begun. */
export const NOT_YET_PICKED = 'new';

/** @param stored what the internal system holds now, by order number, its rows locked */
export function planWrites(stored: ReadonlyMap<string, StoredVersion>, snapshots: readonly Snapshot[]): WritePlan {
  const current = new Map<string, StoredVersion>(stored);
  const written = new Map<string, Version>();
  const refetched = new Map<string, Version>();
  const results = snapshots.map((snapshot): WriteResult => {
    const number = snapshot.order.orderNumber;
    const before = current.get(number);
    const after = versionOf(snapshot, before, !stored.has(number));
    const outcome = compareContent(before, after, snapshot);
    const isDoubtful = outcome === 'tied' || outcome === 'stale';
    if (isDoubtful && before !== undefined) return { outcome, conflict: false, stored: nameOf(before) };
    const isRefetched = outcome === 'unchanged' && before !== undefined && after.fetchedAt !== before.fetchedAt;
    if (outcome !== 'synced' && !isRefetched) return { outcome, conflict: false };
    current.set(number, after);
    if (isRefetched && !written.has(number)) refetched.set(number, after);
    else {
      written.set(number, after);
      refetched.delete(number);
    }
    return { outcome, conflict: outcome === 'synced' && after.cancelConflict && !before?.cancelConflict };
  });
  return { results, versions: sorted(written), refetched: sorted(refetched) };
}

/** In the same order everywhere, so that two daemons never deadlock on each other's rows. */
function sorted(versions: ReadonlyMap<string, Version>): Version[] {
  return [...versions.values()].sort((a, b) => compare(a.order.orderNumber, b.order.orderNumber));
}

/** The first version of an order that is not stored yet. */
export function firstVersion(snapshot: Snapshot): Version {
  return versionOf(snapshot, undefined, true);
}

function versionOf({ order, fetchedAt }: Snapshot, before: StoredVersion | undefined, isNew: boolean): Version {
  const document = documentOf(order);
  const fulfilmentStatus = before?.fulfilmentStatus ?? NOT_YET_PICKED;
  const cancelledNow = order.status === 'cancelled' && before !== undefined && before.status !== 'cancelled';
  const pickingBegan = fulfilmentStatus !== NOT_YET_PICKED && fulfilmentStatus !== 'cancelled';
  return {
    order,
    document,
    isNew,
    updatedAt: order.updatedAt,
    status: order.status,
    fetchedAt: fetchedAt.toISOString(),
    contentHash: hashOf(document),
    fulfilmentStatus,
    cancelConflict: (before?.cancelConflict ?? false) || (cancelledNow && pickingBegan),
  };
}

/** Equal for two orders with the same content; a stored order is compared by it. */
export function contentHash(order: Order): string {
  return hashOf(documentOf(order));
}

function hashOf(document: string): string {
  return hash('sha256', document);
}

function compareContent(
  before: StoredVersion | undefined,
  after: StoredVersion,
  { seen, force = false }: Pick<Snapshot, 'seen' | 'force'>,
): WriteResult['outcome'] {
  if (before === undefined) return 'synced';
  if (before.contentHash === after.contentHash) return 'unchanged';
  const order = compareStates(after, before);
  if (order > 0) return 'synced';
  const isSeen = seen === nameOf(before);
  if (order === 0) return isSeen ? 'synced' : 'tied';
  return isSeen && force ? 'synced' : 'stale';
}

/** The same content may return later: the fetch time makes it another version. */
function nameOf({ contentHash, fetchedAt }: StoredVersion): string {
  return `${contentHash}@${fetchedAt}`;
}

type Ordering = Pick<StoredVersion, 'updatedAt' | 'status' | 'fetchedAt'>;

/**
 * Negative when `a` is older than `b`, as far as clocks can be trusted. Instants are UTC text with milliseconds: they
 * compare as text.
 */
export function compareVersions(a: Ordering, b: Ordering): number {
  return compareStates(a, b) || compare(a.fetchedAt, b.fetchedAt);
}

/** The same, by the shop's word alone: 0 for two that differ only in content, or not at all. */
export function compareStates(a: Omit<Ordering, 'fetchedAt'>, b: Omit<Ordering, 'fetchedAt'>): number {
  return compare(a.updatedAt, b.updatedAt) || ORDER_STATUSES.indexOf(a.status) - ORDER_STATUSES.indexOf(b.status);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * NUL and lone surrogates are JSON, but no database stores them: they become U+FFFD, in names too. `JSON.stringify` writes
 * both as escapes, and no other character as one of these.
 */
function documentOf(order: Order): string {
  const text = JSON.stringify(order);
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u0000|ud[89a-f]..|.)/g, (written) => (/^\\u(?:0000|d)/.test(written) ? '\uFFFD' : written));
}

/** Text as every database can hold it. */
export function storable<T>(value: T): T | string {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}
