import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RequestBudget } from '../../../src/ops/http/request-budget.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** How many of that many requests, each on a connection of its own, are answered within the second that has begun. */
async function answeredAtOnce(requests: number, cost?: number): Promise<number> {
  const budget = new RequestBudget();
  let answered = 0;
  for (let request = 0; request < requests; request += 1) {
    void budget.take(new Socket(), cost).then(() => {
      answered += 1;
    });
  }
  await new Promise((resolve) => setImmediate(resolve));
  return answered;
}

test('a hundred ordinary requests are answered in a second, and the others wait', async () => {
  expect(await answeredAtOnce(150)).toBe(100);
});

test('of cheap requests there may be more', async () => {
  expect(await answeredAtOnce(900, 0.1)).toBe(900);
  expect(await answeredAtOnce(1_500, 0.1)).toBeLessThanOrEqual(1_001);
});
