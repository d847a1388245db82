import { expect, test } from 'vitest';
import { Turns } from '../../src/async/turns.ts';

const never = new AbortController().signal;

test('work on one key takes turns, in order, whatever becomes of the work before; other keys are not held up', async () => {
  const turns = new Turns();
  const begun: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = turns.take('a', never, async () => {
    begun.push('a1');
    await first.promise;
  });
  const two = turns.take('a', never, async () => void begun.push('a2'));
  const three = turns.take('a', never, async () => void begun.push('a3'));
  await turns.take('b', never, async () => void begun.push('b1'));
  expect(begun).toEqual(['a1', 'b1']);
  first.reject(new Error('failed'));
  await expect(one).rejects.toThrow('failed');
  await Promise.all([two, three]);
  expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('a wait that ends early does not begin, and those behind it still wait', async () => {
  const turns = new Turns();
  const stop = new AbortController();
  const first = Promise.withResolvers<string>();
  const one = turns.take('a', never, () => first.promise);
  const two = turns.take('a', stop.signal, async () => 'two');
  stop.abort(new Error('no more'));
  await expect(two).rejects.toThrow('no more');
  first.resolve('one');
  expect(await one).toBe('one');
  expect(await turns.take('a', never, async () => 'three')).toBe('three');
});
