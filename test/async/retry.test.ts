import { expect, test } from 'vitest';
import { type RetryOptions, retry } from '../../src/async/retry.ts';

class Passing extends Error {}

const QUICKLY: RetryOptions<Passing> = { isRetryable: (error) => error instanceof Passing, delayMs: () => 0 };

/** Fails with each of these in turn, then succeeds. */
function failing(...failures: readonly Error[]) {
  const left = [...failures];
  const work = async () => {
    work.calls += 1;
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return 'done';
  };
  work.calls = 0;
  return work;
}

test('repeats the work until it succeeds', async () => {
  const work = failing(new Passing('one'), new Passing('two'));
  await expect(retry(work, QUICKLY)).resolves.toBe('done');
  expect(work.calls).toBe(3);
});

test('reports each failure and the wait that follows, and no more', async () => {
  const reports: unknown[] = [];
  await retry(failing(new Passing('one'), new Passing('two')), {
    ...QUICKLY,
    delayMs: (tries, { message }) => (message === 'two' ? tries : 0),
    onRetry: ({ message }, delayMs) => reports.push([message, delayMs]),
  });
  expect(reports).toEqual([
    ['one', 0],
    ['two', 2],
  ]);
});

test('throws a failure of another kind at once', async () => {
  const work = failing(new TypeError('a bug'));
  await expect(retry(work, QUICKLY)).rejects.toThrow('a bug');
  expect(work.calls).toBe(1);
});

test('throws the last failure after the last try', async () => {
  const work = failing(new Passing('one'), new Passing('two'), new Passing('three'));
  await expect(retry(work, { ...QUICKLY, maxTries: 2 })).rejects.toThrow('two');
  expect(work.calls).toBe(2);
});

test('stops waiting when aborted, with the reason of the signal', async () => {
  const controller = new AbortController();
  const work = failing(new Passing('one'));
  const retrying = retry(work, {
    ...QUICKLY,
    delayMs: () => 3_600_000,
    signal: controller.signal,
    onRetry: () => setImmediate(() => controller.abort(new Error('stopping'))),
  });
  await expect(retrying).rejects.toThrow('stopping');
  expect(work.calls).toBe(1);
});

test('does not begin to wait when it was aborted during a try', async () => {
  const controller = new AbortController();
  const retries: unknown[] = [];
  const work = async () => {
    controller.abort(new Error('stopping'));
    throw new Passing('one');
  };
  const { signal } = controller;
  await expect(retry(work, { ...QUICKLY, signal, onRetry: (error) => retries.push(error) })).rejects.toThrow(
    'stopping',
  );
  expect(retries).toEqual([]);
});
