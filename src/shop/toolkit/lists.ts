import { at } from '../../client/at.ts';
import { header } from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import { asList } from '../../orders/list-of.ts';
import { badReply } from '../http/failures.ts';
import { Fields } from './fields.ts';
import type { ListPage } from './list-page.ts';

export type { ListPage };

/** The list in a reply. @throws SyncError `shop_bad_reply` when it is none */
export function of(json: unknown): readonly unknown[] {
  const list = asList(json);
  if (list === undefined) throw badReply('it is not a list');
  return list;
}

/** The same, item by item to be read. */
export function fields(json: unknown): readonly Fields[] {
  return of(json).map((item) => new Fields(item));
}

/** One field of each item of the list in a reply. */
export function values(json: unknown, name: string): readonly (string | null)[] {
  return fields(json).map((item) => item.text(name));
}

/**
 * A page by number, of a list whose pages have a known size: the next one follows a full one.
 *
 * @param total how many there are in all, if the shop says so: then a list that ends before is refused
 */
export function byNumber(
  items: readonly unknown[],
  {
    cursor,
    size,
    first = 1,
    total,
  }: { cursor: string | undefined; size: number; first?: number; total?: number | undefined },
): ListPage {
  const page = cursor === undefined ? first : Number(cursor);
  const seen = (page - first) * size + items.length;
  const isLast = total === undefined ? items.length < size : seen >= total;
  if (!isLast && items.length === 0) throw badReply(`a list ends after ${seen} of ${total} orders`);
  return { items, next: isLast ? null : String(page + 1) };
}

/** A page by offset. @param total see `byNumber` */
export function byOffset(
  items: readonly unknown[],
  { cursor, size, total }: { cursor: string | undefined; size: number; total?: number | undefined },
): ListPage {
  const seen = Number(cursor ?? 0) + items.length;
  const isLast = total === undefined ? items.length < size : seen >= total;
  if (!isLast && items.length === 0) throw badReply(`a list ends after ${seen} of ${total} orders`);
  return { items, next: isLast ? null : String(seen) };
}

/** A page of a GraphQL connection. @throws SyncError `shop_bad_reply` when it is none */
export function byCursor(connection: unknown): ListPage {
  const [hasNext, cursor] = [at(connection, 'pageInfo.hasNextPage'), at(connection, 'pageInfo.endCursor')];
  if (hasNext === false) return { items: of(at(connection, 'nodes')), next: null };
  if (typeof cursor !== 'string') throw badReply('a list does not say where its next page begins');
  return { items: of(at(connection, 'nodes')), next: cursor };
}

const OVERLAP_MS = 1_000;

/**
 * A page of a list that the shop gives for a short time at once, such as a day. Windows overlap by a second, so that it does not
 * matter which ends the shop counts in.
 *
 * @param fetch fetches a page of what is from `from` to `to`; its cursor is its own
 */
export async function byWindow(
  { since, cursor, windowMs, now = Date.now() }: WindowedList,
  fetch: (from: Date, to: Date, cursor: string | undefined) => Promise<ListPage>,
): Promise<ListPage> {
  const [, start = String(since.getTime()), inner] = /^(\d+)(?: (.*))?$/s.exec(cursor ?? '') ?? [];
  const from = Number(start);
  const to = Math.min(from + windowMs, now);
  const { items, next } = await fetch(new Date(from), new Date(to), inner);
  if (next !== null) return { items, next: `${from} ${next}` };
  return { items, next: to < now ? String(to - OVERLAP_MS) : null };
}

export interface WindowedList {
  readonly since: Date;
  readonly cursor: string | undefined;
  /** The longest time that the shop gives at once, in ms. */
  readonly windowMs: number;
  readonly now?: number;
}

/** A parameter of the next page's address, by the reply's `Link` header (RFC 8288); null on the last page. */
export function nextByLink(reply: Reply, parameter: string): string | null {
  for (const [, target = '', rest = ''] of (header(reply, 'link') ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (!/;\s*rel="?[^";]*\bnext\b/i.test(rest)) continue;
    const next = URL.parse(target, 'http://shop')?.searchParams.get(parameter) ?? null;
    if (next === null) throw badReply(`a list's link to its next page has no ${parameter}`);
    return next;
  }
  return null;
}
