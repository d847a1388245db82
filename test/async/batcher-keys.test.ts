import { expect, test } from 'vitest';
import { Batcher } from '../../src/async/batcher.ts';
import { aManualRun, turn } from './manual-run.ts';

test('items of one key share a result only while none of them has left; the next one leaves when that one is back', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String });
  const first = batcher.add(1);
  await turn();
  const later = [1, 1, 1, 2, 2].map((item) => batcher.add(item));
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2]]);
  expect(batcher.load).toEqual({ slots: 5, running: 2, waiting: 1 });
  batches[0]?.finish(['one']);
  batches[1]?.finish(['two']);
  await turn();
  batches[2]?.finish(['one, later']);
  expect(await first).toBe('one');
  expect(await Promise.all(later)).toEqual(['one, later', 'one, later', 'one, later', 'two', 'two']);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2], [1]]);
});

test('an item that fails lets the next one of its key leave', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String });
  const first = batcher.add(1);
  await turn();
  const second = batcher.add(1);
  batches[0]?.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await turn();
  batches[1]?.finish(['one']);
  expect(await second).toBe('one');
});

test('an item that has to wait again shares the result of the next one of its key', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String, afterFailure: () => 'later' });
  const first = batcher.add(1);
  await turn();
  const second = batcher.add(1);
  batches[0]?.fail(new Error('busy'));
  await turn();
  batches[1]?.finish(['one']);
  expect(await Promise.all([first, second])).toEqual(['one', 'one']);
  await turn();
  expect(batches).toHaveLength(2);
});

test('an item that waits for one of its key is cancelled like all that wait, and blocks no later one', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String });
  const first = batcher.add(1);
  await turn();
  const second = batcher.add(1);
  batcher.cancelWaiting(new Error('paused'));
  await expect(second).rejects.toThrow('paused');
  const third = batcher.add(1);
  batches[0]?.finish(['one']);
  expect(await first).toBe('one');
  await turn();
  batches[1]?.finish(['one, later']);
  expect(await third).toBe('one, later');
});

test('an item that is alone in its batch waits for no other of its key, and holds up none', async () => {
  const { batches, run } = aManualRun();
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String });
  void batcher.add(1);
  await turn();
  void batcher.add(1, true);
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [1]]);
});

test('an item that lingers is joined by those of its key, and leaves once', async () => {
  const { batches, run } = aManualRun();
  let lingerMs = Number.POSITIVE_INFINITY;
  const batcher = new Batcher({ run, maxBatch: 1, slots: 5, keyOf: String, lingerMs: () => lingerMs });
  const results = [batcher.add(1)];
  await turn();
  results.push(batcher.add(1), batcher.add(2));
  await turn();
  expect(batches).toHaveLength(0);
  lingerMs = 0;
  results.push(batcher.add(3));
  await turn();
  expect(batches.map((batch) => batch.items)).toEqual([[1], [2], [3]]);
  batches.forEach((batch, index) => {
    batch.finish([`result ${index}`]);
  });
  expect(await Promise.all(results)).toEqual(['result 0', 'result 0', 'result 1', 'result 2']);
});
