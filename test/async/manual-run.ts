import { setImmediate } from 'node:timers/promises';

/** Runs that end only when told to. */
export function aManualRun() {
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
export const turn = async () => {
  await setImmediate();
  await setImmediate();
};
