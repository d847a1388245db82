import { z } from 'zod';
import { listOf } from '../../orders/list-of.ts';
import { badReply } from '../http/http-errors.ts';
import type { OrderPage } from '../list-changes.ts';
import { orderStub } from '../order-stub.ts';

const pageReply = z.object({
  orders: listOf(orderStub),
  nextPage: z.int().nullish(),
});

/**
 * The parsed JSON of one page of a list of orders → its stubs.
 *
 * @param list the list's name for messages
 * @throws SyncError `shop_bad_reply` for a page that is not valid, or whose `nextPage` leads back: a stub dropped silently
 *   would be a missed order
 */
export function readPage(json: unknown, page: number, list: string): OrderPage<number> {
  const reply = pageReply.safeParse(json);
  if (!reply.success) {
    const [issue] = reply.error.issues;
    throw badReply(`page ${page} of the ${list}: ${issue?.path.join('.') || 'reply'}: ${issue?.message}`);
  }
  const next = reply.data.nextPage ?? null;
  if (next !== null && next <= page) throw badReply(`page ${page} of the ${list} names ${next} as the next page`);
  return { orders: reply.data.orders, next };
}
