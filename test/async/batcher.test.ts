import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batcher } from '../../src/async/batcher.ts';

/** Runs that end only when told to. */
function aManualRun() {
  const batches: {
    items: readonly number[];
    finish: (results: (string | Error)[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const run = (items: readonly number[]) =>
    new Promise<(string | Error)[]>((resolve, reject) => {
      batches.push({ items, finish: resolve, fail: reject });
    });
  return { batches, run };
}

/** Long enough for a batch that has ended to make way for the next one. */
const turn = async () => {
  await setImmediate();
  await setImmediate();
};

test('a lone item leaves at once; those that come while the slot is busy leave together', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 10, slots: 1 });
  const first = batcher.add(1);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1]]);
  const rest = [batcher.add(2), batcher.add(3)];
  await turn();
  expect(batches).toHaveLength(1);
  batches[0]?.finish(['one']);
  expect(await first).toBe('one');
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2, 3]]);
  batches[1]?.finish(['two', 'three']);
  expect(await Promise.all(rest)).toEqual(['two', 'three']);
});

test('items that come in the same turn share a batch, up to its size', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 2, slots: 5 });
  for (const item of [1, 2, 3]) void batcher.add(item);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1, 2], [3]]);
});

test('beside a batch that is under way, a small one waits and grows, until it is worth it or the other ends', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 10, slots: 2, minBatchBeside: 3 });
  const left = () => batches.map((batch) => batch.items);
  void batcher.add(1);
  await turn();
  for (const item of [2, 3]) void batcher.add(item);
  await turn();
  expect(left()).toEqual([[1]]);
  void batcher.add(4);
  await turn();
  expect(left()).toEqual([[1], [2, 3, 4]]);
  for (const item of [5, 6, 7]) void batcher.add(item);
  await turn();
  expect(left()).toHaveLength(2);
  batches[1]?.finish(['two', 'three', 'four']);
  await turn();
  expect(left().at(-1)).toEqual([5, 6, 7]);
  void batcher.add(8);
  batches[0]?.finish(['one']);
  batches[2]?.finish(['five', 'six', 'seven']);
  await turn();
  expect(left().at(-1)).toEqual([8]);
});

test('one item’s error is its own; a failed batch fails all of it and none of the next', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 2, slots: 1 });
  const results = Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
  await turn();
  batches[0]?.finish(['one', new Error('two is bad')]);
  await turn();
  batches[1]?.fail(new Error('all is lost'));
  expect(
    (await results).map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
  ).toEqual(['one', 'Error: two is bad', 'Error: all is lost', 'Error: all is lost']);
  const next = batcher.add(5);
  await turn();
  batches[2]?.finish(['five']);
  expect(await next).toBe('five');
});

test('items that are the same share a result only while they wait', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 1, isSame: (a: number, b: number) => a === b });
  void batcher.add(1);
  await turn();
  void batcher.add(2);
  void batcher.add(2);
  void batcher.add(1);
  batches[0]?.finish(['one']);
  await turn();
  batches[1]?.finish(['two']);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2], [1]]);
});

test('cancelling rejects what waits, and leaves alone what is under way', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 1 });
  const underWay = batcher.add(1);
  await turn();
  const waiting = batcher.add(2);
  batcher.cancelWaiting(new Error('paused'));
  await expect(waiting).rejects.toThrow('paused');
  batches[0]?.finish(['one']);
  expect(await underWay).toBe('one');
  await turn();
  expect(batches).toHaveLength(1);
});

test('closing rejects what waits and whatever comes later, and leaves alone what is under way', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 1 });
  const underWay = batcher.add(1);
  await turn();
  const waiting = batcher.add(2);
  batcher.close(new Error('out of time'));
  await expect(waiting).rejects.toThrow('out of time');
  await expect(batcher.add(3)).rejects.toThrow('out of time');
  batches[0]?.finish(['one']);
  expect(await underWay).toBe('one');
  await turn();
  expect(batches).toHaveLength(1);
});

test('a batch runs in the context of its first item, not in that of the batch before', async () => {
  const context = new AsyncLocalStorage<string>();
  const ranIn: (string | undefined)[] = [];
  const batcher = new Batcher<number, string>({
    run: async (items) => {
      ranIn.push(context.getStore());
      await setImmediate();
      return items.map(String);
    },
    maxBatch: 10,
    slots: 1,
  });
  const first = context.run('A', () => batcher.add(1));
  await setImmediate();
  await Promise.all([first, context.run('B', () => batcher.add(2)), context.run('C', () => batcher.add(3))]);
  await batcher.add(4);
  expect(ranIn).toEqual(['A', 'B', undefined]);
});
