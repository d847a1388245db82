import { asList } from '../../orders/list-of.ts';
import { badReply, header } from '../http/http-errors.ts';
import type { Reply } from '../http/shop-http.ts';
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

/** A page of GraphQL's connections. */
export function byCursor(connection: {
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}): ListPage {
  const { nodes, pageInfo } = connection;
  if (pageInfo.hasNextPage && !pageInfo.endCursor) throw badReply('a list has a next page, but no cursor to it');
  return { items: nodes, next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null };
}

/** A parameter of the next page's address, by the reply's `Link` header (RFC 8288); null on the last page. */
export function nextByLink(reply: Reply, parameter: string): string | null {
  for (const [, target = '', rest = ''] of (header(reply, 'link') ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel="?next"?/i.test(rest)) return URL.parse(target, 'http://base')?.searchParams.get(parameter) ?? null;
  }
  return null;
}
