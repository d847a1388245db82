import { expect, test } from 'vitest';
import { orderNames } from '../../src/dead-letters/order-names.ts';
import type { OrderRecord } from '../../src/internal-system/ledger.ts';

type Names = Pick<OrderRecord, 'orderNumber' | 'shopOrderId'>;

/** An internal system that knows these orders, by number, id or former number. */
function aSystem(...orders: readonly (Names & { readonly former?: string })[]) {
  return {
    findOrders: async (name: string) =>
      orders.filter(({ orderNumber, shopOrderId, former }) =>
        [orderNumber, shopOrderId, former].includes(name),
      ) as unknown as OrderRecord[],
  };
}

const TEA = { orderNumber: '10086', shopOrderId: '23' };

test.each([
  ['its number', '10086', ['10086', '23']],
  ['the id of the shop', '23', ['23', '10086']],
  ['its former number', '10001', ['10001', '10086', '23']],
])('an order that a person calls by %s may be called by each of its names', async (_, name, names) => {
  expect(await orderNames(name, aSystem({ ...TEA, former: '10001' }))).toEqual({ names, isAmbiguous: false });
});

test('an order whose id is its number has one name', async () => {
  const found = await orderNames('10086', aSystem({ orderNumber: '10086', shopOrderId: '10086' }));
  expect(found).toEqual({ names: ['10086'], isAmbiguous: false });
});

test.each([
  ['an order nobody has seen', aSystem(TEA), '777'],
  [
    'an event that failed before the shop said which order it means',
    aSystem({ orderNumber: null, shopOrderId: null }),
    '777',
  ],
  ['a module that cannot look orders up', {}, '10086'],
])('%s goes by its own name', async (_, system, name) => {
  expect(await orderNames(name, system)).toEqual({ names: [name], isAmbiguous: false });
});

test('a name that two orders go by means only what says exactly that', async () => {
  const system = aSystem(TEA, { orderNumber: '23', shopOrderId: '7' });
  expect(await orderNames('23', system)).toEqual({ names: ['23'], isAmbiguous: true });
});

test('a name that may mean another order as well is not added', async () => {
  const system = aSystem(TEA, { orderNumber: '23', shopOrderId: '7' });
  expect(await orderNames('10086', system)).toEqual({ names: ['10086'], isAmbiguous: false });
});
