import { describe, expect, it } from 'vitest';
import { decimal, smallUnits, sum } from '../../src/orders/money.ts';

describe('decimal', () => {
  it.each([
    ['129.40', '129.40'],
    ['-0.01', '-0.01'],
    ['0', '0'],
    ['123456789012345678.123456789012', '123456789012345678.123456789012'],
    [129.4, '129.4'],
    [8683.6631375, '8683.6631375'],
    [1e-7, '0.0000001'],
    [1e17, '100000000000000000'],
    [59.900000000000006, '59.9'],
    ['0.10000000000000001', '0.1'],
    ['-0.0000000000005', '-0.000000000001'],
    [1e-13, '0'],
    ['+5.00', '5.00'],
    [' -.50\n', '-0.50'],
    ['10.', '10'],
    ['1.5E+2', '150'],
    ['1e17', '100000000000000000'],
    ['5e-13', '0.000000000001'],
  ])('reads %j as %s', (value, expected) => {
    expect(decimal.parse(value)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    '+-1',
    'e5',
    '1 2',
    '1,5',
    '1,234.50',
    '1e400',
    '1e-99',
    '0x1',
    '¥1',
    'NaN',
    '1234567890123456789',
    1e18,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    true,
  ])('refuses %j', (value) => {
    expect(decimal.safeParse(value).success).toBe(false);
  });
});

describe('sum', () => {
  it('is exact', () => {
    expect(sum(['0.1', '0.2', '123456789012345678.000000000001']).toFixed()).toBe('123456789012345678.300000000001');
    expect(sum([]).toFixed()).toBe('0');
  });
});

describe('smallUnits', () => {
  it.each([
    ['129.40', 1_294_000],
    ['-0.0001', -1],
    ['0', 0],
    ['99999999999', 999_999_999_990_000],
    ['9999999.999', 99_999_999_990],
  ])('of %s are %i', (amount, units) => {
    expect(smallUnits(amount)).toBe(units);
  });

  it.each(['0.00001', '100000000000', '12345678.1234'])('of %s are unknown', (amount) => {
    expect(smallUnits(amount)).toBeNaN();
  });
});
