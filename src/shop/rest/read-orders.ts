import { z } from 'zod';
import { SyncError } from '../../errors.ts';
import { parseOrder } from '../../orders/order.ts';
import { badReply } from '../http/failures.ts';
import type { FetchResult } from '../shop-client.ts';

const manyReply = z.object({ orders: z.array(z.unknown()) });

/**
 * Reads the reply to a request for one order.
 *
 * @throws SyncError `shop_bad_reply` for JSON that names no order at all: many shops say "busy" with a 200 and an error
 *   object, and that must not condemn the order
 */
export function readOrder(json: unknown, reference: string): FetchResult {
  if (namesOf(json).length === 0) throw badReply('it holds neither an orderNumber nor a shopOrderId');
  const parsed = parseOrder(json);
  if ('problem' in parsed) {
    return {
      kind: 'failed',
      error: new SyncError('invalid_order', `The shop's order ${reference} is not valid: ${parsed.problem}.`),
    };
  }
  const { order } = parsed;
  if (order.orderNumber === reference || order.shopOrderId === reference) return { kind: 'order', order };
  const found = `orderNumber ${order.orderNumber}, shopOrderId ${order.shopOrderId}`;
  return {
    kind: 'failed',
    error: new SyncError(
      'wrong_order',
      `The shop was asked for order ${reference} and answered with another: ${found}.`,
    ),
  };
}

/**
 * Reads the reply to a request for many orders: those of `references` that it holds. Any other order is ignored. So is a
 * reference that fits several orders (one by number, another by id): fetched alone, the shop decides.
 *
 * @throws SyncError `shop_bad_reply` when it is not a list of orders
 */
export function readOrders(json: unknown, references: readonly string[]): Map<string, FetchResult> {
  const reply = manyReply.safeParse(json);
  if (!reply.success) throw badReply('expected {"orders":[…]}');
  const byName = Map.groupBy(
    reply.data.orders.flatMap((order) => namesOf(order).map((name) => ({ name, order }))),
    ({ name }) => name,
  );
  const results = new Map<string, FetchResult>();
  for (const reference of references) {
    const [match, ...others] = byName.get(reference) ?? [];
    if (match !== undefined && others.length === 0) results.set(reference, readOrder(match.order, reference));
  }
  return results;
}

/** The order's number and id, valid or not; one name if they are the same. */
function namesOf(order: unknown): string[] {
  if (typeof order !== 'object' || order === null) return [];
  const number = 'orderNumber' in order ? nameOf(order.orderNumber) : undefined;
  const id = 'shopOrderId' in order ? nameOf(order.shopOrderId) : undefined;
  return [number, id === number ? undefined : id].filter((name) => name !== undefined);
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
