import { afterEach, expect, test, vi } from 'vitest';
import { Deadline, exactlyUntil } from '../../src/async/exact-deadline.ts';

const LATE = new Error('too late');
const never = new AbortController().signal;

afterEach(() => vi.restoreAllMocks());

/** What a process sees that stood still: the clocks have moved on, and no timer has fired. */
function standStill(clock: 'monotonic' | 'wall', ms: number): void {
  const before = clock === 'monotonic' ? performance.now() : Date.now();
  if (clock === 'monotonic') vi.spyOn(performance, 'now').mockReturnValue(before + ms);
  else vi.spyOn(Date, 'now').mockReturnValue(before + ms);
}

test.each(['monotonic', 'wall'] as const)('is aborted at once after a standstill, by the %s clock', (clock) => {
  const signal = exactlyUntil(new Deadline(60_000), never, () => LATE);
  const heard = vi.fn();
  signal.addEventListener('abort', heard);
  expect(signal.aborted).toBe(false);
  standStill(clock, 60_001);
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toBe(LATE);
  expect(heard).toHaveBeenCalledOnce();
});

test('throwIfAborted() throws before a timer could fire', () => {
  const signal = exactlyUntil(new Deadline(60_000), never, () => LATE);
  signal.throwIfAborted();
  standStill('monotonic', 60_001);
  expect(() => signal.throwIfAborted()).toThrow(LATE);
});

test('a request that is begun after the standstill is not sent', async () => {
  const signal = exactlyUntil(new Deadline(60_000), never, () => LATE);
  standStill('monotonic', 60_001);
  await expect(fetch('http://127.0.0.1:9', { signal })).rejects.toBe(LATE);
});

test('follows the signal that it is made of', () => {
  const stop = new AbortController();
  const signal = exactlyUntil(new Deadline(60_000), stop.signal, () => LATE);
  stop.abort(new Error('stopped'));
  expect(signal.reason).toEqual(new Error('stopped'));
  expect(exactlyUntil(new Deadline(60_000), stop.signal, () => LATE).aborted).toBe(true);
});
