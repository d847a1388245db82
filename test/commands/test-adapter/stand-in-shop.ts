import { SyncError } from '../../../src/errors.ts';
import { type Order, parseOrder } from '../../../src/orders/order.ts';
import type { FetchResult, OrderStub, ShopClient } from '../../../src/shop/shop-client.ts';
import { anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';

const MINUTE_MS = 60_000;
export const NEWEST = Date.now() - 5 * MINUTE_MS;
const STATUSES = ['paid', 'paid', 'completed', 'pending', 'cancelled'] as const;

/** What a faulty shop does to an order, to its stub in a list, and to the shop itself. */
export interface Fault {
  readonly document?: (document: OrderDocument, index: number) => OrderDocument;
  readonly order?: (order: Order, index: number) => Order;
  readonly client?: (shop: StandInShop) => Partial<StandInShop>;
}

export type Case = readonly [what: string, check: string, fault: Fault, message: RegExp];

export type StandInShop = ShopClient &
  Required<Pick<ShopClient, 'listUpdatedSince' | 'listPlacedSince' | 'now' | 'check'>>;

/** A shop in memory with 60 orders, a minute apart, of which three changed at one instant. */
export function aStandInShop(fault: Fault = {}): StandInShop {
  const orders = Array.from({ length: 60 }, (_, index) => anOrder(index, fault));
  const byName = new Map(
    orders.flatMap((order) => [order.orderNumber, order.shopOrderId].map((name) => [name, order])),
  );
  const list = async function* (field: 'updatedAt' | 'placedAt', since: Date): AsyncGenerator<OrderStub> {
    const found = orders.filter((order) => order[field] >= since.toISOString());
    yield* found.toSorted((a, b) => (a[field] < b[field] ? -1 : 1)).map(stubOf);
  };
  const shop: StandInShop = {
    maxBatch: 10,
    fetchOrders: async (references, signal) => {
      signal.throwIfAborted();
      return new Map(references.map((reference) => [reference, resultOf(byName.get(reference))]));
    },
    listUpdatedSince: (since) => list('updatedAt', since),
    listPlacedSince: (since) => list('placedAt', since),
    now: async () => new Date(),
    check: async () => undefined,
  };
  return { ...shop, ...fault.client?.(shop) };
}

function anOrder(index: number, { document, order }: Fault): Order {
  const changed = NEWEST - (59 - index) * MINUTE_MS;
  // Three at one instant.
  const updatedAt = new Date(index === 30 || index === 31 ? NEWEST - 27 * MINUTE_MS : changed).toISOString();
  const placedAt = new Date(changed - 30_000).toISOString();
  const status = STATUSES[index % STATUSES.length] ?? 'paid';
  const isPaid = status !== 'pending';
  const given = anOrderDocument({
    orderNumber: String(20_261_122_000_123_456_000n + BigInt(index * 7)),
    shopOrderId: String(9_000 + index),
    status,
    placedAt,
    paidAt: isPaid ? placedAt : null,
    cancelledAt: status === 'cancelled' ? updatedAt : null,
    updatedAt,
  });
  const parsed = parseOrder(document?.(given, index) ?? given);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return order?.(parsed.order, index) ?? parsed.order;
}

export function stubOf({ orderNumber, shopOrderId, status, updatedAt }: Order): OrderStub {
  return { orderNumber, shopOrderId, status, updatedAt };
}

export function resultOf(order: Order | undefined): FetchResult {
  return order === undefined ? { kind: 'not-found' } : { kind: 'order', order };
}

export function failed(reason: 'shop_error' | 'invalid_order' | 'wrong_order'): FetchResult {
  return { kind: 'failed', error: new SyncError(reason, 'A failure.') };
}
