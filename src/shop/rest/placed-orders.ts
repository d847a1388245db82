import type { OrderStub } from '../shop-client.ts';
import { readPage } from './order-pages.ts';

/**
 * Scans the placed orders page by page, fetching each page only when needed. The time an order was placed never changes and
 * new orders go to the end, so nothing moves while the list is read.
 *
 * @param fetchPage fetches the parsed JSON of one page; the first is 1
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listPlaced(
  since: Date,
  fetchPage: (page: number) => Promise<unknown>,
): AsyncGenerator<OrderStub> {
  for (let number: number | null = 1; number !== null; ) {
    const page = readPage(await fetchPage(number), number, 'placed orders', since);
    yield* page.orders;
    number = page.next;
  }
}
