import { expect, test } from 'vitest';
import { differences } from '../../real-shops/compare.ts';

const document = {
  status: 'paid',
  cancelledAt: null,
  lines: [{ sku: 'TEA', quantity: 2, lineTotal: '5.00' }],
  totals: { grand: '129.40', taxIncluded: true },
};
const stored = { shopOrderId: '7', document, isFlagged: false };
const agreed = {
  cancelledAt: null,
  'lines.length': 1,
  'lines.0.sku': 'TEA',
  'lines.0.lineTotal': 5,
  'totals.grand': 129.4,
  'totals.taxIncluded': true,
};

test('an order that is stored as the shop has it has no differences', () => {
  expect(differences({ shopOrderId: '7', fields: agreed }, 'paid', stored)).toEqual([]);
});

test.each([
  ['totals.grand', 129.41],
  ['lines.0.sku', 'tea'],
  ['lines.0.sku', null],
  ['lines.1.sku', 'CUP'],
  ['lines.length', 2],
  ['cancelledAt', '2026-11-22T08:00:00.000Z'],
  ['totals.taxIncluded', false],
])('%s that should be %s is one', (path, value) => {
  const found = differences({ shopOrderId: '7', fields: { ...agreed, [path]: value } }, 'paid', stored);
  expect(found).toEqual([expect.stringContaining(path)]);
});

test('an unknown amount is not 0', () => {
  const unknown = { ...stored, document: { totals: { refunded: null } } };
  expect(differences({ shopOrderId: '7', fields: { 'totals.refunded': 0 } }, undefined, unknown)).toHaveLength(1);
});

test('the status, a flag for its amounts, and an order that is not stored count too', () => {
  expect(differences({ shopOrderId: '7', fields: agreed }, 'pending', stored)).toHaveLength(1);
  expect(differences({ shopOrderId: '7', fields: agreed }, 'paid', { ...stored, isFlagged: true })).toHaveLength(1);
  expect(differences({ shopOrderId: '7', fields: agreed }, 'paid')).toEqual(['is not stored']);
});
