import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { OrderFilter, OrderRecord } from '../../src/internal-system/ledger.ts';
import { everyOrder, orderPage } from '../../src/order-lists/order-pages.ts';

const instant = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();

/** Touched at this hour, placed the hour before. */
function aRecord(hour: number, { totalsMismatch = false } = {}): OrderRecord {
  const stored = { placedAt: instant(hour - 1), totalsMismatch };
  return { reference: String(hour), notedAt: instant(hour), stored } as OrderRecord;
}

/** As a module lists that knows `limit` alone. */
const unpaged =
  (records: readonly OrderRecord[]) =>
  async ({ limit }: OrderFilter): Promise<OrderRecord[]> =>
    records.slice(0, limit);

/** As the built-in databases do. */
const paged =
  (records: readonly OrderRecord[], calls: OrderFilter[] = []) =>
  async (filter: OrderFilter): Promise<OrderRecord[]> => {
    calls.push(filter);
    const from = filter.after === undefined ? 0 : Number(filter.after) + 1;
    return records
      .slice(from, from + filter.limit)
      .map((record, index) => ({ ...record, cursor: String(from + index) }));
  };

const all = (records: AsyncIterable<OrderRecord>): Promise<OrderRecord[]> => Readable.from(records).toArray();
const names = (records: readonly OrderRecord[]) => records.map(({ reference }) => reference);
const many = Array.from({ length: 1_234 }, (_, index) => ({ ...aRecord(1), reference: String(index) }));

test('a page says where the next one begins, and the last one that none follows', async () => {
  const list = paged([aRecord(5), aRecord(4), aRecord(3)]);
  expect(await orderPage(list, { limit: 2 })).toMatchObject({ hasMore: true, next: '1' });
  const last = await orderPage(list, { limit: 2, after: '1' });
  expect(last).toMatchObject({ hasMore: false, next: null });
  expect(names(last.records)).toEqual(['3']);
});

test('from a system without pages, the first one says that there are more orders than it has', async () => {
  const page = await orderPage(unpaged([aRecord(5), aRecord(4)]), { limit: 1 });
  expect(page).toMatchObject({ hasMore: true, next: null });
});

test.each([
  ['paged', paged],
  ['not paged', unpaged],
] as const)('every order comes once, and no more than asked for (%s)', async (_, list) => {
  expect(names(await all(everyOrder(list(many), {}, 100_000)))).toEqual(names(many));
  expect(names(await all(everyOrder(list(many), {}, 700)))).toEqual(names(many.slice(0, 700)));
  expect(names(await all(everyOrder(list(many), {}, 3)))).toEqual(['0', '1', '2']);
});

test('who stops reading stops the asking', async () => {
  const calls: OrderFilter[] = [];
  for await (const { reference } of everyOrder(paged(many, calls), {}, 100_000)) if (reference === '10') break;
  expect(calls).toHaveLength(1);
});

test('what a module left out of account is left out afterwards', async () => {
  const list = unpaged([aRecord(9), aRecord(7, { totalsMismatch: true }), aRecord(5)]);
  const listed = async (criteria: Partial<OrderFilter>) =>
    names((await orderPage(list, { limit: 9, ...criteria })).records);
  expect(await listed({ mismatchOnly: true })).toEqual(['7']);
  expect(await listed({ until: new Date(instant(7)) })).toEqual(['5']);
  expect(await listed({ by: 'placed', until: new Date(instant(7)) })).toEqual(['7', '5']);
  expect(await listed({ by: 'placed', since: new Date(instant(6)) })).toEqual(['9', '7']);
  expect(await listed({})).toEqual(['9', '7', '5']);
});
