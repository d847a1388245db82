import { badReply } from '../http/http-errors.ts';
import { at } from './fields.ts';
import { type ListPage, of } from './lists.ts';

/** A page of a GraphQL connection. @throws SyncError `shop_bad_reply` when it is none */
function pageOf(connection: unknown): ListPage {
  const [hasNext, cursor] = [at(connection, 'pageInfo.hasNextPage'), at(connection, 'pageInfo.endCursor')];
  if (hasNext === false) return { items: of(at(connection, 'nodes')), next: null };
  if (typeof cursor !== 'string') throw badReply('a list does not say where its next page begins');
  return { items: of(at(connection, 'nodes')), next: cursor };
}

/** Every node of a connection whose first page is there: never a part of them. @param more fetches the page behind a cursor */
export async function allNodes(
  first: unknown,
  more: (cursor: string) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const nodes: unknown[] = [];
  let { items, next } = pageOf(first);
  for (;;) {
    nodes.push(...items);
    if (next === null) return nodes;
    ({ items, next } = pageOf(await more(next)));
  }
}

/**
 * A page of a list that a shop does not page to its end: each page begins at the time of the last order before it, and goes on
 * by cursor only where a whole page has one time. Orders of that time are listed again.
 *
 * @param start the time that the list begins at, in the shop's own form
 * @param timeOf the field of an order that holds the time the list is sorted by
 */
export async function pageByTime(
  { cursor, start, timeOf }: { cursor: string | undefined; start: string; timeOf: string },
  fetch: (since: string, after: string | undefined) => Promise<unknown>,
): Promise<ListPage> {
  const [since = start, after] = cursor?.split(SEPARATOR) ?? [];
  const { items, next } = pageOf(await fetch(since, after));
  if (next === null) return { items, next };
  const last = at(items.at(-1), timeOf);
  const isLater = typeof last === 'string' && last !== since;
  return { items, next: isLater ? last : `${since}${SEPARATOR}${next}` };
}

const SEPARATOR = '\n';
