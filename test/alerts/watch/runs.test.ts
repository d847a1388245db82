import { expect, onTestFinished, test } from 'vitest';
import { SafeDatabase } from '../../../src/ack-memory/safe-database.ts';
import { Runs } from '../../../src/alerts/watch/runs.ts';
import { heldForAMoment } from '../../ack-memory/helpers/held-file.ts';
import { aMemoryPath } from '../../ack-memory/helpers/memory.ts';

/** A daemon's, on a file that may be shared. */
function aRun(path: string): Runs {
  const database = new SafeDatabase(path, (message) => {
    throw new Error(message);
  });
  onTestFinished(() => database.close());
  return new Runs(database, 'shop orders');
}

test('a daemon that is stopped is not missed by the next one', () => {
  const path = aMemoryPath();
  const run = aRun(path);
  expect(run.begin()).toBe(0);
  run.end();
  expect(aRun(path).begin()).toBe(0);
});

test('a daemon that ended without being stopped is told by the next one', () => {
  const path = aMemoryPath();
  aRun(path).begin();
  expect(aRun(path).begin()).toBe(1);
});

test('a daemon that is stopped while another one writes to the file is not missed either', async () => {
  const path = aMemoryPath();
  const run = aRun(path);
  run.begin();
  await heldForAMoment(path);
  run.end();
  expect(aRun(path).begin()).toBe(0);
});

test('a daemon that was started while another one wrote to the file is missed all the same', async () => {
  const path = aMemoryPath();
  const run = aRun(path);
  await heldForAMoment(path);
  run.begin();
  expect(aRun(path).begin()).toBe(1);
});
