import { expect, test } from 'vitest';
import { inBatches } from '../../src/async/in-batches.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 1; number <= count; number += 1) yield number;
}

test.each([
  [0, []],
  [2, [[1, 2]]],
  [5, [[1, 2], [3, 4], [5]]],
])('%i items in batches of two', async (count, batches) => {
  const found: unknown[] = [];
  for await (const batch of inBatches(numbers(count), 2)) found.push(batch);
  expect(found).toEqual(batches);
});

test('hands over a batch before it reads further', async () => {
  const read: number[] = [];
  async function* items() {
    for await (const number of numbers(4)) {
      read.push(number);
      yield number;
    }
  }
  await inBatches(items(), 2).next();
  expect(read).toEqual([1, 2]);
});
