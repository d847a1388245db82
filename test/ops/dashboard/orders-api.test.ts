import { expect, test } from 'vitest';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import type { OrderRecord } from '../../../src/internal-system/ledger.ts';
import { OrdersApi } from '../../../src/ops/dashboard/api/orders-api.ts';

const record = (orderNumber: string | null, shopOrderId: string | null) =>
  ({ orderNumber, shopOrderId }) as OrderRecord;

/** 1001 is the number of one order and the id of another; an event of that name failed as well. */
const KNOWN: Readonly<Record<string, readonly OrderRecord[]>> = {
  1001: [record('1003', '1001'), record('1001', '57'), record(null, null)],
  57: [record('1001', '57')],
  OLD: [record('NEW', '58')],
};
const internalSystem = {
  findOrders: async (reference: string) => [...(KNOWN[reference] ?? [])],
} as Partial<InternalSystem> as InternalSystem;

async function publishedFor(reference: string, fetchesBy?: 'orderNumber' | 'shopOrderId'): Promise<string[]> {
  const published: string[] = [];
  const publish = async (name: string) => void published.push(name);
  const sources = {
    internalSystem,
    fetchesBy,
    publish,
    ackedAt: () => null,
    forgotten: () => null,
    retryDelaysMs: [],
    reportsShipments: false,
  };
  await new OrdersApi(sources).resync(reference);
  return published;
}

test.each([
  ['1001', '57'],
  ['57', '57'],
  ['OLD', '58'],
  ['never-seen', 'never-seen'],
])('a shop that can be asked by id alone is asked for order %s by %s', async (reference, id) => {
  expect(await publishedFor(reference, 'shopOrderId')).toEqual([id]);
});

test('any other shop is asked for an order by the name that the person gave', async () => {
  expect(await publishedFor('1001')).toEqual(['1001']);
  expect(await publishedFor('57', 'orderNumber')).toEqual(['57']);
});
