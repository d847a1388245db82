import { expect, test, vi } from 'vitest';
import { ConflictCount } from '../../../../src/ops/dashboard/live/conflict-count.ts';

test('answers at once with what it knows, and asks one question at a time', async () => {
  const answers: ((count: number) => void)[] = [];
  const countOrders = vi.fn(() => new Promise<number>((resolve) => answers.push(resolve)));
  const count = new ConflictCount({ countOrders });
  expect([count.now(), count.now()]).toEqual([null, null]);
  expect(countOrders).toHaveBeenCalledTimes(1);
  expect(countOrders).toHaveBeenCalledWith({ conflictsOnly: true }, 1_000);
  answers[0]?.(3);
  await expect.poll(() => count.now()).toBe(3);
  await expect
    .poll(() => {
      count.now();
      return countOrders.mock.calls.length;
    })
    .toBe(2);
  answers[1]?.(0);
  await expect.poll(() => count.now()).toBe(0);
});

test('does not know while the internal system does not answer, or cannot count', async () => {
  const countOrders = vi.fn().mockResolvedValueOnce(2).mockRejectedValue(new Error('down'));
  const count = new ConflictCount({ countOrders });
  count.now();
  await expect.poll(() => count.now()).toBe(2);
  await expect.poll(() => count.now()).toBe(null);
  const uncounted = new ConflictCount({});
  uncounted.now();
  await expect.poll(() => uncounted.now()).toBe(null);
});
