import type { OrderPage } from './list-changes.ts';
import type { OrderStub } from './shop-client.ts';

/**
 * Scans the placed orders page by page, fetching each page only when needed. The time an order was placed never changes and
 * new orders go to the end, so nothing moves while the list is read.
 *
 * @param fetchPage fetches one page; the first one has no key
 * @throws SyncError `shop_bad_reply`, and whatever `fetchPage` does
 */
export async function* listPlaced<Key>(
  fetchPage: (key: Key | undefined) => Promise<OrderPage<Key>>,
): AsyncGenerator<OrderStub> {
  for (let key: Key | undefined | null; key !== null; ) {
    const page: OrderPage<Key> = await fetchPage(key);
    yield* page.orders;
    key = page.next;
  }
}
