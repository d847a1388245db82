import { describe, expect, it } from 'vitest';
import { makeDemoOrders } from '../../demo/orders/make-orders.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { totalsAddUp } from '../../src/orders/totals.ts';
import { aLine, anOrder, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';

type Totals = OrderDocument['totals'];
const NOTHING: Totals = { items: '0', shipping: '0', tax: '0', discount: '0', refunded: '0', grand: '0' };

/** Does an order with these totals, and as many lines that add up, do so itself? */
function totalsFit(totals: Partial<Totals>, currency = 'CNY', lines = 1): boolean {
  const given = { ...NOTHING, ...totals };
  return totalsAddUp(anOrder({ totals: given, currency, lines: Array.from({ length: lines }, () => aLine()) }));
}

/** Does an order with these lines, and totals that add up, do so itself? */
function linesFit(lines: Parameters<typeof aLine>[0][], totals: Partial<Totals> = {}, currency = 'CNY'): boolean {
  const given = lines.map((line) => aLine({ discount: '0', tax: '0', ...line }));
  return totalsAddUp(anOrder({ totals: { ...NOTHING, ...totals }, currency, lines: given }));
}

describe('totalsAddUp', () => {
  it('is true for every demo order, to the last cent and yen', () => {
    const documents = makeDemoOrders({ count: 500, now: new Date('2026-11-22T08:00:00Z') });
    const orders = documents.map((document) => orderSchema.parse(document));
    expect(orders.filter((order) => !totalsAddUp(order))).toEqual([]);
  });

  describe('of prices with the tax on top', () => {
    const order = { items: '100.00', shipping: '10.00', tax: '19.00', discount: '5.00' };

    it('adds it', () => {
      expect(totalsFit({ ...order, grand: '124.00', taxIncluded: false })).toBe(true);
      expect(totalsFit({ ...order, grand: '105.00', taxIncluded: false })).toBe(false);
      const line = { quantity: 2, unitPrice: '50.00', tax: '19.00' };
      expect(linesFit([{ ...line, lineTotal: '119.00' }], { taxIncluded: false })).toBe(true);
      expect(linesFit([{ ...line, lineTotal: '100.00' }], { taxIncluded: false })).toBe(false);
    });
  });

  describe('of prices with the tax in them', () => {
    const order = { items: '119.00', shipping: '10.00', tax: '20.60', discount: '5.00' };

    it('does not add it', () => {
      expect(totalsFit({ ...order, grand: '124.00', taxIncluded: true })).toBe(true);
      expect(totalsFit({ ...order, grand: '144.60', taxIncluded: true })).toBe(false);
      const line = { quantity: 2, unitPrice: '59.50', tax: '19.00' };
      expect(linesFit([{ ...line, lineTotal: '119.00' }], { taxIncluded: true })).toBe(true);
      expect(linesFit([{ ...line, lineTotal: '138.00' }], { taxIncluded: true })).toBe(false);
    });

    it.each([1, '1', 'true', true])('takes %j for yes', (taxIncluded) => {
      expect(totalsFit({ ...order, grand: '144.60', taxIncluded })).toBe(false);
    });

    it.each([0, '0', 'false', false])('takes %j for no', (taxIncluded) => {
      expect(totalsFit({ ...order, grand: '124.00', taxIncluded })).toBe(false);
    });
  });

  describe('of an order that does not say where its tax is', () => {
    it.each([undefined, null, '', 'perhaps'])('lets either do, and nothing else (%j)', (taxIncluded) => {
      const order = { items: '100.00', shipping: '10.00', tax: '19.00', discount: '5.00', taxIncluded };
      expect(totalsFit({ ...order, grand: '124.00' })).toBe(true);
      expect(totalsFit({ ...order, grand: '105.00' })).toBe(true);
      expect(totalsFit({ ...order, grand: '114.50' })).toBe(false);
      expect(totalsFit({ ...order, grand: '86.00' })).toBe(false);
    });

    it('lets no order have both kinds of lines', () => {
      const onTop = { quantity: 1, unitPrice: '10.00', tax: '1.90', lineTotal: '11.90' };
      const inside = { ...onTop, lineTotal: '10.00' };
      expect([linesFit([onTop, onTop]), linesFit([inside, inside]), linesFit([onTop, inside])]).toEqual([
        true,
        true,
        false,
      ]);
    });
  });

  describe('of an order with adjustments', () => {
    const order = { items: '100.00', shipping: '10.00' };
    const adjustments = [
      { kind: 'gift_card', label: null, amount: '-20.00' },
      { kind: 'fee', label: 'Packing', amount: 2.5 },
    ];

    it('adds each of them, with its sign', () => {
      expect(totalsFit({ ...order, grand: '92.50', adjustments })).toBe(true);
      expect(totalsFit({ ...order, grand: '110.00', adjustments })).toBe(false);
      const large = [{ kind: 'other', label: null, amount: '123456789012345678.3' }];
      expect(totalsFit({ ...order, grand: '123456789012345788.3', adjustments: large })).toBe(true);
      expect(totalsFit({ ...order, grand: '123456789012345789.3', adjustments: large })).toBe(false);
    });

    it('lets each be off by one smallest unit', () => {
      expect(totalsFit({ ...order, grand: '92.53', adjustments })).toBe(true);
      expect(totalsFit({ ...order, grand: '92.54', adjustments })).toBe(false);
    });
  });

  it('does not check a line with a unit price that was got by dividing', () => {
    const line = { quantity: 3, unitPrice: '3.3333', lineTotal: '10.50' };
    expect(linesFit([{ ...line, unitPriceDerived: true }])).toBe(true);
    for (const unitPriceDerived of [false, null, '', undefined] as const)
      expect(linesFit([{ ...line, unitPriceDerived }])).toBe(false);
  });

  it('does not mind the totals that were', () => {
    expect(totalsFit({ items: '10', grand: '10', original: { ...NOTHING, grand: '31' } })).toBe(true);
  });

  describe('lets rounding do no harm', () => {
    it.each([
      ['CNY', '10.00', ['9.99', '10.01'], ['9.98', '10.02', '9.989999']],
      ['JPY', '10', ['9', '11', '9.5'], ['8', '12', '11.01']],
      ['KWD', '10.000', ['9.999', '10.001'], ['9.998', '10.0011']],
    ])('by one smallest unit of %s, in a line and in an order of one line', (currency, exact, near, far) => {
      const line = { quantity: 3, unitPrice: exact, discount: String(2 * Number(exact)) };
      const agree = (sum: string) => [
        totalsFit({ items: exact, grand: sum }, currency),
        linesFit([{ ...line, lineTotal: sum }], {}, currency),
      ];
      for (const sum of [exact, ...near]) expect(agree(sum)).toEqual([true, true]);
      for (const sum of far) expect(agree(sum)).toEqual([false, false]);
    });

    it('by one for each line in the total, and by one in an order without lines', () => {
      expect(totalsFit({ items: '100.00', grand: '100.03' }, 'CNY', 3)).toBe(true);
      expect(totalsFit({ items: '100.00', grand: '100.04' }, 'CNY', 3)).toBe(false);
      expect(totalsFit({ items: '100.00', grand: '100.01' }, 'CNY', 0)).toBe(true);
      expect(totalsFit({ items: '100.00', grand: '100.02' }, 'CNY', 0)).toBe(false);
    });
  });

  describe('is exact where floats are not', () => {
    it.each([
      { quantity: 0.35, unitPrice: '12.90', lineTotal: '4.515' },
      { quantity: 3, unitPrice: '123456789012.34', lineTotal: '370370367037.02' },
      { quantity: 9007199254740991, unitPrice: '0.01', lineTotal: '90071992547409.91' },
      { quantity: -2, unitPrice: '12.90', lineTotal: '-25.80' },
      { quantity: -0.5, unitPrice: '0.00002', lineTotal: '-0.00001' },
    ])('checks $quantity × $unitPrice = $lineTotal to the last digit', (line) => {
      const off = (by: string) => [{ ...line, lineTotal: `${line.lineTotal}`, discount: by }];
      expect(linesFit([line])).toBe(true);
      expect(linesFit(off('0.01'))).toBe(true);
      expect(linesFit(off('0.010000000001'))).toBe(false);
    });

    it('checks the total to the last digit', () => {
      const sums = { items: '123456789012345678', shipping: '0.1', tax: '0.2' };
      expect(totalsFit({ ...sums, grand: '123456789012345678.3' })).toBe(true);
      expect(totalsFit({ ...sums, grand: '123456789012345678.31' })).toBe(true);
      expect(totalsFit({ ...sums, grand: '123456789012345678.310000000001' })).toBe(false);
    });
  });

  it('counts what the shop does not say as 0, and compares nothing with it', () => {
    expect(totalsFit({ items: '10', shipping: null, tax: null, discount: null, refunded: null, grand: '10' })).toBe(
      true,
    );
    expect(totalsFit({ items: '10', shipping: null, tax: null, discount: null, refunded: null, grand: '11' })).toBe(
      false,
    );
    expect(totalsFit({ items: null, grand: '10' })).toBe(true);
    expect(linesFit([{ unitPrice: null, lineTotal: '7' }])).toBe(true);
    expect(linesFit([{ unitPrice: '7', lineTotal: null }])).toBe(true);
    expect(linesFit([{ quantity: 1, unitPrice: '7', discount: null, tax: null, lineTotal: '8' }])).toBe(false);
  });

  it('does not mind a refund, which is not part of the sum', () => {
    expect(totalsAddUp(anOrder({ totals: { ...anOrderDocument().totals, refunded: '129.40' } }))).toBe(true);
  });
});
