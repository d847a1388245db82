import { z } from 'zod';
import { orderSchema } from '../orders/order.ts';
import { shownReference } from '../orders/order-reference.ts';
import type { FetchesBy, OrderStub } from './shop-client.ts';

const { orderNumber, shopOrderId, status, updatedAt } = orderSchema.shape;

/** An order in one of the shop's lists; see OrderStub in shop-client.ts. */
export const orderStub = z.object({
  orderNumber,
  shopOrderId: shopOrderId.optional().catch(undefined),
  status,
  updatedAt,
});

const anyName = z.union([z.string().transform(shownReference), z.number().transform(String)]);
const NOT_READABLE = '?';

/** As far as an odd entry can be read. */
const oddStub = z
  .object({
    orderNumber: anyName.optional().catch(undefined),
    shopOrderId: shopOrderId.optional().catch(undefined),
    status: status.catch('pending'),
    updatedAt: updatedAt.optional().catch(undefined),
  })
  .catch({ orderNumber: undefined, shopOrderId: undefined, status: 'pending', updatedAt: undefined });

/** @param place the time of an entry near it, for one whose own can't be read */
export function readStub(entry: unknown, place: string): OrderStub {
  const { data, error } = orderStub.safeParse(entry);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const problem = `${issue?.path.join('.') || 'order'}: ${issue?.message}`;
  const odd = oddStub.parse(entry);
  return {
    ...odd,
    orderNumber: odd.orderNumber || odd.shopOrderId || NOT_READABLE,
    updatedAt: odd.updatedAt ?? place,
    problem,
  };
}

/**
 * The entries of a page of one of the shop's lists, whatever they are: one odd order must not end the list.
 *
 * @param place where the page begins, for entries without a time that have no neighbour with one
 */
export function readStubs(entries: readonly unknown[], place: string): OrderStub[] {
  const stubs = entries.map((entry) => readStub(entry, ''));
  let latest = stubs.find(({ updatedAt }) => updatedAt !== '')?.updatedAt ?? place;
  return stubs.map((stub) => {
    if (stub.updatedAt === '') return { ...stub, updatedAt: latest };
    latest = stub.updatedAt;
    return stub;
  });
}

/** The one of an order's names by which the shop is asked for it. */
export function nameToFetch(
  { orderNumber, shopOrderId }: Pick<OrderStub, 'orderNumber' | 'shopOrderId'>,
  fetchesBy: FetchesBy = 'orderNumber',
): string {
  return fetchesBy === 'shopOrderId' && shopOrderId !== undefined ? shopOrderId : orderNumber;
}
