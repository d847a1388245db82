import { at } from '../../client/at.ts';
import type { ListPage } from './list-page.ts';
import { byCursor } from './lists.ts';

/** Every node of a connection whose first page is there: never a part of them. @param more fetches the page behind a cursor */
export async function allNodes(
  first: unknown,
  more: (cursor: string) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const nodes: unknown[] = [];
  let { items, next } = byCursor(first);
  for (;;) {
    nodes.push(...items);
    if (next === null) return nodes;
    ({ items, next } = byCursor(await more(next)));
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
  const { items, next } = byCursor(await fetch(since, after));
  if (next === null) return { items, next };
  const last = at(items.at(-1), timeOf);
  const isLater = typeof last === 'string' && last !== since;
  return { items, next: isLater ? last : `${since}${SEPARATOR}${next}` };
}

const SEPARATOR = '\n';
