import { expect, onTestFinished, test } from 'vitest';
import { Heartbeat } from '../../src/heartbeat/heartbeat.ts';
import type { DaemonReport, DaemonStore } from '../../src/internal-system/daemon-store.ts';

/** A heart that looks for news all the time, and beats without news only once in an hour. */
function aHeart() {
  const calls: string[] = [];
  const state = { news: 'running', looks: 0, problem: undefined as Error | undefined };
  const failures: unknown[] = [];
  const call = (name: string) => async () => {
    calls.push(name);
    if (state.problem !== undefined) throw state.problem;
  };
  const store: DaemonStore = { beat: call('beat'), leave: call('leave'), prune: call('prune'), list: async () => [] };
  const heart = new Heartbeat({
    store,
    report: async () => ({}) as DaemonReport,
    news: () => {
      state.looks += 1;
      return state.news;
    },
    onError: (error) => failures.push(error),
    beatEveryMs: 3_600_000,
    lookEveryMs: 1,
  });
  onTestFinished(() => heart.stop());
  const looksOn = async () => {
    const enough = state.looks + 3;
    await expect.poll(() => state.looks, { interval: 1 }).toBeGreaterThanOrEqual(enough);
  };
  return { heart, calls, state, failures, looksOn };
}

test('it beats at once, and again with news; and takes its row along when it stops', async () => {
  const { heart, calls, state, looksOn } = aHeart();
  heart.start();
  await looksOn();
  expect(calls).toEqual(['beat', 'prune']);
  state.news = 'held';
  await looksOn();
  expect(calls).toEqual(['beat', 'prune', 'beat']);
  await heart.stop();
  expect(calls.at(-1)).toBe('leave');
});

test('a database that is away is told of once, is not asked more often, and ends neither the daemon nor its stop', async () => {
  const { heart, calls, state, failures, looksOn } = aHeart();
  state.problem = new Error('no route to host');
  heart.start();
  await looksOn();
  state.news = 'paused';
  await looksOn();
  expect(calls).toEqual(['beat', 'beat']);
  expect(failures).toEqual([state.problem]);
  await heart.stop();
});

test('one that never began to beat leaves nothing', async () => {
  const { heart, calls } = aHeart();
  await heart.stop();
  expect(calls).toEqual([]);
});
