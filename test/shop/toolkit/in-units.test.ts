import { expect, test } from 'vitest';
import { parts } from '../../../src/shop/toolkit/index.ts';

test('the named fields become amounts, however deep they stand, and nothing else does', () => {
  const reply = { id: 12, total: 12940, note: 'total', lines: [{ quantity: 2, price: 5 }, null], total_items: 3 };
  expect(parts.inUnits(reply, /^(total|price)$/, 2).json).toEqual({
    id: 12,
    total: '129.40',
    note: 'total',
    lines: [{ quantity: 2, price: '0.05' }, null],
    total_items: 3,
  });
});

test('with the digits of a currency', () => {
  expect(parts.inUnits({ total: 1200 }, /^total$/, 'JPY').json).toEqual({ total: '1200' });
});
