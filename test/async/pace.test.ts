import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from '../../src/async/pace.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

interface Shop {
  /** Whether it serves a call that begins now. */
  readonly serves: () => boolean;
  readonly retryAfterMs?: number;
}

/** Calls as fast as the pace allows, each answered after 40 ms. @returns calls served and refused, and what onLimit said */
function callFor(ms: number, { serves, retryAfterMs }: Shop, pace: Pace) {
  const counts = { served: 0, refused: 0, givenUp: 0 };
  const out: { startedAt: number; isServed: boolean }[] = [];
  for (let elapsed = 0; elapsed < ms; elapsed += 1) {
    vi.advanceTimersByTime(1);
    while (out.length < 16 && pace.delayMs === 0) out.push({ startedAt: pace.begin(), isServed: serves() });
    for (const call of out.filter(({ startedAt }) => performance.now() - startedAt >= 40)) {
      out.splice(out.indexOf(call), 1);
      if (call.isServed) {
        counts.served += 1;
        pace.answered(call.startedAt);
      } else {
        counts.refused += 1;
        if (!pace.refused(call.startedAt, retryAfterMs)) counts.givenUp += 1;
      }
    }
  }
  return counts;
}

/** So many calls in each second, as counted by the shop's clock. */
function fixedWindow(limit: number): () => boolean {
  let window = -1;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== window) [window, count] = [now, 0];
    count += 1;
    return count <= limit;
  };
}

/** A bucket that holds so many calls and fills by `perSecond`. */
function bucket(capacity: number, perSecond: number): () => boolean {
  let level = capacity;
  let at = performance.now();
  return () => {
    const now = performance.now();
    level = Math.min(capacity, level + ((now - at) / 1000) * perSecond);
    at = now;
    if (level < 1) return false;
    level -= 1;
    return true;
  };
}

const ignore = () => undefined;

test('a server that never refuses is never waited for', () => {
  const onLimit = vi.fn();
  const pace = new Pace(onLimit);
  expect(callFor(2_000, { serves: () => true }, pace).served).toBeGreaterThan(700);
  expect(onLimit).not.toHaveBeenCalled();
});

test.each([
  ['five calls a second', () => fixedWindow(5), 1_000, 5],
  ['five calls a second, and does not say how long to wait', () => fixedWindow(5), undefined, 5],
  ['a bucket of five, filled with five a second', () => bucket(5, 5), 1_000, 5],
  ['a bucket of 40, filled with two a second', () => bucket(40, 2), 2_000, 2],
  ['a hundred calls a second', () => fixedWindow(100), 1_000, 100],
])('a server that allows %s is used nearly in full, and refuses little', (_, limit, retryAfterMs, perSecond) => {
  const pace = new Pace(ignore);
  const shop = { serves: limit(), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  callFor(20_000, shop, pace);
  const { served, refused, givenUp } = callFor(100_000, shop, pace);
  expect(served).toBeGreaterThan(0.85 * 100 * perSecond);
  expect(refused).toBeLessThan(0.2 * served);
  expect(givenUp).toBe(0);
});

test('while it refuses, one call at a time goes out to see; after half a minute it is more than a limit', () => {
  const pace = new Pace(ignore);
  const first = callFor(20_000, { serves: () => false }, pace);
  expect(first.refused).toBeLessThan(16 + 8);
  expect(first.givenUp).toBe(0);
  expect(callFor(20_000, { serves: () => false }, pace).givenUp).toBeGreaterThan(0);
});

test('a server that asks for more than half a minute is not waited for', () => {
  const pace = new Pace(ignore);
  expect(pace.refused(pace.begin(), 31_000)).toBe(false);
  expect(pace.delayMs).toBe(0);
});

test('says once that there is a limit, and once that it is over, a minute after the last refusal', () => {
  const onLimit = vi.fn();
  const pace = new Pace(onLimit);
  callFor(30_000, { serves: fixedWindow(5), retryAfterMs: 1_000 }, pace);
  expect(onLimit.mock.calls).toEqual([[true]]);
  callFor(61_000, { serves: () => true }, pace);
  expect(onLimit.mock.calls).toEqual([[true], [false]]);
  expect(pace.delayMs).toBe(0);
});

test('after refusals of everything, it soon goes at full speed again', () => {
  const pace = new Pace(ignore);
  callFor(10_000, { serves: () => false }, pace);
  expect(callFor(15_000, { serves: () => true }, pace).served).toBeGreaterThan(1_000);
});
