import { LINES_PER_ORDER } from '../shop/order-template.ts';
import type { BenchQueue } from './broker.ts';
import type { BenchDatabase } from './databases.ts';
import type { Orders } from './orders.ts';

/** Checks that every order is stored with every line, and no queue has messages left. @returns one line per problem */
export async function findProblems(
  orders: Orders,
  database: Pick<BenchDatabase, 'stored'>,
  queue: Pick<BenchQueue, 'ready' | 'leftAside'>,
): Promise<string[]> {
  const stored = await database.stored(orders);
  const facts = [
    { what: 'orders', expected: orders.count, found: stored.orders },
    { what: 'order lines', expected: orders.count * LINES_PER_ORDER, found: stored.lines },
    { what: 'messages left in the queue', expected: 0, found: await queue.ready() },
    { what: 'dead letters and waiting retries', expected: 0, found: await queue.leftAside() },
  ];
  return facts
    .filter(({ expected, found }) => expected !== found)
    .map(({ what, expected, found }) => `expected ${expected} ${what}, found ${found}`);
}
