import type { OrderStub } from '../shop-client.ts';
import { badReply } from './http-errors.ts';
import { type OrderPage, readPage } from './order-pages.ts';

/**
 * Lists the changed orders, oldest change first, and misses none although the list moves while it is read: an order that
 * changes moves to the end, all behind it move up by one, and the first of page 2 becomes the last of page 1, which has been
 * read.
 *
 * So it turns no page as long as it can continue from a time: it asks again, for everything since the last change it saw. A
 * millisecond earlier, in fact, because some shops take "since" for "after".
 *
 * Only where more orders than a page holds changed at the same time does it turn pages, and then it reads them once more
 * backwards: going down through the pages, it meets each order that moves up.
 *
 * @param fetchPage gets the parsed JSON of one page of the changes since then; the first is 1
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listChanges(
  since: Date,
  fetchPage: (since: Date, page: number) => Promise<unknown>,
): AsyncGenerator<OrderStub> {
  const yielded = new Yielded();
  for (let from: Date | null = since; from !== null; ) {
    const start: Date = from;
    const turned: number[] = [];
    let goOnFrom: Date | null = null;
    for (let number: number | null = 1; number !== null && goOnFrom === null; ) {
      const page: OrderPage = readChanges(await fetchPage(start, number), number);
      yield* yielded.others(page.orders, start);
      goOnFrom = page.next === null ? null : lastChange(page.orders, start);
      turned.unshift(number);
      number = page.next;
    }
    for (const number of turned.slice(1)) {
      yield* yielded.others(readChanges(await fetchPage(start, number), number).orders, start);
    }
    if (goOnFrom !== null) yielded.forgetBefore(goOnFrom);
    from = goOnFrom;
  }
}

function readChanges(json: unknown, number: number): OrderPage {
  const page = readPage(json, number, 'changes');
  const [first, last] = [page.orders.at(0), page.orders.at(-1)];
  if (first !== undefined && last !== undefined && first.updatedAt > last.updatedAt) {
    throw badReply(`page ${number} of the changes starts with a later change than it ends with, expected oldest first`);
  }
  return page;
}

/** The time to continue from; null when that would be no step forward. */
function lastChange(orders: readonly OrderStub[], start: Date): Date | null {
  const last = orders.at(-1);
  if (last === undefined) return null;
  const time = new Date(Date.parse(last.updatedAt) - 1);
  return time > start ? time : null;
}

/** The changes yielded so far, as far back as they can be met again. */
class Yielded {
  readonly #changes = new Map<string, string>();

  /** Those of the orders that changed since `start` and were not yielded yet; marks them as yielded. */
  others(orders: readonly OrderStub[], start: Date): OrderStub[] {
    const earliest = start.toISOString();
    return orders.filter(({ orderNumber, updatedAt }) => {
      const change = `${orderNumber} ${updatedAt}`;
      if (updatedAt < earliest || this.#changes.has(change)) return false;
      this.#changes.set(change, updatedAt);
      return true;
    });
  }

  forgetBefore(time: Date): void {
    const earliest = time.toISOString();
    for (const [change, updatedAt] of this.#changes) {
      if (updatedAt < earliest) this.#changes.delete(change);
    }
  }
}
