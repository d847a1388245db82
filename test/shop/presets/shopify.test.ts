import { describe, expect, it } from 'vitest';
import createShopify from '../../../src/shop/presets/shopify.ts';
import { aClient, expectToAddUp, fetchOrder } from './clients.ts';
import { aShopify } from './stand-ins/shopify.ts';
import { aShopifyOrder, type LineSpec, type OrderSpec } from './stand-ins/shopify-orders.ts';

const ID = '6200407294252';

/** The order as it is fetched; its amounts must add up. */
async function fetched(spec: Omit<OrderSpec, 'id'>) {
  const shop = await aShopify({ orders: [aShopifyOrder({ id: ID, ...spec })] });
  const client = await aClient(createShopify, { SHOP_BASE_URL: shop.url, SHOP_TOKEN: shop.token });
  const order = await fetchOrder(client, ID);
  expectToAddUp(order);
  return order;
}

describe('an order of Shopify', () => {
  it('is read whole', async () => {
    const order = await fetched({ name: '#1001', shipping: '5.00', fields: { note: 'please ring twice' } });

    expect(order).toEqual({
      orderNumber: '#1001',
      shopOrderId: ID,
      status: 'paid',
      currency: 'USD',
      placedAt: '2026-11-22T08:00:00.000Z',
      paidAt: '2026-11-22T08:00:04.000Z',
      cancelledAt: null,
      updatedAt: '2026-11-22T08:00:05.000Z',
      cancelReason: null,
      buyer: { id: '77', name: 'Li Ming', email: 'li@example.com', phone: null },
      shippingAddress: {
        recipient: 'Li Ming',
        phone: '+1 555 0100',
        country: 'US',
        province: 'Illinois',
        city: 'Springfield',
        district: null,
        lines: ['8 Main Street', 'Floor 2'],
        postcode: '62701',
      },
      lines: [
        {
          lineId: `${ID}0`,
          sku: 'TEA-LJ-250',
          name: 'Longjing tea',
          quantity: 2,
          unitPrice: '20.00',
          discount: '0.00',
          tax: '0',
          lineTotal: '40.00',
          requiresShipping: true,
        },
      ],
      totals: {
        items: '40.00',
        shipping: '5.00',
        tax: '0.00',
        discount: '0.00',
        refunded: '0.00',
        grand: '45.00',
        taxIncluded: false,
        adjustments: [],
        original: { items: null, shipping: null, tax: null, discount: null, grand: '45.00' },
      },
      payments: [
        {
          method: 'shopify_payments',
          transactionId: `pay-${ID}0`,
          amount: '45.00',
          paidAt: '2026-11-22T08:00:04.000Z',
        },
      ],
      buyerNote: 'please ring twice',
    });
  });

  it('says whether its prices contain the tax', async () => {
    const line: LineSpec = { quantity: 2, unitPrice: '12.00', taxes: ['3.00', '1.00'] };
    const without = await fetched({ lines: [line], shipping: '6.00', shippingTax: '1.00' });
    const within = await fetched({ lines: [line], shipping: '6.00', shippingTax: '1.00', taxesIncluded: true });

    expect(without.totals).toMatchObject({ items: '24.00', tax: '5.00', grand: '35.00', taxIncluded: false });
    expect(without.lines).toMatchObject([{ tax: '4.00', lineTotal: '28.00' }]);
    expect(within.totals).toMatchObject({ items: '24.00', tax: '5.00', grand: '30.00', taxIncluded: true });
    expect(within.lines).toMatchObject([{ tax: '4.00', lineTotal: '24.00' }]);
  });

  it('has the discounts of lines and of the order in the lines that they were allocated to', async () => {
    const lines = [
      { sku: 'A', quantity: 1, unitPrice: '30.00', discounts: ['5.00', '2.50'] },
      { sku: 'B', quantity: 1, unitPrice: '10.00', discounts: ['1.00'] },
    ];
    const order = await fetched({ lines });

    expect(order.lines.map(({ sku, discount, lineTotal }) => [sku, discount, lineTotal])).toEqual([
      ['A', '7.50', '22.50'],
      ['B', '1.00', '9.00'],
    ]);
    expect(order.totals).toMatchObject({ items: '40.00', discount: '8.50', grand: '31.50' });
  });

  it('is as it was edited: what was removed is off the lines and the total, which once was another', async () => {
    const lines = [
      { sku: 'KEPT', quantity: 1, unitPrice: '30.00' },
      { sku: 'REMOVED', quantity: 2, currentQuantity: 0, unitPrice: '15.00' },
      { sku: 'MORE', quantity: 3, originalQuantity: 1, unitPrice: '4.00' },
      { sku: 'ADDED', quantity: 1, originalQuantity: 0, unitPrice: '8.00' },
    ];
    const order = await fetched({ lines, originalTotal: '64.00', fields: { edited: true } });

    expect(order.lines.map(({ sku }) => sku)).toEqual(['KEPT', 'MORE', 'ADDED']);
    expect(order.lines[1]).toMatchObject({ quantity: 3, unitPrice: '4.00', lineTotal: '12.00' });
    expect(order.totals).toMatchObject({ grand: '50.00', original: { grand: '64.00' } });
  });

  it('with more to pay after an edit is not paid any more', async () => {
    const fields = { displayFinancialStatus: 'PARTIALLY_PAID', fullyPaid: false };
    expect(await fetched({ fields })).toMatchObject({ status: 'pending', paidAt: null });
  });

  it('that was refunded in part has the lines that are left, with their part of discount and tax', async () => {
    const lines = [{ quantity: 3, currentQuantity: 2, unitPrice: '10.00', discounts: ['1.00'], taxes: ['2.00'] }];
    const order = await fetched({
      lines,
      refunded: '10.33',
      originalTotal: '31.00',
      fields: { displayFinancialStatus: 'PARTIALLY_REFUNDED' },
    });

    expect(order.status).toBe('paid');
    expect(order.lines).toMatchObject([{ quantity: 2, discount: '0.67', tax: '1.33', lineTotal: '20.66' }]);
    expect(order.totals).toMatchObject({ refunded: '10.33', original: { grand: '31.00' } });
  });

  it('that was refunded in full has nothing to ship', async () => {
    const order = await fetched({
      lines: [{ quantity: 2, currentQuantity: 0, unitPrice: '20.00' }],
      refunded: '40.00',
      originalTotal: '40.00',
      fields: { displayFinancialStatus: 'REFUNDED' },
    });

    expect(order).toMatchObject({ status: 'refunded', lines: [] });
    expect(order.totals).toMatchObject({ grand: '0.00', refunded: '40.00' });
  });

  it('that was cancelled is cancelled, whatever became of the money', async () => {
    const cancelled = { cancelledAt: '2026-11-22T09:00:00Z', cancelReason: 'INVENTORY' };
    for (const displayFinancialStatus of ['PAID', 'REFUNDED', 'VOIDED', 'PENDING']) {
      const order = await fetched({ fields: { ...cancelled, displayFinancialStatus } });
      expect(order).toMatchObject({
        status: 'cancelled',
        cancelledAt: '2026-11-22T09:00:00.000Z',
        cancelReason: 'INVENTORY',
      });
    }
  });

  it('that a gift card paid for in part costs no less', async () => {
    const transactions = [
      { kind: 'SALE', gateway: 'gift_card', amount: '15.00' },
      { kind: 'AUTHORIZATION', amount: '25.00' },
      { kind: 'CAPTURE', amount: '25.00', processedAt: '2026-11-22T08:10:00Z' },
      { kind: 'SALE', amount: '25.00', status: 'FAILURE' },
    ];
    const order = await fetched({ transactions });

    expect(order.totals.grand).toBe('40.00');
    expect(order.paidAt).toBe('2026-11-22T08:10:00.000Z');
    expect(order.payments.map(({ method, amount }) => [method, amount])).toEqual([
      ['gift_card', '15.00'],
      ['shopify_payments', '25.00'],
    ]);
  });

  it('tells duties, fees and tips apart from what was bought', async () => {
    const tip = { sku: null, name: 'Tip', quantity: 1, unitPrice: '3.00', requiresShipping: false, isTip: true };
    const lines = [{ quantity: 1, unitPrice: '20.00' }, tip];
    const order = await fetched({ lines, duties: '4.00', fees: '1.50', tip: '3.00' });

    expect(order.totals).toMatchObject({
      items: '20.00',
      grand: '28.50',
      adjustments: [
        { kind: 'fee', label: 'Duties', amount: '4.00' },
        { kind: 'fee', label: 'Additional fees', amount: '1.50' },
        { kind: 'other', label: 'Tip', amount: '3.00' },
      ],
    });
    expect(order.lines.map(({ name, requiresShipping }) => [name, requiresShipping])).toEqual([
      ['Longjing tea', true],
      ['Tip', false],
    ]);
  });

  it('does not add duties that its prices contain', async () => {
    const order = await fetched({ fields: { dutiesIncluded: true, currentTotalDutiesSet: bag('4.00') } });
    expect(order.totals).toMatchObject({ grand: '40.00', adjustments: [] });
  });

  it("is in the shop's currency, whatever the buyer paid in", async () => {
    const order = await fetched({ shipping: '5.00', presentment: { currency: 'EUR', rate: 0.9 } });

    expect(order.currency).toBe('USD');
    expect(order.totals).toMatchObject({ items: '40.00', shipping: '5.00', grand: '45.00' });
    expect(order.payments).toMatchObject([{ amount: '45.00' }]);
  });

  it('may have lines that nobody ships, and lines without a SKU', async () => {
    const lines = [
      { sku: null, name: 'Custom engraving', quantity: 1, unitPrice: '9.00' },
      { sku: '', name: 'Deleted product', quantity: 1, unitPrice: '1.00' },
      { sku: 'GIFT', name: 'Gift card', quantity: 1, unitPrice: '50.00', requiresShipping: false },
    ];
    const order = await fetched({ lines, fields: { shippingAddress: null, customer: null, email: null } });

    expect(order.lines.map(({ sku, requiresShipping }) => [sku, requiresShipping])).toEqual([
      [null, true],
      [null, true],
      ['GIFT', false],
    ]);
    expect(order).toMatchObject({ shippingAddress: null, buyer: null });
  });

  it('over 0 is paid without a payment', async () => {
    const lines = [{ quantity: 1, unitPrice: '20.00', discounts: ['20.00'] }];
    const order = await fetched({ lines, transactions: [], fields: { displayFinancialStatus: null } });

    expect(order).toMatchObject({ status: 'paid', paidAt: null, payments: [] });
    expect(order.totals.grand).toBe('0.00');
  });
});

describe('the state of an order of Shopify', () => {
  it.each([
    ['PAID', 'UNFULFILLED', 'paid'],
    ['PAID', 'PARTIALLY_FULFILLED', 'paid'],
    ['PAID', 'IN_PROGRESS', 'paid'],
    ['PAID', 'FULFILLED', 'completed'],
    ['PAID', 'ON_HOLD', 'on_hold'],
    ['PAID', 'SCHEDULED', 'on_hold'],
    ['PARTIALLY_REFUNDED', 'UNFULFILLED', 'paid'],
    ['PARTIALLY_REFUNDED', 'FULFILLED', 'completed'],
    ['REFUNDED', 'FULFILLED', 'refunded'],
    ['AUTHORIZED', 'UNFULFILLED', 'pending'],
    ['PENDING', 'UNFULFILLED', 'pending'],
    ['PENDING', 'ON_HOLD', 'pending'],
    ['EXPIRED', 'UNFULFILLED', 'pending'],
    ['VOIDED', 'UNFULFILLED', 'pending'],
    ['PARTIALLY_PAID', 'UNFULFILLED', 'pending'],
    ['PENDING', 'FULFILLED', 'completed'],
  ])('%s and %s is %s', async (displayFinancialStatus, displayFulfillmentStatus, status) => {
    const order = await fetched({ fields: { displayFinancialStatus, displayFulfillmentStatus } });
    expect(order.status).toBe(status);
  });

  it('is paid when the parcel is paid for at the door', async () => {
    const fields = { displayFinancialStatus: 'PENDING', paymentGatewayNames: ['Cash on Delivery (COD)'] };
    expect(await fetched({ transactions: [], fields })).toMatchObject({ status: 'paid', paidAt: null });
  });

  it('is on hold for a test order, which looks like a paid one otherwise', async () => {
    expect(await fetched({ fields: { test: true } })).toMatchObject({ status: 'on_hold' });
  });
});

function bag(amount: string) {
  return {
    shopMoney: { amount, currencyCode: 'USD' },
    presentmentMoney: { amount, currencyCode: 'USD' },
  };
}
