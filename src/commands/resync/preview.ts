import { checkIsRequested } from '../../delivery/check-order.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import { compareStates } from '../../internal-system/newest-wins.ts';
import { ORDER_STATUSES, type Order } from '../../orders/order.ts';
import { withoutBuyer } from '../../orders/without-buyer.ts';
import { type ShownChange, shownChanges } from '../cli/row-changes.ts';
import type { Compared } from './both-sides.ts';
import { type Difference, differences } from './differences.ts';

/** What a resync of an order would do. */
export type Preview = ComparedPreview | FailedResync;

export interface ComparedPreview extends Comparison {
  readonly reference: string;
  readonly orderNumber: string;
  /** With MAPPING: what it would write into the company's tables. */
  readonly rows?: readonly ShownChange[];
}

/** How the order in the shop compares with the one in the internal system. */
export interface Comparison {
  /**
   * What would become of it; `stale` if the shop shows something older, which only --force would write; `unknown` if the internal
   * system cannot look orders up.
   */
  readonly outcome: Extract<Outcome, 'synced' | 'unchanged' | 'stale'> | 'unknown';
  /** True if the internal system does not have this order yet; null if it cannot say. */
  readonly isNew: boolean | null;
  readonly stored: Version | null;
  readonly shop: Version;
  /** Every field, if there is no stored order to compare with. */
  readonly differences: readonly Difference[];
}

export interface Version {
  readonly status: string;
  readonly updatedAt: string;
}

/** The order could not be compared or written. Its delivery may be retried, so its outcome is not known. */
export interface FailedResync {
  readonly reference: string;
  readonly outcome: null;
  readonly error: SyncError;
}

/** Fetches the order like the daemon, and compares it with the one in the internal system. Writes nothing. */
export async function preview(reference: string, { fetcher, system }: Compared): Promise<Preview> {
  try {
    const { order, fetchedAt } = await fetcher.fetch(reference);
    checkIsRequested(order, reference);
    const comparison = await compareWithStored(order, system);
    const rows = await system.mapping?.preview(order, fetchedAt);
    const shown = rows === undefined ? {} : { rows: shownChanges(rows, [order]) };
    return { reference, orderNumber: order.orderNumber, ...comparison, ...shown };
  } catch (error) {
    return { reference, outcome: null, error: asSyncError(error) };
  }
}

/** @throws SyncError */
export async function compareWithStored(order: Order, system: Compared['system']): Promise<Comparison> {
  const { orderNumber, status, updatedAt } = order;
  const shop = { status, updatedAt };
  const records = await system.findOrders?.(orderNumber);
  const record = records?.find((candidate) => candidate.stored !== null && candidate.orderNumber === orderNumber);
  if (record?.stored == null) {
    const all = { stored: null, shop, differences: differences(undefined, order) };
    return records === undefined
      ? { outcome: 'unknown', isNew: null, ...all }
      : { outcome: 'synced', isNew: true, ...all };
  }
  const stored = { status: record.stored.status, updatedAt: record.stored.updatedAt };
  const shown = record.stored.forgottenAt == null ? order : withoutBuyer(order);
  const found = differences(record.stored.document, shown);
  if (found.length === 0) return { outcome: 'unchanged', isNew: false, stored, shop, differences: found };
  // Like the write: a status that staff set by hand counts as the earliest.
  const known = ORDER_STATUSES.find((name) => name === stored.status) ?? 'pending';
  const isOlder = compareStates(order, { ...stored, status: known }) < 0;
  return { outcome: isOlder ? 'stale' : 'synced', isNew: false, stored, shop, differences: found };
}
