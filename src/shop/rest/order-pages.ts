import { z } from 'zod';
import { refuse } from '../../orders/fields.ts';
import { asList } from '../../orders/list-of.ts';
import { badReply } from '../http/failures.ts';
import type { OrderPage } from '../list-changes.ts';
import { readStubs } from '../order-stub.ts';

const pageReply = z.object({
  orders: z.transform((value: unknown, context) => asList(value) ?? refuse(context, 'a list', value)),
  nextPage: z.int().nullish(),
});

/**
 * The parsed JSON of one page of a list of orders → its stubs.
 *
 * @param list the list's name for messages
 * @param since what the page begins with
 * @throws SyncError `shop_bad_reply` for a page that is not valid, or whose `nextPage` leads back
 */
export function readPage(json: unknown, page: number, list: string, since: Date): OrderPage<number> {
  const reply = pageReply.safeParse(json);
  if (!reply.success) {
    const [issue] = reply.error.issues;
    throw badReply(`page ${page} of the ${list}: ${issue?.path.join('.') || 'reply'}: ${issue?.message}`);
  }
  const next = reply.data.nextPage ?? null;
  if (next !== null && next <= page) throw badReply(`page ${page} of the ${list} names ${next} as the next page`);
  return { orders: readStubs(reply.data.orders, since.toISOString()), next };
}
