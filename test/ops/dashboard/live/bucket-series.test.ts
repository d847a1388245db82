import { describe, expect, test } from 'vitest';
import { BucketSeries } from '../../../../src/ops/dashboard/live/bucket-series.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 22, 8, 0, 0);

describe('a series of minutes', () => {
  test('counts each order in its minute, and shows empty minutes too', () => {
    const series = new BucketSeries(MINUTE, 3);
    series.addOrder(START + 1, 40);
    series.addOrder(START + MINUTE - 1, 60);
    series.addDeadLetter(START + 2 * MINUTE);
    const [first, second, third] = series.list(START + 2 * MINUTE + 5);
    expect(first).toMatchObject({ at: START, orders: 2, deadLetters: 0 });
    expect(second).toEqual({ at: START + MINUTE, orders: 0, deadLetters: 0, p50: null, p95: null });
    expect(third).toMatchObject({ at: START + 2 * MINUTE, orders: 0, deadLetters: 1 });
  });

  test('forgets what is older than its length, and ignores late additions to that time', () => {
    const series = new BucketSeries(MINUTE, 3);
    series.addOrder(START, 1);
    series.addOrder(START + 3 * MINUTE, 1);
    series.addOrder(START, 1);
    expect(series.list(START + 3 * MINUTE).map(({ orders }) => orders)).toEqual([0, 0, 1]);
    expect(series.total(START + 3 * MINUTE).orders).toBe(1);
    expect(series.list(START + 300 * MINUTE).map(({ orders }) => orders)).toEqual([0, 0, 0]);
    expect(series.total(START + 300 * MINUTE)).toMatchObject({ orders: 0, p50: null });
  });

  test.each([3, 48, 950, 12_000, 1_800_000])('knows how long orders took, to within a third: %d ms', (ms) => {
    const series = new BucketSeries(MINUTE, 60);
    for (let count = 0; count < 94; count += 1) series.addOrder(START, ms);
    for (let count = 0; count < 6; count += 1) series.addOrder(START, ms * 30);
    const { p50, p95 } = series.total(START);
    expect(Math.abs((p50 ?? 0) - ms) / ms).toBeLessThan(0.34);
    expect(p95 ?? 0).toBeGreaterThan(ms * 20);
  });

  test('counts an order whose time is unknown, without a time', () => {
    const series = new BucketSeries(MINUTE, 1);
    series.addOrder(START, null);
    expect(series.list(START)).toEqual([{ at: START, orders: 1, deadLetters: 0, p50: null, p95: null }]);
  });
});
