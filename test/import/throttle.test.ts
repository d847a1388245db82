import { expect, test } from 'vitest';
import { Throttle } from '../../src/import/throttle.ts';

const NEVER = new AbortController().signal;

/** Live orders wait at the first looks, and then no more. */
function aThrottle(looksBehind: number) {
  const state = { looks: 0 };
  const throttle = new Throttle({
    perSecond: 1_000,
    isBehind: async () => {
      state.looks += 1;
      return state.looks <= looksBehind;
    },
  });
  return { throttle, state };
}

test('no request goes out while live orders wait, and those that wait for it share a look', async () => {
  const { throttle, state } = aThrottle(1);
  const turns = Promise.all([throttle.turn(NEVER), throttle.turn(NEVER), throttle.turn(NEVER)]);
  await expect.poll(() => throttle.isWaiting).toBe(true);
  expect(state.looks).toBe(1);
  await turns;
  expect(state.looks).toBe(2);
  expect(throttle.isWaiting).toBe(false);
});

test('an interruption ends the wait, and the next turn looks again', async () => {
  const { throttle, state } = aThrottle(1);
  const controller = new AbortController();
  const turn = throttle.turn(controller.signal);
  await expect.poll(() => throttle.isWaiting).toBe(true);
  controller.abort(new Error('enough'));
  await expect(turn).rejects.toThrow('enough');
  expect(throttle.isWaiting).toBe(false);
  await throttle.turn(NEVER);
  expect(state.looks).toBe(2);
});

test('each turn is a fixed time after the one before, and four times as long once the shop limits the rate', async () => {
  const { throttle } = aThrottle(0);
  const turns = async (count: number) => {
    const begun = performance.now();
    for (let turn = 0; turn < count; turn += 1) await throttle.turn(NEVER);
    return performance.now() - begun;
  };
  // At least: a slow machine takes longer.
  expect(await turns(51)).toBeGreaterThan(49);
  throttle.slowDown(true);
  await throttle.turn(NEVER);
  expect(await turns(21)).toBeGreaterThan(70);
  throttle.slowDown(false);
});
