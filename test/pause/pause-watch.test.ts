import { expect, onTestFinished, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { LastPause, Pause, PauseStore } from '../../src/internal-system/pause-store.ts';
import { PauseWatch, type PauseWatchOptions } from '../../src/pause/pause-watch.ts';

const HOUR_MS = 3_600_000;
const PAUSE: Pause = { since: '2026-11-29T08:00:00.000Z', by: 'li.wei', reason: 'ERP update', until: null };
const LASTING: LastPause = { ...PAUSE, lastsMs: 1_000, ended: null };

/** A watch, and the store that it looks at. */
function aWatch(last: LastPause | undefined, options: PauseWatchOptions = {}) {
  const answer: { last: LastPause | undefined; error?: Error; looks: number } = { last, looks: 0 };
  const store: Pick<PauseStore, 'last'> = {
    last: async () => {
      answer.looks += 1;
      if (answer.error !== undefined) throw answer.error;
      return answer.last;
    },
  };
  const watch = new PauseWatch(store as PauseStore, { lookEveryMs: 1, ...options });
  onTestFinished(() => watch.stop());
  const seen: unknown[][] = [];
  for (const name of ['began', 'changed', 'ended', 'overdue'] as const)
    watch.on(name, (...facts: unknown[]) => seen.push([name, ...facts]));
  const looksOn = async (times = 3) => {
    const enough = answer.looks + times;
    await expect.poll(() => answer.looks, { interval: 1 }).toBeGreaterThanOrEqual(enough);
  };
  return { watch, answer, seen, looksOn };
}

test('a pause is known before the first look is over, and is old then', async () => {
  const { watch, seen } = aWatch(LASTING);
  await watch.start();
  expect(watch.pause).toEqual(PAUSE);
  expect(seen).toEqual([['began', PAUSE, true]]);
});

test('begin, change and end are told once each, with who ended it', async () => {
  const { watch, answer, seen, looksOn } = aWatch(undefined);
  await watch.start();
  answer.last = LASTING;
  await looksOn();
  const until = '2026-11-29T10:00:00.000Z';
  answer.last = { ...LASTING, until };
  await looksOn();
  answer.last = { ...answer.last, ended: { at: until, by: 'ann' }, lastsMs: 7_200_000 };
  await looksOn();
  expect(watch.pause).toBeUndefined();
  expect(seen).toEqual([
    ['began', PAUSE, false],
    ['changed', { ...PAUSE, until }],
    ['ended', { ...PAUSE, until }, 'ann', 7_200_000],
  ]);
});

test('a pause that has taken the place of another between two looks ends that one', async () => {
  const { watch, answer, seen, looksOn } = aWatch(LASTING);
  await watch.start();
  const next = { ...PAUSE, since: '2026-11-29T09:00:00.000Z', by: 'ann' };
  answer.last = { ...LASTING, ...next };
  await looksOn();
  expect(seen).toEqual([
    ['began', PAUSE, true],
    ['ended', PAUSE, null, expect.any(Number)],
    ['began', next, false],
  ]);
});

test('while the internal system does not answer, what it said last holds; only the first look must succeed', async () => {
  const { watch, answer, seen, looksOn } = aWatch(LASTING);
  const away = new SyncError('internal_system_unavailable', 'no route to host');
  answer.error = away;
  await expect(watch.start()).rejects.toBe(away);
  delete answer.error;
  await watch.start();
  answer.error = away;
  await looksOn();
  expect(watch.pause).toEqual(PAUSE);
  expect(seen).toHaveLength(1);
});

test('a pause without an end is overdue after four hours, and says so again and again', async () => {
  const { watch, answer, seen, looksOn } = aWatch({ ...LASTING, lastsMs: 4 * HOUR_MS - 1 }, { remindEveryMs: 0 });
  await watch.start();
  expect(watch.isOverdue).toBe(false);
  answer.last = { ...LASTING, lastsMs: 4 * HOUR_MS };
  await looksOn(3);
  expect(watch.isOverdue).toBe(true);
  expect(seen.filter(([name]) => name === 'overdue').length).toBeGreaterThan(1);
  answer.last = { ...LASTING, ended: { at: PAUSE.since, by: 'ann' } };
  await looksOn();
  expect(watch.isOverdue).toBe(false);
});

test('it says so once an hour; one that will end by itself is never overdue', async () => {
  const forgotten = aWatch({ ...LASTING, lastsMs: 5 * HOUR_MS });
  await forgotten.watch.start();
  await forgotten.looksOn(10);
  expect(forgotten.seen.filter(([name]) => name === 'overdue')).toHaveLength(1);
  const ending = aWatch({ ...LASTING, until: '2026-12-01T00:00:00.000Z', lastsMs: 30 * HOUR_MS });
  await ending.watch.start();
  expect(ending.watch.isOverdue).toBe(false);
});

test('without a store, nothing is ever paused', async () => {
  const watch = new PauseWatch(undefined);
  await watch.start();
  expect([watch.pause, watch.isOverdue]).toEqual([undefined, false]);
});
