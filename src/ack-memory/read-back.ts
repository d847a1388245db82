import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { LedgerState } from '../internal-system/ledger.ts';
import type { KnownOrder, ReconciliationStore } from '../internal-system/reconciliation-store.ts';
import type { AckMemory } from './ack-memory.ts';
import { isHeld } from './acked-order.ts';
import type { RememberedOrder } from './memory-rows.ts';

/** What a look into the internal system shows of the orders that are remembered. */
export interface ReadBack {
  /** The database no longer holds what was acked. */
  readonly gone: readonly RememberedOrder[];
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
  const found: Found = { gone: [], returned: [], removed: [], failed: [], retrying: new Set(), isAnyHeld: false };
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
  readonly returned: RememberedOrder[];
  readonly removed: RememberedOrder[];
  readonly failed: RememberedOrder[];
  readonly retrying: Set<RememberedOrder>;
  isAnyHeld: boolean;
}

async function compare(orders: readonly RememberedOrder[], store: ReadableStore, found: Found): Promise<void> {
  const stored = await store.storedVersions(orders.map(({ shopOrderId }) => shopOrderId));
  const missing: RememberedOrder[] = [];
  for (const order of orders) {
    if (!isHeld(order, stored.get(order.shopOrderId))) missing.push(order);
    else if (order.forgottenAt !== null) found.returned.push(order);
    else found.isAnyHeld = true;
  }
  if (missing.length === 0) return;
  const { cursor: prunedBefore } = await store.readScan('prune');
  const known = await store.knownOrders(missing);
  for (const [index, order] of missing.entries()) {
    const isPruned = prunedBefore !== null && order.updatedAt < prunedBefore;
    if (isPruned) found[doneWith(order)].push(order);
    else judge(order, known[index]?.lastEvent, found);
  }
}

/** Whether it was noticed before that the database does not hold it. */
function doneWith({ forgottenAt }: RememberedOrder): 'removed' | 'returned' {
  return forgottenAt === null ? 'removed' : 'returned';
}

function judge(order: RememberedOrder, lastEvent: KnownOrder['lastEvent'], found: Found): void {
  if (isDoneSince(order, lastEvent)) {
    found[doneWith(order)].push(order);
    return;
  }
  const state = order.askedAt === null ? undefined : stateSince(order.askedAt, lastEvent);
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
 * forgotten nothing: staff deleted the order, a person forced an older version, or another daemon stored other content since.
 */
function isDoneSince({ writtenAt }: RememberedOrder, lastEvent: KnownOrder['lastEvent']): boolean {
  if (lastEvent === undefined || Date.parse(lastEvent.at) < writtenAt) return false;
  return lastEvent.state === 'synced' || lastEvent.state === 'undelivered';
}
