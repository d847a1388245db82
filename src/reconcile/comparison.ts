import { compareStates, contentHash } from '../internal-system/newest-wins.ts';
import type { StoredContent } from '../internal-system/reconciliation-store.ts';
import type { Order } from '../orders/order.ts';
import type { OrderStub } from '../shop/shop-client.ts';

/**
 * How the internal system is behind the shop. `different`: other state or content, of which neither is the later one.
 * `undelivered`: the ledger has it, and the ERP behind it has not.
 */
export type Discrepancy = 'missing' | 'older' | 'different' | 'undelivered';

/** `cart`: neither paid nor stored, so it is not expected. `newer`: the internal system is ahead, so an event would not help. */
export type Comparison = Discrepancy | 'agrees' | 'cart' | 'newer';

/** Compares what the shop's lists say about an order: the rule of newest-wins.ts, without the content. */
export function compareStub(stub: OrderStub, stored: StoredContent | undefined): Comparison {
  if (stored === undefined || isAnother(stub, stored)) return stub.status === 'pending' ? 'cart' : 'missing';
  const order = compareStates(stub, stored);
  if (order !== 0) return order > 0 ? 'older' : 'newer';
  return stub.status === stored.status ? 'agrees' : 'different';
}

/** The shop gave one number to two orders. */
function isAnother(stub: OrderStub, stored: StoredContent): boolean {
  return ![stub.shopOrderId, stored.shopOrderId].includes(undefined) && stub.shopOrderId !== stored.shopOrderId;
}

/**
 * Compares the whole order. Different content at the same time and status counts as newer in the shop. That is right if the
 * stored order was looked up after the fetch, and nothing was about to overwrite it.
 */
export function compareContent(order: Order, stored: StoredContent | undefined): Comparison {
  const comparison = compareStub(order, stored);
  if (comparison !== 'agrees' || stored === undefined) return comparison;
  return contentHash(order) === stored.contentHash ? 'agrees' : 'different';
}

/** It is missing because it was deleted here: so old orders are not kept. It is not to be brought back. */
export function isPruned(
  { updatedAt }: Pick<OrderStub, 'updatedAt'>,
  comparison: string,
  { prunedBefore }: { readonly prunedBefore: string | null },
): boolean {
  return comparison === 'missing' && prunedBefore !== null && updatedAt < prunedBefore;
}
