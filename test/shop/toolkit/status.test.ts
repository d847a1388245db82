import { expect, test } from 'vitest';
import { type OrderFacts, statusOf } from '../../../src/shop/toolkit/index.ts';

test.each<[string, OrderFacts, string]>([
  ['nothing known', {}, 'pending'],
  ['authorised, not captured', { total: '10.00', captured: '0.00' }, 'pending'],
  ['captured', { total: '10.00', captured: 10 }, 'paid'],
  ['captured in part', { total: '10.00', captured: '9.99' }, 'pending'],
  ['nothing due', { total: '10.00', due: 0 }, 'paid'],
  ['the rest of an edited order due', { total: '20.00', due: '10.00', captured: '10.00' }, 'pending'],
  ['overpaid', { total: '10.00', due: '-1.00' }, 'paid'],
  ['an order over nothing', { total: '0.00' }, 'paid'],
  ['an order over nothing, with no payment', { total: 0, captured: null, due: null }, 'paid'],
  ['the word of the shop against amounts', { total: '10.00', captured: '0', paid: true }, 'paid'],
  ['on hold, paid', { paid: true, onHold: true }, 'on_hold'],
  ['on hold, unpaid', { paid: false, onHold: true }, 'pending'],
  ['shipped', { paid: true, shipped: true }, 'completed'],
  ['shipped on account', { paid: false, shipped: true }, 'completed'],
  ['refunded in part', { total: '10.00', captured: '10.00', refunded: '9.99' }, 'paid'],
  ['refunded in full', { total: '10.00', captured: '10.00', refunded: '10.00' }, 'refunded'],
  ['refunded in full, shipped before', { total: '10.00', paid: true, shipped: true, refunded: 10 }, 'refunded'],
  [
    'what was captured refunded, of a larger total',
    { total: '12.00', captured: '10.00', refunded: '10.00' },
    'refunded',
  ],
  ['the word of the shop on refunds', { paid: true, refunded: true }, 'refunded'],
  ['nothing refunded of nothing', { total: '0.00', paid: true, refunded: '0.00' }, 'paid'],
  ['cancelled, refunded, shipped', { cancelled: true, refunded: true, shipped: true, paid: true }, 'cancelled'],
])('%s', (_, facts, expected) => {
  expect(statusOf(facts)).toBe(expected);
});
