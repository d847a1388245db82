import { describe, expect, it } from 'vitest';
import { lists } from '../../../src/shop/toolkit/index.ts';

const items = (count: number) => Array.from({ length: count }, (_, index) => index);
const badReply = expect.objectContaining({ reason: 'shop_bad_reply' });

describe('pages by number', () => {
  it('end with one that is not full', () => {
    expect(lists.byNumber(items(2), { cursor: undefined, size: 2 }).next).toBe('2');
    expect(lists.byNumber(items(2), { cursor: '2', size: 2 }).next).toBe('3');
    expect(lists.byNumber(items(1), { cursor: '3', size: 2 }).next).toBeNull();
    expect(lists.byNumber([], { cursor: '3', size: 2 }).next).toBeNull();
    expect(lists.byNumber(items(2), { cursor: undefined, size: 2, first: 0 }).next).toBe('1');
  });

  it('end by the total where the shop says it, however many come at once', () => {
    expect(lists.byNumber(items(2), { cursor: '2', size: 2, total: 4 }).next).toBeNull();
    expect(lists.byNumber(items(1), { cursor: '1', size: 2, total: 4 }).next).toBe('2');
  });

  it('are refused where the list ends before its total', () => {
    expect(() => lists.byNumber([], { cursor: '2', size: 2, total: 4 })).toThrow(badReply);
  });
});

it('pages by offset go on behind what was seen', () => {
  expect(lists.byOffset(items(2), { cursor: undefined, size: 2 }).next).toBe('2');
  expect(lists.byOffset(items(2), { cursor: '2', size: 2, total: 4 }).next).toBeNull();
  // The shop gives fewer at once than it was asked for.
  expect(lists.byOffset(items(15), { cursor: undefined, size: 100, total: 40 }).next).toBe('15');
  expect(() => lists.byOffset([], { cursor: '15', size: 100, total: 40 })).toThrow(badReply);
});

it('pages by cursor go on as long as there is a next one', () => {
  const page = (hasNextPage: boolean, endCursor: string | null) =>
    lists.byCursor({ nodes: items(1), pageInfo: { hasNextPage, endCursor } });
  expect(page(true, 'abc').next).toBe('abc');
  expect(page(false, 'abc').next).toBeNull();
  expect(() => page(true, null)).toThrow(badReply);
});

describe('the Link header', () => {
  const next = (link?: string) =>
    lists.nextByLink({ statusCode: 200, headers: link === undefined ? {} : { link } }, 'page_info');
  it.each([
    ['<https://shop.example/orders?page_info=abc&limit=50>; rel="next"', 'abc'],
    ['<https://a/?page_info=x>; rel="previous", <https://a/?page_info=y>; rel="next"', 'y'],
    ['</orders?page_info=a%2Bb>; title="x"; rel=next', 'a+b'],
    ['<https://a/?page_info=x>; rel="previous"', null],
    [undefined, null],
  ])('%s leads to %s', (link, expected) => {
    expect(next(link)).toBe(expected);
  });

  it('is refused without the parameter', () => {
    expect(() => next('<https://a/?page=2>; rel="next"')).toThrow(badReply);
  });
});

describe('windows of time', () => {
  const HOUR = 3_600_000;
  it('cover everything up to now, page by page, each beginning where the one before ended or earlier', async () => {
    const since = new Date('2026-11-25T00:00:00Z');
    const now = since.getTime() + 2.5 * HOUR;
    const asked: [string, string, string | undefined][] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await lists.byWindow({ since, cursor, windowMs: HOUR, now }, async (from, to, inner) => {
        asked.push([from.toISOString().slice(11, 19), to.toISOString().slice(11, 19), inner]);
        return { items: [], next: asked.length === 2 ? '2' : null };
      });
      cursor = page.next;
    }
    expect(asked).toEqual([
      ['00:00:00', '01:00:00', undefined],
      ['00:59:59', '01:59:59', undefined],
      ['00:59:59', '01:59:59', '2'],
      ['01:59:58', '02:30:00', undefined],
    ]);
  });
});

it('what is no list is refused', () => {
  expect(lists.values([{ slug: 'a' }, { slug: 'b' }], 'slug')).toEqual(['a', 'b']);
  expect(() => lists.of({ code: 'busy' })).toThrow(badReply);
});
