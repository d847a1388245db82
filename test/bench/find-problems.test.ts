import { expect, test } from 'vitest';
import { findProblems } from '../../bench/lab/find-problems.ts';
import { newOrders } from '../../bench/lab/orders.ts';

const ALL_RIGHT = { orders: 10, lines: 30, ready: 0, leftAside: 0 };

test('finds no problem when every order is stored, every line too, and every event is acked', async () => {
  expect(await problems(ALL_RIGHT)).toEqual([]);
});

test.each([
  [{ orders: 9 }, 'expected 10 orders, found 9'],
  [{ lines: 29 }, 'expected 30 order lines, found 29'],
  [{ ready: 1 }, 'expected 0 messages left in the queue, found 1'],
  [{ leftAside: 2 }, 'expected 0 dead letters and waiting retries, found 2'],
])('finds %j', async (wrong, problem) => {
  expect(await problems({ ...ALL_RIGHT, ...wrong })).toEqual([problem]);
});

function problems({ orders, lines, ready, leftAside }: typeof ALL_RIGHT): Promise<string[]> {
  return findProblems(
    newOrders(10),
    { stored: async () => ({ orders, lines }) },
    { ready: async () => ready, leftAside: async () => leftAside },
  );
}
