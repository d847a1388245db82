import { expect, test } from 'vitest';
import { parts } from '../../../src/shop/toolkit/index.ts';

test.each([
  ['CNY', '8683.6631375', '8683.66'],
  ['EUR', '0.005', '0.01'],
  ['EUR', '-0.005', '-0.01'],
  ['JPY', '60277.8', '60278'],
  ['KWD', '1.0005', '1.001'],
  ['USD', '5', '5.00'],
])('%s: %s is %s', (currency, amount, rounded) => {
  expect(parts.roundedTo(currency, amount)).toBe(rounded);
});

test('a sum is rounded once', () => {
  expect(parts.roundedTo('EUR', '0.004', '0.004', null)).toBe('0.01');
});

test('what is left over is an adjustment, and nothing is none', () => {
  expect(parts.roundingOf('10.01', '10.00', '0')).toEqual([{ kind: 'rounding', label: null, amount: '0.01' }]);
  expect(parts.roundingOf('10.00', '10.01')).toEqual([{ kind: 'rounding', label: null, amount: '-0.01' }]);
  expect(parts.roundingOf('10.00', '4', '6')).toEqual([]);
});
