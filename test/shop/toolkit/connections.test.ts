import { describe, expect, it } from 'vitest';
import { allNodes, pageByTime } from '../../../src/shop/toolkit/connections.ts';

function page(nodes: readonly unknown[], endCursor: string | null) {
  return { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } };
}

describe('all nodes of a connection', () => {
  it('are those of the first page and of all that follow', async () => {
    const pages = new Map([
      ['a', page([3], 'b')],
      ['b', page([4, 5], null)],
    ]);
    expect(await allNodes(page([1, 2], 'a'), async (cursor) => pages.get(cursor))).toEqual([1, 2, 3, 4, 5]);
  });

  it('are those of the first page alone where there is no other', async () => {
    const more = () => Promise.reject(new Error('not asked for'));
    expect(await allNodes(page([1], null), more)).toEqual([1]);
  });

  it.each<[string, unknown]>([
    ['there is a next page, but no cursor to it', { nodes: [1], pageInfo: { hasNextPage: true, endCursor: null } }],
    ['nothing says whether there is a next page', { nodes: [1] }],
    ['a page has no nodes', { pageInfo: { hasNextPage: false } }],
    ['a page is missing', null],
  ])('are refused when %s', async (_, second) => {
    await expect(allNodes(page([1], 'a'), async () => second)).rejects.toMatchObject({ reason: 'shop_bad_reply' });
  });
});

describe('a page by time', () => {
  /** Orders of one list, three to a page, paged by cursor no further than the second page. */
  async function walk(times: readonly string[]): Promise<{ read: string[]; asked: [string, string | undefined][] }> {
    const asked: [string, string | undefined][] = [];
    const fetch = async (since: string, after: string | undefined) => {
      asked.push([since, after]);
      const list = times.filter((time) => time >= since);
      const start = Number(after ?? 0);
      const nodes = list.slice(start, start + 3).map((time) => ({ time }));
      return page(nodes, start + 3 < list.length ? String(start + 3) : null);
    };
    const read: string[] = [];
    for (let cursor: string | undefined | null; cursor !== null; ) {
      const { items, next } = await pageByTime({ cursor, start: '00', timeOf: 'time' }, fetch);
      read.push(...items.map((item) => JSON.stringify(item)));
      cursor = next;
    }
    return { read, asked };
  }

  it('begins anew at the time of the last order, and lists those of that time again', async () => {
    const { read, asked } = await walk(['01', '02', '03', '04', '05']);
    expect(new Set(read).size).toBe(5);
    expect(asked).toEqual([
      ['00', undefined],
      ['03', undefined],
    ]);
  });

  it('goes on by cursor where a whole page has one time', async () => {
    const { read, asked } = await walk(['01', '01', '01', '01', '01', '02', '03']);
    expect(new Set(read).size).toBe(3);
    expect(asked).toEqual([
      ['00', undefined],
      ['01', undefined],
      ['01', '3'],
      ['02', undefined],
    ]);
  });
});
