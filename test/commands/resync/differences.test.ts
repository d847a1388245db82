import { expect, test } from 'vitest';
import { differences } from '../../../src/commands/resync/differences.ts';
import { anOrder } from '../../helpers/order-builder.ts';

test('the order of the fields in the database makes no difference', () => {
  const order = anOrder();
  const { totals, ...rest } = order;
  expect(differences(JSON.stringify({ ...rest, totals }), order)).toEqual([]);
});

test('text that no database can store is compared in the form in which it is stored', () => {
  const order = anOrder({ buyerNote: 'a\0b\uD800' });
  expect(differences(JSON.stringify({ ...order, buyerNote: 'a\uFFFDb\uFFFD' }), order)).toEqual([]);
});

test('a list that becomes empty differs, and so does one that was empty', () => {
  const full = anOrder();
  const empty = anOrder({ lines: [] });
  expect(differences(JSON.stringify(empty), full)).toContainEqual({ path: 'lines', stored: '[]', shop: undefined });
  expect(differences(JSON.stringify(full), empty)).toContainEqual({ path: 'lines', stored: undefined, shop: '[]' });
});

test('with nothing stored, every field of the shop differs', () => {
  const found = differences(undefined, anOrder());
  expect(found).toContainEqual({ path: 'status', stored: undefined, shop: '"paid"' });
  expect(found).toContainEqual({ path: 'buyer.name', stored: undefined, shop: '(personal)' });
  expect(found.filter(({ path, stored }) => path === '' || stored !== undefined)).toEqual([]);
});

test('a field is masked unless it is known to say nothing about a person', () => {
  const other = anOrder({
    buyer: { id: 'x', name: 'x', email: 'x', phone: 'x', wechat: 'x' },
    shippingAddress: {
      recipient: 'x',
      phone: '+86 138 0000 0000',
      country: 'CN',
      province: '浙江省',
      city: 'x',
      district: '西湖区',
      lines: ['x'],
      postcode: 'x',
    },
    payments: [{ method: 'card', transactionId: 'x', amount: '1', paidAt: null, cardHolder: 'x' }],
    cancelReason: 'x',
    buyerNote: 'x',
    invoice: { to: 'x' },
  });
  const shown = differences(JSON.stringify(anOrder()), other).filter(({ shop }) => shop !== '(personal)');
  expect(shown.map(({ path }) => path).sort()).toEqual([
    'payments[0].amount',
    'payments[0].method',
    'payments[0].paidAt',
  ]);
});
