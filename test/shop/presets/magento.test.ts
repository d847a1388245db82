import { describe, expect, it } from 'vitest';
import createMagento from '../../../src/shop/presets/magento.ts';
import { aClient, expectToAddUp, fetchOrder } from './clients.ts';
import { aMagento } from './stand-ins/magento.ts';
import { aMagentoOrder, type MagentoOrderSpec } from './stand-ins/magento-orders.ts';

const TOKEN = 'integration-token';

/** The order as it is fetched; its amounts must add up. */
async function fetched(spec: Omit<MagentoOrderSpec, 'id'>) {
  const shop = await aMagento({ orders: [aMagentoOrder({ id: 12, ...spec })], integrationToken: TOKEN });
  const client = await aClient(createMagento, { SHOP_BASE_URL: shop.url, SHOP_TOKEN: TOKEN });
  const order = await fetchOrder(client, '12');
  expectToAddUp(order);
  return order;
}

describe('an order of Magento', () => {
  it('is read whole', async () => {
    const order = await fetched({ shipping: 5, shippingTax: 1, fields: { customer_note: 'please ring twice' } });

    expect(order).toEqual({
      orderNumber: '000000012',
      shopOrderId: '12',
      status: 'paid',
      currency: 'USD',
      placedAt: '2026-11-22T08:00:00.000Z',
      paidAt: null,
      cancelledAt: null,
      updatedAt: '2026-11-22T08:00:05.000Z',
      cancelReason: null,
      buyer: { id: '77', name: 'Ming Li', email: 'li@example.com', phone: '+1 555 0100' },
      shippingAddress: {
        recipient: 'Ming Li',
        phone: '+1 555 0100',
        country: 'US',
        province: 'IL',
        city: 'Springfield',
        district: null,
        lines: ['8 Main Street', 'Floor 2'],
        postcode: '62701',
      },
      lines: [
        {
          lineId: '1200',
          sku: 'TEA-LJ-250',
          name: 'Product TEA-LJ-250',
          quantity: 2,
          unitPrice: '20',
          discount: '0',
          tax: '0',
          lineTotal: '40',
          requiresShipping: true,
        },
      ],
      totals: {
        items: '40',
        shipping: '5',
        tax: '1',
        discount: '0',
        refunded: null,
        grand: '46',
        taxIncluded: false,
        adjustments: [],
        original: { items: '40', shipping: '5', tax: '1', discount: '0', grand: '46' },
      },
      payments: [{ method: 'checkmo', transactionId: 'txn-1', amount: '46', paidAt: null }],
      buyerNote: 'please ring twice',
    });
  });

  it('has one line for a configurable product, whose two rows repeat each other', async () => {
    const order = await fetched({
      items: [
        { sku: 'SHIRT-M-RED', quantity: 2, price: 30, tax: 12, type: 'configurable' },
        { sku: 'SHIRT-M-RED', quantity: 2, price: 0, parent: 0 },
      ],
    });
    expect(order.lines).toMatchObject([
      { lineId: '1200', sku: 'SHIRT-M-RED', quantity: 2, unitPrice: '30', tax: '12', lineTotal: '72' },
    ]);
  });

  it('has the parts of a bundle, which are what is shipped', async () => {
    const order = await fetched({
      items: [
        { sku: 'KIT-BALL-STRAP', quantity: 2, price: 44, type: 'bundle' },
        { sku: 'BALL', quantity: 2, price: 27, parent: 0 },
        { sku: 'STRAP', quantity: 4, price: 8.5, parent: 0 },
      ],
    });
    expect(order.lines.map(({ sku, quantity, lineTotal }) => [sku, quantity, lineTotal])).toEqual([
      ['BALL', 2, '54'],
      ['STRAP', 4, '34'],
    ]);
    expect(order.totals.items).toBe('88');
  });

  it('keeps the row of a bundle with a price of its own for its money, not for shipping', async () => {
    const order = await fetched({
      items: [
        { sku: 'KIT', quantity: 2, refunded: 1, price: 50, type: 'bundle' },
        { sku: 'BALL', quantity: 2, price: 0, parent: 0 },
        { sku: 'STRAP', quantity: 4, price: 0, parent: 0 },
      ],
      refunded: 50,
    });
    expect(order.lines.map(({ sku, quantity, requiresShipping }) => [sku, quantity, requiresShipping])).toEqual([
      ['KIT', 1, false],
      ['BALL', 1, true],
      ['STRAP', 2, true],
    ]);
  });

  it('has only what was neither cancelled nor given back', async () => {
    const order = await fetched({
      items: [
        { sku: 'A', quantity: 3, refunded: 1, price: 10, discount: 3, tax: 1.5 },
        { sku: 'B', quantity: 2, canceled: 2, price: 5 },
        { sku: 'C', quantity: 2, refunded: 2, price: 5 },
      ],
      refunded: 19.5,
    });
    expect(order.status).toBe('paid');
    expect(order.lines).toMatchObject([{ sku: 'A', quantity: 2, discount: '2.00', tax: '1.00', lineTotal: '19.00' }]);
    expect(order.totals).toMatchObject({ grand: '48.5', refunded: '19.5' });
  });

  it('of which the unpaid rest was cancelled is paid, for what is left of it', async () => {
    const order = await fetched({
      items: [
        { sku: 'A', quantity: 1, price: 60 },
        { sku: 'B', quantity: 1, price: 40, canceled: 1 },
      ],
      paid: 60,
      canceled: 40,
      fields: { base_subtotal_canceled: 40, base_tax_canceled: 0, base_shipping_canceled: 0 },
    });
    expect(order.status).toBe('paid');
    expect(order.totals).toMatchObject({ items: '60', grand: '60', original: { items: '100', grand: '100' } });
  });

  it('in a shop whose prices contain tax adds up without it', async () => {
    // 100.00 with 20 % tax, 10 % off: 90.00, of which 15.00 are tax; 1.67 of the tax fell away with the discount.
    const item = { sku: 'A', quantity: 1, price: 83.33, discount: 10, tax: 15, compensation: 1.67 };
    const order = await fetched({
      items: [item],
      shipping: 8.33,
      shippingTax: 1.5,
      shippingDiscount: 1,
      shippingCompensation: 0.17,
    });

    expect(order.totals).toMatchObject({
      items: '83.33',
      tax: '16.5',
      discount: '9.16',
      grand: '99',
      taxIncluded: false,
    });
    expect(order.lines).toMatchObject([{ discount: '8.33', tax: '15', lineTotal: '90.00' }]);
  });

  it('marks a unit price that a row does not divide into', async () => {
    const order = await fetched({ items: [{ sku: 'A', quantity: 3, price: 8.33, rowTotal: 25 }] });
    expect(order.lines).toMatchObject([{ unitPrice: '8.3333', unitPriceDerived: true, lineTotal: '25' }]);
  });

  it('tells gift cards, store credit, points, wrapping and fees apart from what was bought', async () => {
    const order = await fetched({
      shipping: 5,
      extras: {
        base_gift_cards_amount: -10,
        base_customer_balance_amount: -3.5,
        base_reward_currency_amount: -1,
        gw_base_price: 2,
        gw_items_base_price: 1,
        base_cash_on_delivery_fee: 4,
      },
      fields: {},
    });
    expect(order.totals).toMatchObject({ items: '40', shipping: '5', grand: '37.5' });
    expect(order.totals.adjustments).toEqual([
      { kind: 'gift_card', label: 'Gift cards', amount: '-10' },
      { kind: 'other', label: 'Store credit', amount: '-3.5' },
      { kind: 'other', label: 'Reward points', amount: '-1' },
      { kind: 'surcharge', label: 'Gift wrapping', amount: '3' },
      { kind: 'fee', label: 'base_cash_on_delivery_fee', amount: '4' },
    ]);
  });

  it('does not take a part of a fee, or the tax in it, for another fee', async () => {
    const shop = await aMagento({ integrationToken: TOKEN });
    const order = aMagentoOrder({ id: 12, extras: { base_payment_fee: 4 } });
    const parts = {
      base_payment_fee_tax: 0.8,
      base_payment_fee_invoiced: 4,
      base_payment_fee_refunded: 0,
      base_payment_fee_label: 'Fee',
      base_details_fee: [{ a: 1 }],
      base_cod_surcharge: '2.5000',
      payment_fee: 4.4,
    };
    shop.put({ ...order, extension_attributes: { ...order.extension_attributes, ...parts } });
    const client = await aClient(createMagento, { SHOP_BASE_URL: shop.url, SHOP_TOKEN: TOKEN });

    const { totals } = await fetchOrder(client, '12');
    expect(totals.adjustments).toEqual([
      { kind: 'fee', label: 'base_payment_fee', amount: '4' },
      { kind: 'fee', label: 'base_cod_surcharge', amount: '2.5000' },
    ]);
  });

  it("is in the shop's base currency, whatever the buyer paid in", async () => {
    const order = await fetched({ shipping: 5, rate: 0.9 });
    expect(order.currency).toBe('USD');
    expect(order.totals).toMatchObject({ items: '40', shipping: '5', grand: '45' });
    expect(order.payments).toMatchObject([{ amount: '45' }]);
  });

  it('that is virtual has no address to ship to', async () => {
    const order = await fetched({
      items: [{ sku: 'E-BOOK', quantity: 1, price: 9, type: 'downloadable' }],
      isVirtual: true,
      state: 'complete',
    });
    expect(order).toMatchObject({ status: 'completed', shippingAddress: null });
    expect(order.lines).toMatchObject([{ sku: 'E-BOOK', requiresShipping: false }]);
  });

  it('of a guest has the name of the billing address', async () => {
    const fields = { customer_id: undefined, customer_is_guest: 1, customer_firstname: undefined };
    expect((await fetched({ fields })).buyer).toMatchObject({ id: null, name: 'Ming Li', email: 'li@example.com' });
  });

  it('keeps exact amounts although PHP sends floats', async () => {
    const order = await fetched({ fields: { base_grand_total: 40.00000000000001 } });
    expect(order.totals.grand).toBe('40');
  });
});

describe('the state of an order of Magento', () => {
  it.each<[string, Omit<MagentoOrderSpec, 'id'>, string]>([
    ['new and unpaid', { state: 'new', paid: 0 }, 'pending'],
    ['waiting for the payment page', { state: 'pending_payment', paid: 0 }, 'pending'],
    ['authorised, not captured', { state: 'processing', paid: 0 }, 'pending'],
    ['invoiced in part', { state: 'processing', paid: 10 }, 'pending'],
    ['invoiced in full', { state: 'processing' }, 'paid'],
    ["with the merchant's own label", { state: 'processing', status: 'awaiting_pick' }, 'paid'],
    ['over 0', { state: 'new', items: [{ sku: 'A', quantity: 1, price: 20, discount: 20 }] }, 'paid'],
    ['paid for at the door', { state: 'new', paid: 0, method: 'cashondelivery' }, 'paid'],
    ['on hold', { state: 'holded' }, 'on_hold'],
    ['on hold and unpaid', { state: 'holded', paid: 0 }, 'pending'],
    ['under review', { state: 'payment_review', paid: 0 }, 'on_hold'],
    ["in an extension's own state", { state: 'export_failed' }, 'on_hold'],
    ["in an extension's own state, and unpaid", { state: 'export_failed', paid: 0 }, 'pending'],
    ['in no state, as after an import', { fields: { state: null } }, 'on_hold'],
    ['shipped', { state: 'complete' }, 'completed'],
    ['shipped, and refunded in part', { state: 'complete', refunded: 10 }, 'completed'],
    ['refunded in full', { state: 'closed', refunded: 40 }, 'refunded'],
    ['closed, with a fee kept back', { state: 'closed', refunded: 35 }, 'refunded'],
    ['over 0 and shipped, which Magento calls closed', { state: 'closed', items: [], paid: 0 }, 'completed'],
    ['cancelled', { state: 'canceled', paid: 0, canceled: 40 }, 'cancelled'],
    ['suspected of fraud', { state: 'payment_review', status: 'fraud' }, 'on_hold'],
  ])('is plain: %s', async (_, spec, status) => {
    expect((await fetched(spec)).status).toBe(status);
  });
});
