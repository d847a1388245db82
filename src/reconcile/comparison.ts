import { compareStates, contentHash } from '../internal-system/newest-wins.ts';
import type { StoredContent } from '../internal-system/reconciliation-store.ts';
import type { Order } from '../orders/order.ts';
import type { OrderStub } from '../shop/shop-client.ts';

/** How the internal system is behind the shop. `different`: same time and status, but other content. */
export type Discrepancy = 'missing' | 'older' | 'different';

/** `cart`: neither paid nor stored, so it is not expected. `agrees`: also if the internal system is ahead. */
export type Comparison = Discrepancy | 'agrees' | 'cart';

/** Compares what the shop's lists say about an order: the rule of newest-wins.ts, without the content. */
export function compareStub(stub: OrderStub, stored: StoredContent | undefined): Comparison {
  if (stored === undefined) return stub.status === 'pending' ? 'cart' : 'missing';
  return compareStates(stub, stored) > 0 ? 'older' : 'agrees';
}

/**
 * Compares the whole order. Different content at the same time and status counts as newer in the shop. That is right if the
 * stored order was looked up after the fetch, and nothing was about to overwrite it.
 */
export function compareContent(order: Order, stored: StoredContent | undefined): Comparison {
  const comparison = compareStub(order, stored);
  if (comparison !== 'agrees' || stored === undefined || compareStates(order, stored) < 0) return comparison;
  return contentHash(order) === stored.contentHash ? 'agrees' : 'different';
}
