import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RequestBudget } from '../../src/http/request-budget.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** How many of these requests, each on its own connection, are answered within the current second. */
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

test('a hundred ordinary requests are answered in a second, the others wait', async () => {
  expect(await answeredAtOnce(150)).toBe(100);
});

test('cheap requests may be more', async () => {
  expect(await answeredAtOnce(900, 0.1)).toBe(900);
  expect(await answeredAtOnce(1_500, 0.1)).toBeLessThanOrEqual(1_001);
});
