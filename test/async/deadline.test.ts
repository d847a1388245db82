import { expect, test } from 'vitest';
import { orAborted, withTimeout } from '../../src/async/deadline.ts';

const forever = () => new Promise<never>(() => undefined);
const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;

test('work that ends in time decides, for good or ill, and no timer is left behind', async () => {
  const before = timers();
  const late = () => {
    throw new Error('late');
  };
  expect(await withTimeout(Promise.resolve('done'), 60_000, late)).toBe('done');
  await expect(withTimeout(Promise.reject(new Error('failed')), 60_000, late)).rejects.toThrow('failed');
  expect(timers()).toBe(before);
});

test('after the time limit, onTimeout decides: what it returns or what it throws', async () => {
  expect(await withTimeout(forever(), 1, () => undefined)).toBeUndefined();
  const late = withTimeout(forever(), 1, () => {
    throw new Error('no answer within 1 ms');
  });
  await expect(late).rejects.toThrow('no answer within 1 ms');
});

test('an abort ends the wait with its reason, also one that came before', async () => {
  const controller = new AbortController();
  const waiting = orAborted(forever(), controller.signal);
  controller.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
  await expect(orAborted(forever(), controller.signal)).rejects.toThrow('stopping');
});

test('work that ends before the abort decides', async () => {
  const controller = new AbortController();
  expect(await orAborted(Promise.resolve('done'), controller.signal)).toBe('done');
  controller.abort(new Error('stopping'));
});
