import { describe, expect, it, test } from 'vitest';
import { at, Fields } from '../../../src/shop/toolkit/index.ts';

const order = new Fields({
  id: 12,
  empty: '',
  total: '129.40',
  noisy: 59.900000000000006,
  paid: '1',
  free: 0,
  created: '2026-11-25 17:23:37',
  nothing: '0000-00-00 00:00:00',
  billing: { email: 'erika@example.com' },
  items: [
    { sku: 'A', amount: '1.10' },
    { sku: null, amount: '2.20' },
  ],
  gaps: { 0: { sku: 'A' }, 2: { sku: 'C' } },
  meta: [
    { key: 'gift', value: 'yes' },
    { name: 'slot', value: 7 },
    { attribute_code: 'zone', value: null },
  ],
});

test('text, ids and amounts read in whatever form they come', () => {
  expect(order.texts({ shopOrderId: 'id', email: 'billing.email', none: 'empty' })).toEqual({
    ...{ shopOrderId: '12', email: 'erika@example.com', none: null },
  });
  expect(order.id('id')).toBe('12');
  expect(order.amounts({ grand: 'total', noisy: 'noisy', none: 'absent' })).toEqual({
    ...{ grand: '129.40', noisy: '59.9', none: null },
  });
  expect([order.flag('paid'), order.flag('free'), order.flag('absent')]).toEqual([true, false, false]);
  expect([order.number('id'), order.number('total')]).toEqual([12, 129.4]);
});

test('times without a zone are UTC, or of the zone that is named', () => {
  expect(order.utcTimes({ placedAt: 'created', paidAt: 'nothing', cancelledAt: 'absent' })).toEqual({
    ...{ placedAt: '2026-11-25T17:23:37.000Z', paidAt: null, cancelledAt: null },
  });
  expect(order.zoneless('created', 'Asia/Shanghai')).toBe('2026-11-25T09:23:37.000Z');
});

test('lists and parts read like the whole', () => {
  expect(order.list('items').map((item) => item.text('sku'))).toEqual(['A', null]);
  expect(order.list('gaps').map((item) => item.text('sku'))).toEqual(['A', 'C']);
  expect(order.list('absent', [])).toEqual([]);
  expect(order.object('billing')?.text('email')).toBe('erika@example.com');
  expect(order.object('shipping')).toBeNull();
  expect(order.sum('items', 'amount')).toBe('3.30');
  expect(['gift', 'slot', 'zone', 'none'].map((key) => order.entry('meta', key))).toEqual(['yes', '7', null, null]);
});

describe('what is of another kind', () => {
  it.each<[string, (fields: Fields) => unknown, string]>([
    ['an id that is missing', (fields) => fields.id('absent'), 'absent: expected text or a number, found null'],
    ['text that is a list', (fields) => fields.text('items'), 'items: expected text, found a list'],
    [
      'money that is none',
      (fields) => fields.money('created'),
      'created: expected an amount such as "129.40", found other text',
    ],
    [
      'a number that is none',
      (fields) => fields.number('billing.email'),
      'billing.email: expected a number, found other text',
    ],
    ['a flag that is none', (fields) => fields.flag('total'), 'total: expected true or false, found other text'],
    ['a time that is none', (fields) => fields.zoneless('total'), 'total: expected a time such as'],
    ['a list that is missing', (fields) => fields.list('absent'), 'absent: expected a list, found null'],
    ['an object that is text', (fields) => fields.object('total'), 'total: expected an object, found other text'],
    [
      'a field of an item',
      (fields) => fields.list('items')[1]?.id('sku'),
      'items.1.sku: expected text or a number, found null',
    ],
  ])('is refused and named, without its value: %s', (_, read, message) => {
    expect(() => read(order)).toThrow(expect.objectContaining({ name: 'SyncError', reason: 'invalid_order' }));
    expect(() => read(order)).toThrow(message);
    expect(() => read(order)).not.toThrow(/erika|129\.40 /);
  });
});

test('a place leads only to what the JSON itself has', () => {
  expect(at({ a: { b: 1 } }, 'a.b')).toBe(1);
  expect(at({ a: null }, 'a.b')).toBeUndefined();
  expect(at({}, 'constructor.name')).toBeUndefined();
  expect(at('text', 'length')).toBeUndefined();
});
