import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { askedWaitMs } from '../../src/shop/asked-wait.ts';

const refusal = (retryAfterMs: number | undefined, mayEndSooner: boolean) =>
  new SyncError('shop_rate_limited', 'no', { retryAfterMs, mayEndSooner });

test('a limit is kept to exactly, however often it was met', () => {
  for (const refusals of [1, 2, 10]) expect(askedWaitMs(refusal(300_000, false), refusals)).toBe(300_000);
});

test('nothing is waited for that nobody asked for', () => {
  expect(askedWaitMs(refusal(undefined, false), 3)).toBeUndefined();
  expect(askedWaitMs(refusal(undefined, true), 3)).toBeUndefined();
});

test.each([
  [1, 5_000],
  [2, 10_000],
  [3, 20_000],
  [4, 30_000],
  [50, 30_000],
])('a maintenance of ten minutes is looked at earlier: after refusal %i, within %i ms', (refusals, atMost) => {
  for (let round = 0; round < 50; round += 1) {
    const waitMs = askedWaitMs(refusal(600_000, true), refusals);
    expect(waitMs).toBeLessThanOrEqual(atMost);
    expect(waitMs).toBeGreaterThanOrEqual(atMost / 2);
  }
});

test('a short maintenance is waited for no longer than it asks', () => {
  for (const refusals of [1, 2, 10]) expect(askedWaitMs(refusal(1_000, true), refusals)).toBe(1_000);
});
