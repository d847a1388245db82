import type { OrderStub } from '../shop-client.ts';
import { badReply } from './http-errors.ts';
import { type OrderPage, readPage } from './order-pages.ts';

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
 * @param fetchPage fetches the parsed JSON of one page of the changes since a time; the first page is 1
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listChanges(
  since: Date,
  fetchPage: (since: Date, page: number) => Promise<unknown>,
): AsyncGenerator<OrderStub> {
  const yielded = new Yielded();
  for (let from: Date | null = since; from !== null; ) {
    const start: Date = from;
    const pagesRead: number[] = [];
    let continueFrom: Date | null = null;
    for (let number: number | null = 1; number !== null && continueFrom === null; ) {
      const page: OrderPage = readChanges(await fetchPage(start, number), number, start);
      yield* yielded.takeNew(page.orders, start);
      continueFrom = page.next === null ? null : lastChange(page.orders, start);
      pagesRead.unshift(number);
      number = page.next;
    }
    for (const number of pagesRead.slice(1)) {
      yield* yielded.takeNew(readChanges(await fetchPage(start, number), number, start).orders, start);
    }
    if (continueFrom !== null) yielded.forgetBefore(continueFrom);
    from = continueFrom;
  }
}

function readChanges(json: unknown, number: number, start: Date): OrderPage {
  const page = readPage(json, number, 'changes', start);
  const [first, last] = [page.orders.at(0), page.orders.at(-1)];
  if (first !== undefined && last !== undefined && first.updatedAt > last.updatedAt) {
    throw badReply(`page ${number} of the changes starts with a later change than it ends with, expected oldest first`);
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
