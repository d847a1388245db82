import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batcher } from '../../src/async/batcher.ts';
import { aManualRun, turn } from './manual-run.ts';

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

test('a batch that frees its slot early lets the next one leave, and frees it once', async () => {
  const left: number[] = [];
  const free: (() => void)[] = [];
  const ends = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const run = async ([item = 0]: readonly number[], _: unknown, freeSlot: () => void) => {
    free.push(freeSlot);
    await ends[left.push(item) - 1]?.promise;
    return [String(item)];
  };
  const batcher = new Batcher({ run, maxBatch: 1, slots: 1 });
  const results = [1, 2, 3].map((item) => batcher.add(item));
  await turn();
  expect(left).toEqual([1]);
  free[0]?.();
  free[0]?.();
  expect([left, batcher.load.running]).toEqual([[1, 2], 1]);
  // Its slot is the second one's now.
  ends[0]?.resolve();
  expect(await results[0]).toBe('1');
  await turn();
  expect(left).toEqual([1, 2]);
  ends[1]?.resolve();
  expect(await results[1]).toBe('2');
  await turn();
  expect(left).toEqual([1, 2, 3]);
});

test('what had to wait when a slot was freed early leaves when the batch has ended', async () => {
  const { batches, run } = aManualRun();
  let delayMs = 0;
  const free: (() => void)[] = [];
  const batcher = new Batcher<number, string>({
    run: (items, _, freeSlot) => {
      free.push(freeSlot);
      return run(items);
    },
    maxBatch: 1,
    slots: 1,
    delayMs: () => delayMs,
  });
  for (const item of [1, 2]) void batcher.add(item);
  await turn();
  delayMs = Number.POSITIVE_INFINITY;
  free[0]?.();
  await turn();
  expect(batches).toHaveLength(1);
  delayMs = 0;
  batches[0]?.finish(['1']);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2]]);
});

/** Runs batches of which one fails whenever `isBad` holds for one of its items. */
function aFailingRun(isBad: (item: number) => boolean) {
  const batches: (readonly number[])[] = [];
  const run = async (items: readonly number[]) => {
    batches.push(items);
    if (items.some(isBad)) throw new Error(`failed with ${items.length}`);
    return items.map(String);
  };
  return { batches, run };
}

async function outcomes(results: readonly Promise<string>[]): Promise<string[]> {
  const settled = await Promise.allSettled(results);
  return settled.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message));
}

test('one item’s error is its own', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 2, slots: 1 });
  const results = [1, 2].map((item) => batcher.add(item));
  await turn();
  batches[0]?.finish(['one', new Error('two is bad')]);
  expect(await outcomes(results)).toEqual(['one', 'two is bad']);
});

test('a batch that fails is taken apart, until the one to blame fails alone', async () => {
  const { batches, run } = aFailingRun((item) => item === 3);
  const batcher = new Batcher({ run, maxBatch: 4, slots: 1 });
  const results = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
  expect(await outcomes(results)).toEqual(['1', '2', 'failed with 1', '4', '5']);
  expect(batches).toEqual([[1, 2, 3, 4], [1], [2], [3], [4], [5]]);
});

test('it can be taken apart in steps, with few failures in sequence', async () => {
  const { batches, run } = aFailingRun((item) => item === 120);
  const batcher = new Batcher({ run, maxBatch: 200, slots: 1, partSize: 15 });
  const items = Array.from({ length: 200 }, (_, index) => index);
  const results = await outcomes(items.map((item) => batcher.add(item)));
  expect(results).toEqual(items.map((item) => (item === 120 ? 'failed with 1' : String(item))));
  expect(batches.filter((batch) => batch.includes(120)).map(({ length }) => length)).toEqual([200, 15, 1]);
});

test('a failure of all is not taken apart; one to be repeated is run again behind all others', async () => {
  const { batches, run } = aManualRun();
  const failures: number[] = [];
  const afterFailure = (error: unknown, item: { failures: number }) => {
    failures.push(item.failures);
    return String(error).includes('too many') ? 'later' : 'rejected';
  };
  const batcher = new Batcher({ run, maxBatch: 2, slots: 1, afterFailure });
  const results = outcomes([1, 2, 3, 4].map((item) => batcher.add(item)));
  await turn();
  batches[0]?.fail(new Error('too many'));
  await turn();
  batches[1]?.fail(new Error('all is lost'));
  await turn();
  batches[2]?.finish(['one', 'two']);
  expect(await results).toEqual(['one', 'two', 'all is lost', 'all is lost']);
  expect(batches.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4],
    [1, 2],
  ]);
  expect(failures).toEqual([1, 1]);
});

test('an item that is to be alone leaves next, and by itself', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 10, slots: 1 });
  void batcher.add(1);
  await turn();
  for (const item of [2, 3]) void batcher.add(item);
  void batcher.add(4, true);
  batches[0]?.finish(['one']);
  await turn();
  batches[1]?.finish(['four']);
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([[1], [4], [2, 3]]);
});

test('nothing leaves before its time, and cancelling does not wait for it', async () => {
  const { batches, run } = aManualRun();
  let delayMs = 5;
  const batcher = new Batcher({ run, maxBatch: 10, slots: 1, delayMs: () => delayMs });
  const first = batcher.add(1);
  await turn();
  expect(batches).toEqual([]);
  delayMs = 0;
  await expect.poll(() => batches.length).toBe(1);
  delayMs = 600_000;
  batches[0]?.finish(['one']);
  await first;
  const second = batcher.add(2);
  await turn();
  batcher.cancelWaiting(new Error('paused'));
  await expect(second).rejects.toThrow('paused');
});

test('cancelling reaches what a failed batch was taken apart into', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 3, slots: 1 });
  const results = [1, 2, 3].map((item) => batcher.add(item));
  await turn();
  batches[0]?.fail(new Error('one of them'));
  await turn();
  expect(batcher.load.waiting).toBe(2);
  batcher.cancelWaiting(new Error('paused'));
  batches[1]?.finish(['one']);
  expect(await outcomes(results)).toEqual(['one', 'paused', 'paused']);
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
