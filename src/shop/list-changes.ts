import { badReply } from './http/failures.ts';
import type { OrderStub } from './shop-client.ts';

/** One page of a list of orders. `Key` is what the shop calls its pages by: numbers, offsets or cursors. */
export interface OrderPage<Key> {
  readonly orders: readonly OrderStub[];
  /** Null on the last page. */
  readonly next: Key | null;
}

/**
 * Scans the changed orders, oldest change first, and misses none although the list moves while it is read: an order that
 * changes again moves to the end, every order behind it moves up by one, and the first of page 2 becomes the last of page 1,
 * which has been read already.
 *
 * So as long as the scan can continue from a time, it never asks for a second page: it asks again for page 1 of what changed
 * since the last change it saw. A millisecond earlier, in fact, because some shops read "since" as "after".
 *
 * It turns pages only where more orders than fit on one changed at the same instant. Those pages it then reads again from
 * last to first, which meets every order that moved up.
 *
 * @param fetchPage fetches one page of the changes since a time; the first one has no key
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listChanges<Key>(
  since: Date,
  fetchPage: (since: Date, key: Key | undefined) => Promise<OrderPage<Key>>,
): AsyncGenerator<OrderStub> {
  const yielded = new Yielded();
  const fetchChanges = async (from: Date, key: Key | undefined) => assertOldestFirst(await fetchPage(from, key));
  for (let from: Date | null = since; from !== null; ) {
    const start: Date = from;
    const pagesRead: (Key | undefined)[] = [];
    let continueFrom: Date | null = null;
    for (let key: Key | undefined | null; key !== null && continueFrom === null; ) {
      const page: OrderPage<Key> = await fetchChanges(start, key);
      yield* yielded.takeNew(page.orders, start);
      continueFrom = page.next === null ? null : lastChange(page.orders, start);
      pagesRead.unshift(key);
      key = page.next;
    }
    for (const key of pagesRead.slice(1)) {
      yield* yielded.takeNew((await fetchChanges(start, key)).orders, start);
    }
    if (continueFrom !== null) yielded.forgetBefore(continueFrom);
    from = continueFrom;
  }
}

function assertOldestFirst<Page extends OrderPage<unknown>>(page: Page): Page {
  const [first, last] = [page.orders.at(0), page.orders.at(-1)];
  if (first !== undefined && last !== undefined && first.updatedAt > last.updatedAt) {
    throw badReply('a page of the changes starts with a later change than it ends with, expected oldest first');
  }
  return page;
}

/** The time to continue from; null if that would be no step forward. */
function lastChange(orders: readonly OrderStub[], start: Date): Date | null {
  const last = orders.at(-1);
  if (last === undefined) return null;
  const time = new Date(Date.parse(last.updatedAt) - 1);
  return time > start ? time : null;
}

/** The changes yielded so far, as far back as the scan can meet them again. */
class Yielded {
  readonly #changes = new Map<string, string>();

  /** The orders that changed since `start` and were not yielded before; they count as yielded from now on. */
  takeNew(orders: readonly OrderStub[], start: Date): OrderStub[] {
    const earliest = start.toISOString();
    return orders.filter(({ orderNumber, shopOrderId, updatedAt }) => {
      const change = `${orderNumber} ${shopOrderId} ${updatedAt}`;
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
