import type { DeadLetterSummary } from '../../dead-letters/summary.ts';
import type { OrderRecord, StoredOrder } from '../../internal-system/ledger.ts';
import type { PendingCancellation } from '../../internal-system/pending-cancellation.ts';
import type { Personal } from './messages.ts';

/** The messages of the dashboard's lists. */

/** A page of a list of orders. */
export interface OrderList {
  readonly orders: readonly ListedOrder[];
  /** Where the next page begins, as `after`; null: at the end, or as far as the internal system lists. */
  readonly next: string | null;
  /** There are more orders, be it that no page shows them. */
  readonly hasMore: boolean;
}

export type ListedOrder = Omit<OrderRecord, 'stored' | 'cursor'> & {
  /** A UTC instant; null if none follows, or it is not known. */
  readonly nextAttemptAt: string | null;
  readonly pendingCancellation: PendingCancellation | null;
  readonly stored: Omit<StoredOrder, 'document'> | null;
};

/** Those lists that are counted. */
export const COUNTED_LISTS = [
  'conflicts',
  'mismatch',
  'retrying',
  'undelivered',
  'dead-lettered',
  'discarded',
] as const;
export type CountedList = (typeof COUNTED_LISTS)[number];

/** How many orders are in each; null: not counted, or there is no such list here. */
export interface OrderCounts {
  readonly counts: Readonly<Record<CountedList, number | null>>;
  /** A list of so many is not counted further. */
  readonly atMost: number;
}

export type ListedDeadLetter = DeadLetterSummary & {
  /** The beginning of a message that names no order, or several; null if it names one. */
  readonly excerpt: Personal;
};

export interface DeadLetterList {
  /** All of them, including those that are not listed. */
  readonly count: number;
  readonly deadLetters: readonly ListedDeadLetter[];
  /** Whether what is discarded can be restored: the internal system keeps an audit. */
  readonly canRestore: boolean;
}
