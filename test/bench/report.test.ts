import { expect, test } from 'vitest';
import { interleave, medianOf, ratioOf } from '../../bench/lab/rounds.ts';
import { isMet, type Verdict } from '../../bench/report/results.ts';
import { percentile } from '../../bench/report/statistics.ts';
import { ticks } from '../../bench/report/svg.ts';

test.each([
  [50, 3],
  [0, 1],
  [100, 5],
  [75, 4],
  [90, 4.6],
])('percentile %d of 1 to 5 is %d', (share, expected) => {
  expect(percentile([5, 1, 4, 2, 3], share)).toBeCloseTo(expected);
});

test('runs every entry in every round, and begins each round with another one', async () => {
  const ran: string[] = [];
  await interleave(
    () => undefined,
    3,
    ['a', 'b', 'c'].map((name) => ({ name, run: async () => ran.push(name), describe: String })),
  );

  expect(ran.join('')).toBe('abcbcacab');
});

test('compares within each round, so that a disturbed round does not distort the ratio', () => {
  const rounds = new Map([
    ['ours', [80, 8, 90]],
    ['theirs', [100, 10, 100]],
  ]);

  expect(ratioOf(rounds, 'ours', 'theirs', Number)).toBeCloseTo(0.8);
  expect(medianOf(rounds, 'ours', Number)).toBe(80);
});

test.each([
  ['at least', 0.8, true],
  ['at least', 0.79, false],
  ['at most', 0.8, true],
  ['at most', 0.81, false],
] as const)('%s 0.8: %d is met: %s', (sense, value, expected) => {
  const verdict: Verdict = { what: '', measured: '', against: '', unit: '×', bar: 0.8, sense, value };

  expect(isMet(verdict)).toBe(expected);
});

test.each([
  [1_000_000, 1_000_000],
  [4_759, 5_000],
  [0.3, 0.3],
])('an axis up to %d ends at %d', (max, end) => {
  expect(ticks(max).at(-1)).toBeCloseTo(end);
});
