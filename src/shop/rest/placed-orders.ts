import type { OrderStub } from '../shop-client.ts';
import { readPage } from './order-pages.ts';

/**
 * Lists the placed orders, fetching each page only when it is needed. The time of placing never changes and new orders are
 * added at the end, so nothing moves while the list is read.
 *
 * @param fetchPage gets the parsed JSON of a page; the first is 1
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listPlaced(fetchPage: (page: number) => Promise<unknown>): AsyncGenerator<OrderStub> {
  for (let number: number | null = 1; number !== null; ) {
    const page = readPage(await fetchPage(number), number, 'placed orders');
    yield* page.orders;
    number = page.next;
  }
}
