import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionAges } from '../../../src/internal-system/sql/connection-ages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A pool that hands out its idle connections first, oldest first. */
function aPool(idle: object[]) {
  const dropped: object[] = [];
  const ages = new ConnectionAges();
  const borrow = () =>
    ages.borrowFresh<object>({
      borrow: async () => idle.shift() ?? {},
      drop: (connection) => void dropped.push(connection),
      keyOf: (connection) => connection,
      setUp: async () => undefined,
    });
  return { ages, borrow, dropped };
}

it('a connection is used for five minutes, and then replaced', async () => {
  const connection = {};
  const { borrow, dropped } = aPool([connection, connection, connection]);
  await borrow();
  vi.advanceTimersByTime(299_999);
  expect(await borrow()).toBe(connection);
  vi.advanceTimersByTime(1);
  expect(await borrow()).not.toBe(connection);
  expect(dropped).toEqual([connection]);
});

it('after the server was found unavailable, every connection from before that is replaced', async () => {
  const [first, second] = [{ name: 'first' }, { name: 'second' }];
  const { ages, borrow, dropped } = aPool([first, second, first, second]);
  await borrow();
  await borrow();
  vi.advanceTimersByTime(1);
  ages.distrustAll();
  await borrow();
  expect(dropped).toEqual([first, second]);
});
