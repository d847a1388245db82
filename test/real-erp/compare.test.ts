import { expect, test } from 'vitest';
import { compare, type ExpectedState } from '../../real-erp/compare.ts';
import { anOrder } from '../../real-erp/orders.ts';

const order = anOrder('1');
const sale = {
  id: 1,
  reference: 'web/1',
  state: 'confirmed',
  fields: {
    currency: 'EUR',
    day: '2026-11-22',
    comment: 'Phone: +49 221 000000\nE-mail: somebody@example.com\nNote of 1',
    party: 'WEB',
    party_name: 'Jürgen Groß',
    street: 'Große Straße 8\nHinterhaus',
    city: 'Köln',
    postal_code: '50667',
    country: 'DE',
    same_address: 'true',
    untaxed: '25.88',
    'lines.length': 2,
    'lines.0.code': 'NB-A5',
    'lines.0.quantity': 2,
    'lines.0.unit_price': '10.8800',
    'lines.0.description': 'Linen notebook A5',
    'lines.0.taxes': '1',
    'lines.1.code': 'SHIPPING',
    'lines.1.quantity': 1,
    'lines.1.unit_price': '4.1200',
    'lines.1.description': '',
    'lines.1.taxes': '1',
  },
};
const problems = (state: ExpectedState, sales: readonly (typeof sale)[]) => compare({ order, state }, sales).problems;

test('a sale that says what the order says has no differences', () => {
  expect(compare({ order, state: 'confirmed' }, [sale])).toEqual({ fields: 23, problems: [] });
});

test.each([
  ['lines.0.unit_price', '10.8900'],
  ['lines.1.unit_price', '4.1400'],
  ['lines.0.quantity', 3],
  ['city', 'Koeln'],
  ['untaxed', '25.80'],
  ['lines.2.code', 'PEN-EF'],
])('%s that is %s is one', (name, value) => {
  expect(problems('confirmed', [{ ...sale, fields: { ...sale.fields, [name]: value } }])).toHaveLength(1);
});

test('so is a sale in another state, one that is missing, one that is there twice, and one too many', () => {
  expect(problems('cancelled', [sale])).toHaveLength(1);
  expect(problems('confirmed', [])).toHaveLength(1);
  expect(problems('confirmed', [sale, sale])).toHaveLength(1);
  expect(problems('none', [sale])).toHaveLength(1);
});
