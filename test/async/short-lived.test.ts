import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ShortLivedMap, ShortLivedSet } from '../../src/async/short-lived.ts';

const run = promisify(execFile);

function member(name: string) {
  return { name, place: 0 };
}

describe('a short-lived set', () => {
  it('has what was added and not deleted, whatever the order', () => {
    const set = new ShortLivedSet<ReturnType<typeof member>>();
    const [a, b, c] = [member('a'), member('b'), member('c')];
    for (const each of [a, b, c]) set.add(each);
    expect([set.delete(a), set.delete(a), set.delete(member('d'))]).toEqual([true, false, false]);
    expect([...set].map(({ name }) => name).sort()).toEqual(['b', 'c']);
    set.add(a);
    expect([set.delete(c), set.delete(b)]).toEqual([true, true]);
    expect([[...set], set.size]).toEqual([[a], 1]);
  });

  it('may lose members while someone goes through it', () => {
    const set = new ShortLivedSet<ReturnType<typeof member>>();
    for (const name of ['a', 'b', 'c']) set.add(member(name));
    const seen: string[] = [];
    for (const each of set) {
      seen.push(each.name);
      set.delete(each);
    }
    expect([seen.sort(), set.size]).toEqual([['a', 'b', 'c'], 0]);
  });
});

describe('a short-lived map', () => {
  it('has the last value of each key', () => {
    const map = new ShortLivedMap<number | undefined>();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', undefined);
    map.delete('b');
    map.delete('b');
    map.set('c', 3);
    expect(map.keys()).toEqual(['a', 'c']);
    expect(['a', 'b', 'c'].map((key) => [map.has(key), map.get(key)])).toEqual([
      [true, undefined],
      [false, undefined],
      [true, 3],
    ]);
  });
});

/** Many items are in for a moment. */
const CHURN = `
  import { ShortLivedMap, ShortLivedSet } from '${new URL('../../src/async/short-lived.ts', import.meta.url).href}';
  const [, kind] = process.argv;
  const items = { Set: () => new Set(), ShortLivedSet: () => new ShortLivedSet(),
    Map: () => new Map(), ShortLivedMap: () => new ShortLivedMap() }[kind]();
  const waiting = [];
  for (let index = 0; index < 200_000; index += 1) {
    const item = { key: String(index), place: 0, content: new Array(600).fill(index) };
    waiting.push(item);
    if (kind.endsWith('Set')) items.add(item); else items.set(item.key, item);
    if (waiting.length <= 128) continue;
    const oldest = waiting.shift();
    items.delete(kind.endsWith('Set') ? oldest : oldest.key);
  }
`;

/** How often V8 had to collect all of its memory: as often as the old part of it had grown by this many percent. */
async function fullCollections(kind: string): Promise<number> {
  const options = ['--trace-gc', '--heap-growing-percent=30', '--input-type=module', '--eval', CHURN, kind];
  const { stdout } = await run(process.execPath, options);
  return stdout.match(/Mark-Compact/g)?.length ?? 0;
}

it.each([
  ['ShortLivedSet', 'Set'],
  ['ShortLivedMap', 'Map'],
])('a %s lets garbage go young, which a %s does not', async (ours, theirs) => {
  const collections = [await fullCollections(ours), await fullCollections(theirs)] as const;
  expect(collections[1]).toBeGreaterThan(5);
  expect(collections[0]).toBeLessThan(collections[1] / 5);
});
