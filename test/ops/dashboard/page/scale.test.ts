import { expect, test } from 'vitest';
import { countTicks, timeTicks } from '../../../../src/ops/dashboard/page/components/chart/scale.js';

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [4, [0, 2, 4]],
  [7, [0, 5, 10]],
  [140, [0, 50, 100, 150]],
  [5_999, [0, 2_000, 4_000, 6_000]],
])('the axis of %d orders has round numbers that reach it', (max, ticks) => {
  expect(countTicks(max)).toEqual(ticks);
});

test.each([
  [[], [10, 100, 1_000]],
  [[17], [10, 100]],
  [
    [8, 90, 4_000],
    [1, 10, 100, 1_000, 10_000],
  ],
  [[10 ** 12], [36_000_000, 360_000_000]],
])('the axis of the times %j spans them', (times, ticks) => {
  expect(timeTicks(times)).toEqual(ticks);
});
