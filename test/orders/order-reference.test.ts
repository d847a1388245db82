import { describe, expect, it } from 'vitest';
import { parseOrder } from '../../src/orders/order.ts';
import { isOrderReference } from '../../src/orders/order-reference.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';

describe('isOrderReference', () => {
  it.each(['1', 'a.b_c', '#1001', 'SO  1001', 'a/b/c', '.hidden', 'v1..2', '订单', '𠮷'.repeat(64), '1'.repeat(64)])(
    'accepts %s',
    (text) => {
      expect(isOrderReference(text)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '\u00a01',
    '#',
    '//',
    '.',
    '..',
    'a/..',
    '../a',
    'a/ .. /b',
    '𠮷'.repeat(65),
    'a\n',
    '1\u0301\u0000',
  ])('refuses %j', (text) => {
    expect(isOrderReference(text)).toBe(false);
  });

  it('is quick whatever it is given', () => {
    for (const text of ['a-'.repeat(1e6), '/'.repeat(1e6), 'ﷺ'.repeat(1e6), '1'.repeat(1e6)]) {
      expect(isOrderReference(text)).toBe(false);
    }
  });
});

it('keeps the numbers of an order as they are, without blanks around them', () => {
  const parsed = parseOrder(anOrderDocument({ orderNumber: ' #1001 ', shopOrderId: 'gid://shopify/Order/1' }));
  expect(parsed).toMatchObject({ order: { orderNumber: '#1001', shopOrderId: 'gid://shopify/Order/1' } });
  expect(parseOrder(anOrderDocument({ orderNumber: '../1' }))).toMatchObject({
    problem: expect.stringMatching(/^orderNumber: expected 1 to 64 visible characters/),
  });
});
