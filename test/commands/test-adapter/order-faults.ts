import type { Case } from './stand-in-shop.ts';

export const later = (instant: string | null | undefined, ms: number) =>
  new Date(Date.parse(instant ?? '') + ms).toISOString();
export const HOUR = 3_600_000;

/** Faults of the mapping: what a shop does wrong, the one check that notices it, and what that check says. */
export const ORDER_FAULTS: readonly Case[] = [
  [
    'order numbers that were JavaScript numbers',
    'exact digits',
    { document: (given, index) => ({ ...given, orderNumber: `2026112200012${String(index).padStart(4, '0')}000` }) },
    /has lost its last digits/,
  ],
  [
    'the noise of floats',
    'exact digits',
    { document: (given) => ({ ...given, totals: { ...given.totals, tax: '0.000000004' } }) },
    /more digits than any price/,
  ],
  [
    'one number for two orders',
    'exact digits',
    { order: (order, index) => (index === 50 ? { ...order, shopOrderId: '9049' } : order) },
    /same shopOrderId/,
  ],
  [
    'orders that are all pending',
    'states',
    { document: (given) => ({ ...given, status: 'pending', paidAt: null, cancelledAt: null }) },
    /All 50 orders are pending/,
  ],
  [
    'paid orders that are pending',
    'states',
    { document: (given, index) => (index === 40 ? { ...given, status: 'pending' } : given) },
    /pending, although paid at some time/,
  ],
  [
    'cancelled orders that are paid',
    'states',
    { document: (given) => ({ ...given, status: given.status === 'cancelled' ? 'paid' : given.status }) },
    /time of cancellation but are not cancelled/,
  ],
  [
    'paid orders without lines',
    'states',
    { document: (given, index) => (index === 40 ? { ...given, lines: [] } : given) },
    /paid without a line/,
  ],
  [
    'refunds in full that are paid',
    'states',
    {
      document: (given, index) =>
        index === 40 ? { ...given, totals: { ...given.totals, refunded: '129.40' } } : given,
    },
    /refunded in full, but not/,
  ],
  [
    'partial refunds that are refunded',
    'states',
    {
      document: (given, index) =>
        index === 40 ? { ...given, status: 'refunded', totals: { ...given.totals, refunded: '9.60' } } : given,
    },
    /only in part/,
  ],
  [
    'paid orders without a time',
    'states',
    { document: (given) => ({ ...given, paidAt: null }) },
    /No paid order has a time/,
  ],
  [
    'amounts that do not add up',
    'amounts',
    { document: (given) => ({ ...given, totals: { ...given.totals, grand: '200.00' } }) },
    /do not add up/,
  ],
  [
    'one order that does not add up',
    'amounts',
    { document: (given, index) => (index === 40 ? { ...given, totals: { ...given.totals, grand: '200.00' } } : given) },
    /1 order of 50/,
  ],
  [
    'totals in cents',
    'amounts',
    {
      document: (given) => ({
        ...given,
        totals: { ...given.totals, items: '11940', shipping: '1000', grand: '12940' },
      }),
    },
    /factor of 100/,
  ],
  [
    'everything in cents',
    'amounts',
    {
      document: (given, index) => ({
        ...given,
        lines: [],
        status: index % 2 === 0 ? 'completed' : 'cancelled',
        cancelledAt: null,
        totals: { ...given.totals, items: null, grand: '12940' },
      }),
    },
    /Are these cents/,
  ],
  [
    'times in the shop’s zone',
    'times',
    {
      document: (given) => ({
        ...given,
        placedAt: later(given.placedAt, 8 * HOUR),
        paidAt: given.paidAt ? later(given.paidAt, 8 * HOUR) : null,
      }),
    },
    /placedAt, paidAt: in the future, by up to 8 h, in 50 orders/,
  ],
  [
    'payments in another zone',
    'times',
    { document: (given) => ({ ...given, paidAt: given.paidAt ? later(given.paidAt, -8 * HOUR) : null }) },
    /paid before they were placed/,
  ],
  [
    'seconds for milliseconds',
    'times',
    {
      document: (given) => ({
        ...given,
        paidAt: given.paidAt ? new Date(Date.parse(given.paidAt) / 1000).toISOString() : null,
      }),
    },
    /before 1995/,
  ],
  [
    'changes in another zone',
    'times',
    {
      document: (given) => ({
        ...given,
        placedAt: later(given.placedAt, 0),
        updatedAt: later(given.updatedAt, -8 * HOUR),
      }),
    },
    /changed before they were placed/,
  ],
];
