import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '../../src/async/in-parallel.ts';

test('at most as many as allowed are under way, and all get done', async () => {
  let underWay = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await sleep(1);
    underWay -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a failure begins nothing more, but what is under way is finished first', async () => {
  const begun: number[] = [];
  const done: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await sleep(item === 1 ? 1 : 20);
    if (item === 1) throw new Error('the first one failed');
    done.push(item);
  };
  await expect(inParallel([1, 2, 3, 4, 5], 2, work)).rejects.toThrow('the first one failed');
  expect({ begun, done }).toEqual({ begun: [1, 2], done: [2] });
});

test('items that fail to come let what is under way finish', async () => {
  const done: number[] = [];
  async function* items() {
    yield 1;
    throw new Error('no more items');
  }
  const work = async (item: number) => {
    await sleep(5);
    done.push(item);
  };
  await expect(inParallel(items(), 2, work)).rejects.toThrow('no more items');
  expect(done).toEqual([1]);
});
