import { hash } from 'node:crypto';
import { SyncError } from '../errors.ts';
import type { Order, OrderStatus } from '../orders/order.ts';
import { withoutBuyer } from '../orders/without-buyer.ts';
import {
  type Conflict,
  conflictsRaised,
  NO_CONFLICTS,
  NOT_YET_PICKED,
  pickingBegan,
  stillOpen,
  withRaised,
} from './conflicts.ts';
import { Identities } from './identities.ts';
import type { Snapshot, WriteResult, WrittenResult } from './internal-system.ts';

/**
 * The rule that keeps an order from going back in time, however its deliveries are interleaved. It is decided here, for
 * every database alike, while the caller holds the rows locked.
 *
 * A snapshot with a later `updatedAt` wins. Real shops do not move `updatedAt` with every change (a captured payment, a
 * refund), so at equal `updatedAt` the later state wins, and where neither is the later one, the later fetch. Clocks do not decide
 * which fetch was later: they jump, and differ between machines. A fetch that began after the stored version was seen is later
 * than that version; without such proof it is a tie, and the order is fetched again.
 *
 * An older snapshot is never written, unless a person forces it in place of the version they saw. It is fetched again as
 * well: mostly its fetch had begun before the stored version was written, but if not, the shop shows what is no longer so.
 */
export interface StoredVersion {
  readonly orderNumber: string;
  /** Which order this is. Its number may change. */
  readonly shopOrderId: string;
  readonly updatedAt: string;
  readonly status: OrderStatus;
  readonly fetchedAt: string;
  readonly contentHash: string;
  /** 1 for the first content that was stored, and one more with each write of another. */
  readonly revision: number;
  /** Owned by staff: read here, never written. */
  readonly fulfilmentStatus: string;
  /** Not yet cleared by staff. */
  readonly conflicts: readonly Conflict[];
  /** When the first of them arose; null for those that this batch raises. */
  readonly conflictAt: string | null;
  /** A person had its buyer forgotten: it is stored without them, whatever the shop still shows. */
  readonly isForgotten?: boolean | undefined;
  /** The order as JSON text. Of a row that exists, read only where `needsDocument` says so. */
  readonly document?: string | undefined;
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
  /** The rows whose order has another number now, to be renamed one after the other before anything is written. */
  readonly renamed: readonly Renaming[];
  /** The number under which an order of the batch is stored after it. */
  readonly numberOf: (order: Order) => string;
}

export interface Renaming {
  readonly shopOrderId: string;
  readonly from: string;
  readonly to: string;
}

/** @param stored what the internal system holds now of these orders and under their numbers, its rows locked */
export function planWrites(stored: ReadonlyMap<string, StoredVersion>, snapshots: readonly Snapshot[]): WritePlan {
  const current = new Identities<StoredVersion>(stored.values());
  const written = new Map<string, Version>();
  const refetched = new Map<string, Version>();
  const renamed: Renaming[] = [];
  const results = snapshots.map((snapshot): WriteResult => {
    const { orderNumber, shopOrderId } = snapshot.order;
    const before = current.versionOf(shopOrderId);
    const fetched = versionOf(snapshot, before);
    const outcome = compareContent(before, fetched, snapshot);
    const isDoubtful = outcome === 'tied' || outcome === 'stale';
    if (isDoubtful && before !== undefined) return { outcome, conflict: false, stored: nameOf(before) };
    const isRefetched = outcome === 'unchanged' && before !== undefined && isNews(fetched, before, snapshot.seen);
    if (outcome !== 'synced' && !isRefetched) return { outcome, conflict: false };
    const holder = current.holderOf(orderNumber);
    if (holder !== undefined && holder !== shopOrderId) return numberTaken(orderNumber, holder, shopOrderId);
    const raised = before === undefined || isRefetched ? NO_CONFLICTS : conflictsRaised(before, fetched.order);
    const isNextRevision = before !== undefined && !isRefetched && !written.has(shopOrderId);
    const after = {
      ...fetched,
      conflicts: raised.length === 0 ? fetched.conflicts : withRaised(fetched.conflicts, raised),
      revision: fetched.revision + (isNextRevision ? 1 : 0),
    };
    current.put(after);
    if (isRefetched && !written.has(shopOrderId)) refetched.set(shopOrderId, after);
    else {
      written.set(shopOrderId, after);
      refetched.delete(shopOrderId);
    }
    const result: WriteResult = { outcome, conflict: raised.length > 0 && raised };
    if (before === undefined || before.orderNumber === orderNumber) return result;
    if (!after.isNew) renamed.push({ shopOrderId, from: before.orderNumber, to: orderNumber });
    return { ...result, previousNumber: before.orderNumber };
  });
  const numberOf = ({ shopOrderId, orderNumber }: Order) => current.versionOf(shopOrderId)?.orderNumber ?? orderNumber;
  return { results, versions: sorted(written), refetched: sorted(refetched), renamed, numberOf };
}

/** Two orders under one number would overwrite each other for ever: a person must tell them apart. */
function numberTaken(orderNumber: string, holder: string, shopOrderId: string): WriteResult {
  const error = new SyncError(
    'number_taken',
    `The shop gave the number ${orderNumber} to two orders: ${holder}, which is stored, and ${shopOrderId}, which can't be. Give one of them another number in the shop, or remove the stored one if ${shopOrderId} has replaced it; then replay.`,
  );
  return { outcome: 'refused', error, conflict: false };
}

/** In the same order everywhere, so that two daemons never deadlock on each other's rows. */
function sorted(versions: ReadonlyMap<string, Version>): Version[] {
  return [...versions.values()].sort((a, b) => compare(a.order.orderNumber, b.order.orderNumber));
}

/** The first version of an order that is not stored yet. */
export function firstVersion(snapshot: Snapshot): Version {
  return versionOf(snapshot, undefined);
}

function versionOf(snapshot: Snapshot, before: StoredVersion | Version | undefined): Version {
  const { fetchedAt, fulfilmentStatus = NOT_YET_PICKED } = snapshot;
  const isForgotten = before?.isForgotten ?? false;
  const order = isForgotten ? withoutBuyer(snapshot.order) : snapshot.order;
  const document = documentOf(order);
  return {
    order,
    orderNumber: order.orderNumber,
    shopOrderId: order.shopOrderId,
    document,
    isNew: before === undefined || ('isNew' in before && before.isNew),
    updatedAt: order.updatedAt,
    status: order.status,
    fetchedAt: fetchedAt.toISOString(),
    // Of what the shop shows: that is what reconciliation compares it with.
    contentHash: isForgotten ? contentHash(snapshot.order) : hashOf(order, document),
    isForgotten,
    revision: before?.revision ?? 1,
    fulfilmentStatus: before?.fulfilmentStatus ?? fulfilmentStatus,
    conflicts: before === undefined ? NO_CONFLICTS : stillOpen(before.conflicts, order.status),
    conflictAt: before?.conflictAt ?? null,
  };
}

/**
 * Whether content that is stored already was confirmed by a later fetch: by the clock, or provably. An earlier one confirms
 * nothing, and its time would give the version a name back that it had before.
 */
function isNews(after: Version, before: StoredVersion, seen: string | undefined): boolean {
  const isLater = after.fetchedAt > before.fetchedAt || seen === nameOf(before);
  return isLater || after.conflicts !== before.conflicts;
}

/**
 * What staff have begun to pick from is read only for a version that differs from it: to tell them what has changed.
 *
 * @param ofAll a follower wants to know what each order was before
 * @returns the numbers of those stored orders
 */
export function needsDocument(
  stored: ReadonlyMap<string, StoredVersion>,
  snapshots: readonly Snapshot[],
  ofAll = false,
): readonly string[] {
  const wanted = [...stored.values()].filter(({ fulfilmentStatus }) => ofAll || pickingBegan(fulfilmentStatus));
  if (wanted.length === 0) return [];
  const byId = Map.groupBy(snapshots, ({ order }) => order.shopOrderId);
  return wanted
    .filter((version) => byId.get(version.shopOrderId)?.some(({ order }) => contentHash(order) !== version.contentHash))
    .map(({ orderNumber }) => orderNumber);
}

/** Equal for two orders with the same content; a stored order is compared by it. */
export function contentHash(order: Order): string {
  const known = HASHES.get(order);
  if (known !== undefined) return known;
  return hashOf(order, documentOf(order));
}

/** Of one order it is asked for when it is written, and again when that is acked. */
const HASHES = new WeakMap<Order, string>();

function hashOf(order: Order, document: string): string {
  const found = hash('sha256', document);
  HASHES.set(order, found);
  return found;
}

function compareContent(
  before: StoredVersion | undefined,
  after: StoredVersion,
  { seen, force = false }: Pick<Snapshot, 'seen' | 'force'>,
): WrittenResult['outcome'] {
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

/** How far an order has come. It is put on hold and released again, so of these two neither is the later state. */
const PROGRESS: Readonly<Record<OrderStatus, number>> = {
  pending: 0,
  paid: 1,
  on_hold: 1,
  completed: 2,
  refunded: 3,
  cancelled: 4,
};

/** The same, by the shop's word alone: 0 for two of which neither is the later one. They may differ all the same. */
export function compareStates(a: Omit<Ordering, 'fetchedAt'>, b: Omit<Ordering, 'fetchedAt'>): number {
  return compare(a.updatedAt, b.updatedAt) || PROGRESS[a.status] - PROGRESS[b.status];
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
