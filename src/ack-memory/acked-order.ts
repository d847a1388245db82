import { compareStates, contentHash } from '../internal-system/newest-wins.ts';
import type { VersionFacts } from '../internal-system/reconciliation-store.ts';
import type { Order, OrderStatus } from '../orders/order.ts';

/** An order whose event was acked, with the version that was stored by then. Holds no personal data. */
export interface AckedOrder {
  /** Which order it is: its number may change. */
  readonly shopOrderId: string;
  readonly orderNumber: string;
  readonly status: OrderStatus;
  readonly updatedAt: string;
  readonly contentHash: string;
  /** When it was handed to the internal system. Times are in ms since the epoch, by this machine's clock. */
  readonly writtenAt: number;
  readonly ackedAt: number;
}

export function ackedOrder(order: Order, times: Pick<AckedOrder, 'writtenAt' | 'ackedAt'>): AckedOrder {
  const { shopOrderId, orderNumber, status, updatedAt } = order;
  return { shopOrderId, orderNumber, status, updatedAt, contentHash: contentHash(order), ...times };
}

/**
 * Whether what is stored is certainly no older than what was acked, by the rule of newest-wins.ts. Of other content at the same
 * `updatedAt` and state, it alone can't say.
 */
export function isHeld(acked: AckedOrder, stored: VersionFacts | undefined): boolean {
  if (stored === undefined) return false;
  const order = compareStates(stored, acked);
  if (order !== 0) return order > 0;
  return stored.contentHash === acked.contentHash;
}

/** Whether what is stored is certainly older than what was acked: a database that remembers that lets nothing older in by itself. */
export function isOlder(stored: VersionFacts, acked: AckedOrder): boolean {
  return compareStates(stored, acked) < 0;
}
