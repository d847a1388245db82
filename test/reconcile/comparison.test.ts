import { describe, expect, it } from 'vitest';
import type { OrderStatus } from '../../src/orders/order.ts';
import { compareStub } from '../../src/reconcile/comparison.ts';

const AT = '2026-11-22T12:00:00.000Z';

function compared(inShop: OrderStatus, here: OrderStatus) {
  const stored = { shopOrderId: 'id-A1', contentHash: '', placedAt: AT, currency: 'CNY', grandTotal: '1' };
  return compareStub(
    { orderNumber: 'A1', shopOrderId: 'id-A1', status: inShop, updatedAt: AT },
    { ...stored, status: here, updatedAt: AT },
  );
}

describe("an entry of the shop's list, at the time that is stored", () => {
  it.each<[OrderStatus, OrderStatus, string]>([
    ['paid', 'paid', 'agrees'],
    ['paid', 'pending', 'older'],
    ['on_hold', 'pending', 'older'],
    ['pending', 'on_hold', 'newer'],
    ['on_hold', 'paid', 'different'],
    ['paid', 'on_hold', 'different'],
  ])('%s in the shop, %s here: %s', (inShop, here, expected) => {
    expect(compared(inShop, here)).toBe(expected);
  });
});
