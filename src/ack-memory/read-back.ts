import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { LedgerState } from '../internal-system/ledger.ts';
import type { KnownOrder, ReconciliationStore, VersionFacts } from '../internal-system/reconciliation-store.ts';
import type { AckMemory } from './ack-memory.ts';
import { isHeld, isOlder } from './acked-order.ts';
import type { RememberedOrder } from './memory-rows.ts';

/** What a look into the internal system shows of the orders that are remembered. */
export interface ReadBack {
  /** The database no longer holds what was acked. */
  readonly gone: readonly RememberedOrder[];
  /** It holds an older version that was written since: forced by a person, or let in because it had forgotten. Only the shop knows. */
  readonly doubtful: readonly RememberedOrder[];
  /** It had forgotten these, and holds them again. */
  readonly returned: readonly RememberedOrder[];
  /** Not held either, and not forgotten: that was done since, or it is too old to be kept. */
  readonly removed: readonly RememberedOrder[];
  /** It had forgotten these, and the events that should bring them back have ended in the dead letters. */
  readonly failed: readonly RememberedOrder[];
  /** Of `gone`: their events wait for another attempt. */
  readonly retrying: ReadonlySet<RememberedOrder>;
  readonly isAnyHeld: boolean;
}

export type ReadableStore = Pick<ReconciliationStore, 'knownOrders' | 'readScan'> &
  Required<Pick<ReconciliationStore, 'storedVersions'>>;

/** Orders in one query; others get their turn between two. */
const CHUNK = 1_000;

/**
 * Asks the internal system for everything that is remembered, or only for what it had forgotten.
 *
 * @throws SyncError
 */
export async function readBack(
  memory: AckMemory,
  store: ReadableStore,
  which: 'all' | 'forgotten',
  signal: AbortSignal,
): Promise<ReadBack> {
  const found: Found = {
    gone: [],
    doubtful: [],
    returned: [],
    removed: [],
    failed: [],
    retrying: new Set(),
    isAnyHeld: false,
  };
  // Under load, what is acked meanwhile would keep it busy for ever.
  const until = memory.newestSeq;
  for (let seq = 0; seq < until; ) {
    signal.throwIfAborted();
    const orders = which === 'all' ? memory.ordersAfter(seq, CHUNK) : memory.forgottenAfter(seq, CHUNK);
    const last = orders.at(-1);
    if (last === undefined) break;
    await compare(orders, store, found);
    seq = last.seq;
    await yieldToOthers();
  }
  return found;
}

interface Found extends ReadBack {
  readonly gone: RememberedOrder[];
  readonly doubtful: RememberedOrder[];
  readonly returned: RememberedOrder[];
  readonly removed: RememberedOrder[];
  readonly failed: RememberedOrder[];
  readonly retrying: Set<RememberedOrder>;
  isAnyHeld: boolean;
}

async function compare(orders: readonly RememberedOrder[], store: ReadableStore, found: Found): Promise<void> {
  const missing = notHeld(orders, await storedVersions(orders, store), found);
  if (missing.length === 0) return;
  const { cursor: prunedBefore } = await store.readScan('prune');
  const isPruned = (order: RememberedOrder) => prunedBefore !== null && order.updatedAt < prunedBefore;
  for (const order of missing) if (isPruned(order)) found[doneWith(order)].push(order);
  const lost = missing.filter((order) => !isPruned(order));
  const known = await store.knownOrders(lost);
  const lastEvents = new Map(lost.map((order, index) => [order, known[index]?.lastEvent]));
  // What was written between the look at the orders and that at the ledger is there by now.
  const writtenSince = lost.filter((order) => isWrittenSince(order, lastEvents.get(order)));
  const stored = await storedVersions(writtenSince, store);
  for (const order of notHeld(lost, stored, found))
    judge(order, stored.get(order.shopOrderId), lastEvents.get(order), found);
}

type Stored = ReadonlyMap<string, VersionFacts>;

async function storedVersions(orders: readonly RememberedOrder[], store: ReadableStore): Promise<Stored> {
  if (orders.length === 0) return new Map();
  return await store.storedVersions(orders.map(({ shopOrderId }) => shopOrderId));
}

function notHeld(orders: readonly RememberedOrder[], stored: Stored, found: Found): RememberedOrder[] {
  return orders.filter((order) => {
    if (!isHeld(order, stored.get(order.shopOrderId))) return true;
    if (order.forgottenAt === null) found.isAnyHeld = true;
    else found.returned.push(order);
    return false;
  });
}

/** Whether it was noticed before that the database does not hold it. */
function doneWith({ forgottenAt }: RememberedOrder): 'removed' | 'returned' {
  return forgottenAt === null ? 'removed' : 'returned';
}

function judge(
  order: RememberedOrder,
  stored: VersionFacts | undefined,
  lastEvent: KnownOrder['lastEvent'],
  found: Found,
): void {
  const state = order.askedAt === null ? undefined : stateSince(order.askedAt, lastEvent);
  if (isWrittenSince(order, lastEvent)) {
    const isDoubtful = stored !== undefined && isOlder(stored, order) && !isWritten(state);
    if (!isDoubtful) {
      found[doneWith(order)].push(order);
      return;
    }
    if (order.forgottenAt === null) {
      if (order.askedAt === null) found.doubtful.push(order);
      return;
    }
  }
  if (state === 'dead-lettered' || state === 'discarded') {
    found.failed.push(order);
    return;
  }
  found.gone.push(order);
  if (state === 'retrying') found.retrying.add(order);
}

function stateSince(since: number, lastEvent: KnownOrder['lastEvent']): LedgerState | undefined {
  return lastEvent !== undefined && Date.parse(lastEvent.at) >= since ? lastEvent.state : undefined;
}

/**
 * An order commits together with its row in the ledger. So where the ledger remembers that write, or a later one, the database has
 * forgotten nothing: staff deleted the order, a person forced an older version, or another daemon stored other content since. Unless
 * what is stored is older: a database that has forgotten lets an older version in, and then remembers a later write.
 */
function isWrittenSince({ writtenAt }: RememberedOrder, lastEvent: KnownOrder['lastEvent']): boolean {
  return isWritten(stateSince(writtenAt, lastEvent));
}

function isWritten(state: LedgerState | undefined): boolean {
  return state === 'synced' || state === 'undelivered';
}
