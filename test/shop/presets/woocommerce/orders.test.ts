import { describe, expect, it, test } from 'vitest';
import type { Order } from '../../../../src/orders/order.ts';
import { totalsAddUp } from '../../../../src/orders/totals.ts';
import createWooCommerce from '../../../../src/shop/presets/woocommerce.ts';
import type { ShopClient } from '../../../../src/shop/shop-client.ts';
import { neverAborted } from '../../rest/shops.ts';
import { EXPECTED } from './expected-orders.ts';
import { aWooCommerce, SAMPLE_NAMES, sample, type WooOrder } from './stand-in.ts';

async function clientOf(shop: { url: string }): Promise<ShopClient> {
  return await createWooCommerce({ env: { SHOP_BASE_URL: shop.url, SHOP_KEY: 'ck_right', SHOP_SECRET: 'cs_right' } });
}

async function fetched(id: number, shop: { url: string }): Promise<Order> {
  const result = (await (await clientOf(shop)).fetchOrders([String(id)], neverAborted)).get(String(id));
  if (result?.kind !== 'order') throw new Error(JSON.stringify(result));
  return result.order;
}

/** The order as the adapter reads it, after the change. */
async function changed(name: string, change: Partial<WooOrder>): Promise<Order> {
  const shop = await aWooCommerce();
  const order = { ...sample(`order-${name}`), ...change };
  shop.orders = [order];
  return await fetched(order.id, shop);
}

test.each(SAMPLE_NAMES)('the sample "%s" reads as expected, field by field, alone as among others', async (name) => {
  const shop = await aWooCommerce();
  const id = sample(`order-${name}`).id;
  const alone = await fetched(id, shop);
  expect(alone).toEqual(EXPECTED[name]);
  expect(totalsAddUp(alone)).toBe(true);
  const client = await clientOf(shop);
  const all = await client.fetchOrders(
    shop.orders.map((order) => String(order.id)),
    neverAborted,
  );
  expect(all.get(String(id))).toEqual({ kind: 'order', order: alone });
});

describe('the state', () => {
  const PAID_AT = '2026-11-25T09:30:00';
  it.each([
    ['on-hold', PAID_AT, 'bacs', 'on_hold'],
    ['on-hold', null, 'bacs', 'pending'],
    ['on-hold', null, 'cod', 'pending'],
    ['processing', null, 'cod', 'paid'],
    ['processing', null, 'bacs', 'paid'],
    ['completed', null, 'bacs', 'completed'],
    ['failed', PAID_AT, 'stripe', 'pending'],
    ['checkout-draft', null, '', 'pending'],
    ['pending', null, 'cod', 'pending'],
    ['refunded', PAID_AT, 'stripe', 'refunded'],
    ['refunded', null, 'cod', 'refunded'],
    ['cancelled', null, 'stripe', 'cancelled'],
    ['trash', null, 'cod', 'cancelled'],
    ['packed', PAID_AT, 'stripe', 'paid'],
    ['packed', null, 'stripe', 'pending'],
    ['packed', null, 'cod', 'paid'],
  ])('%s, paid at %s by %s, is %s', async (status, paidAt, method, expected) => {
    const order = await changed('processing', { status, date_paid_gmt: paidAt, payment_method: method });
    expect(order.status).toBe(expected);
  });

  it('of an order that costs nothing is what its status says', async () => {
    const free = { total: '0.00', date_paid_gmt: PAID_AT };
    expect((await changed('processing', free)).status).toBe('paid');
    expect((await changed('processing', { ...free, status: 'pending', date_paid_gmt: null })).status).toBe('pending');
  });
});

describe('what was returned', () => {
  const refund = (items: readonly object[]) => ({ id: 1, line_items: items });
  const back = (lineId: number, quantity: number) => ({
    quantity,
    meta_data: [{ key: '_refunded_item_id', value: String(lineId) }],
  });

  async function withRefunds(refunds: readonly object[]): Promise<Order> {
    const shop = await aWooCommerce();
    shop.refunds.set(36, [...refunds]);
    return await fetched(36, shop);
  }

  it('leaves its line once all of it is back, over several refunds', async () => {
    const order = await withRefunds([refund([back(27, -1)]), refund([back(27, -2), back(28, 0)])]);
    expect(order.lines).toMatchObject([{ lineId: '28', quantity: 1, lineTotal: '13.80' }]);
    expect(totalsAddUp(order)).toBe(true);
  });

  it('is counted beyond the tenth refund, which is all that the shop lists by itself', async () => {
    const nothing = Array.from({ length: 12 }, () => refund([]));
    expect((await withRefunds([...nothing, refund([back(27, -3)])])).lines).toHaveLength(1);
  });

  it('takes no quantity where only money was paid back', async () => {
    expect((await withRefunds([refund([])])).lines).toMatchObject([
      { quantity: 3, lineTotal: '71.36' },
      { quantity: 1 },
    ]);
  });
});

describe('prices with tax in them', () => {
  it('include the tax of a discount and of a fee', async () => {
    const order = await changed('incl', {
      line_items: [
        {
          id: 1,
          sku: 'A',
          name: 'A',
          quantity: 3,
          subtotal: '50.00',
          subtotal_tax: '9.50',
          total: '40.00',
          total_tax: '7.60',
        },
      ],
      fee_lines: [{ name: 'Express', total: '3.00', total_tax: '0.57' }],
      shipping_total: '0.00',
      shipping_tax: '0.00',
      discount_total: '10.00',
      discount_tax: '1.90',
      total_tax: '8.17',
      total: '51.17',
    });
    expect(order.lines).toEqual([
      {
        ...{ lineId: '1', sku: 'A', name: 'A', quantity: 3 },
        // 59.50 / 3 does not come out even.
        ...{ unitPrice: '19.8333', unitPriceDerived: true, discount: '11.90', tax: '7.60', lineTotal: '47.60' },
      },
    ]);
    expect(order.totals).toMatchObject({ items: '59.50', discount: '11.90', grand: '51.17', taxIncluded: true });
    expect(order.totals.adjustments).toEqual([{ kind: 'fee', label: 'Express', amount: '3.57' }]);
    expect(totalsAddUp(order)).toBe(true);
  });
});

it('knows a customer from a guest', async () => {
  expect((await changed('processing', { customer_id: 7 })).buyer?.id).toBe('7');
});
