import { describe, expect, it, test } from 'vitest';
import { money } from '../../../src/shop/toolkit/index.ts';

describe('minor units', () => {
  it.each([
    [12940, 'CNY', '129.40'],
    [12940, 2, '129.40'],
    [1200, 'JPY', '1200'],
    [113949, 2, '1139.49'],
    [1234, 'KWD', '1.234'],
    ['-5', 'EUR', '-0.05'],
    ['99999999999999999999', 'EUR', '999999999999999999.99'],
    [0, 'EUR', '0.00'],
    [null, 'EUR', null],
    ['', 'EUR', null],
  ])('%s of %s is %s', (amount, digits, expected) => {
    expect(money.fromMinorUnits(amount, digits)).toBe(expected);
  });
});

describe('sums', () => {
  it.each([
    [[0.1, 0.2], '0.3'],
    [['4.90', '0.93'], '5.83'],
    [['10.00', null, undefined, ''], '10.00'],
    [[8683.6631375, '0.0000001'], '8683.6631376'],
    [['9007199254740993.01', '0.01'], '9007199254740993.02'],
    [[], '0'],
  ])('of %j is exact: %s', (amounts, expected) => {
    expect(money.sum(...amounts)).toBe(expected);
  });

  test('lose the noise of floats, and nothing else', () => {
    expect(money.exact(59.900000000000006)).toBe('59.9');
    expect(money.exact('59.90')).toBe('59.90');
    expect(money.exact(undefined)).toBeNull();
  });

  test('differences and products are exact too', () => {
    expect(money.minus('59.50', '47.60')).toBe('11.90');
    expect(money.minus(0.3, 0.1)).toBe('0.2');
    expect(money.negate('-23.79')).toBe('23.79');
    expect(money.negate('0.00')).toBe('0.00');
    expect(money.product('19.99', 3)).toBe('59.97');
    expect(money.product('0.5', '0.35')).toBe('0.175');
  });
});

describe('the price of one', () => {
  it('is exact where it comes out even', () => {
    expect(money.unitPrice('59.97', 3)).toEqual({ unitPrice: '19.99' });
    expect(money.unitPrice('39.98', 2)).toEqual({ unitPrice: '19.99' });
    expect(money.unitPrice('3702.00', 3)).toEqual({ unitPrice: '1234.00' });
    expect(money.unitPrice('7.00', '0.35')).toEqual({ unitPrice: '20.00' });
  });

  it('is rounded to four places and marked where it does not', () => {
    expect(money.unitPrice('100.00', 3)).toEqual({ unitPrice: '33.3333', unitPriceDerived: true });
  });

  it('is unknown of nothing', () => {
    expect(money.unitPrice('0.00', 0)).toEqual({ unitPrice: null });
    expect(money.unitPrice(null, 1)).toEqual({ unitPrice: null });
  });
});

describe('a line', () => {
  it('adds up, with the tax beside the price or in it', () => {
    const parts = { quantity: 2, full: '40.00', reduced: '30.00', tax: '5.70' };
    expect(money.line({ ...parts, taxIncluded: false })).toEqual({
      ...{ quantity: 2, unitPrice: '20.00', discount: '10.00', tax: '5.70', lineTotal: '35.70' },
    });
    expect(money.line({ ...parts, taxIncluded: true }).lineTotal).toBe('30.00');
  });

  it('holds what falls to the pieces that are left', () => {
    expect(money.line({ quantity: 2, ordered: 3, full: '59.97', tax: '11.39', taxIncluded: false })).toEqual({
      ...{ quantity: 2, unitPrice: '19.99', discount: '0.00', tax: '7.59', lineTotal: '47.57' },
    });
    expect(money.line({ quantity: 0, ordered: 3, full: '59.97', tax: '11.39', taxIncluded: false })).toMatchObject({
      ...{ quantity: 0, lineTotal: '0.00' },
    });
  });
});

test('an adjustment is a fee, or a discount if it is negative', () => {
  expect(money.adjustment('3.00', 'Express')).toEqual({ kind: 'fee', label: 'Express', amount: '3.00' });
  expect(money.adjustment(-2.5, null)).toEqual({ kind: 'discount', label: null, amount: '-2.5' });
});
