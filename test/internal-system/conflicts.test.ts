import { describe, expect, it } from 'vitest';
import {
  type Conflict,
  conflictsRaised,
  openConflicts,
  stillOpen,
  stopsParcel,
} from '../../src/internal-system/conflicts.ts';
import { needsDocument, type StoredVersion } from '../../src/internal-system/newest-wins.ts';
import type { OrderStatus } from '../../src/orders/order.ts';
import { aLine, anAddress, anOrder, anOrderDocument, aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';

function raised(
  after: Partial<OrderDocument>,
  before: Partial<OrderDocument> & { fulfilment?: string; document?: string } = {},
): readonly Conflict[] {
  const { fulfilment = 'packing', document, ...stored } = before;
  const order = anOrder(stored);
  return conflictsRaised(
    {
      orderNumber: order.orderNumber,
      status: order.status,
      fulfilmentStatus: fulfilment,
      document: document ?? JSON.stringify(order),
    },
    anOrder(after),
  );
}

describe('once picking has begun', () => {
  it.each<[string, Partial<OrderDocument>, Conflict[]]>([
    ['a cancellation', { status: 'cancelled' }, ['cancelled']],
    ['a cancellation that takes the lines along', { status: 'cancelled', lines: [] }, ['cancelled']],
    ['a full refund', { status: 'refunded' }, ['refunded']],
    ['a chargeback', { status: 'pending' }, ['no_longer_paid']],
    ['a hold', { status: 'on_hold' }, ['on_hold']],
    ['a hold with a line less', { status: 'on_hold', lines: [aLine()] }, ['on_hold', 'items_removed']],
    ['no line left', { lines: [] }, ['nothing_to_ship']],
    ['a line less', { lines: [aLine()] }, ['items_removed']],
    [
      'a smaller quantity',
      { lines: [aLine({ quantity: 1 }), aLine({ sku: 'CUP-01', quantity: 1 })] },
      ['items_removed'],
    ],
    ['a larger quantity', { lines: [aLine({ quantity: 3 }), aLine({ sku: 'CUP-01', quantity: 1 })] }, ['items_added']],
    ['another product', { lines: [aLine(), aLine({ sku: 'CUP-02', quantity: 1 })] }, ['items_removed', 'items_added']],
    ['another street', { shippingAddress: anAddress({ lines: ['文二路 1 号'] }) }, ['address_changed']],
    ['another recipient', { shippingAddress: anAddress({ recipient: '李雷' }) }, ['address_changed']],
    ['another number', { orderNumber: '1005-B' }, ['number_changed']],
    [
      'a line less and another postcode',
      { lines: [aLine()], shippingAddress: anAddress({ postcode: '310001' }) },
      ['items_removed', 'address_changed'],
    ],
  ])('%s is a conflict', (_, after, expected) => {
    expect(raised(after)).toEqual(expected);
    expect(raised(after, { fulfilment: 'new' })).toEqual([]);
    expect(raised(after, { fulfilment: 'cancelled' })).toEqual([]);
  });

  it.each<[string, Partial<OrderDocument>]>([
    ['nothing', {}],
    ['a note', { buyerNote: 'ring twice' }],
    ['a partial refund', { totals: { ...anOrderDocument().totals, refunded: '5.00' } }],
    ['completion', { status: 'completed' }],
    ['lines in another sequence', { lines: anOrderDocument().lines.toReversed() }],
    [
      'a line split in two',
      { lines: [aLine({ quantity: 1 }), aLine({ quantity: 1 }), aLine({ sku: 'CUP-01', quantity: 1 })] },
    ],
    ['another price', { lines: [aLine({ unitPrice: '1.00' }), aLine({ sku: 'CUP-01', quantity: 1 })] }],
    ['a field of the address that was absent and is empty', { shippingAddress: anAddress({ district: ' 西湖区' }) }],
  ])('%s is none', (_, after) => {
    expect(raised(after)).toEqual([]);
  });

  it.each<[OrderStatus, OrderStatus, Conflict[]]>([
    ['pending', 'paid', []],
    ['pending', 'refunded', ['refunded']],
    ['completed', 'refunded', ['refunded']],
    ['completed', 'pending', ['no_longer_paid']],
    ['refunded', 'cancelled', ['cancelled']],
    ['cancelled', 'refunded', []],
    ['cancelled', 'cancelled', []],
    ['refunded', 'pending', []],
    ['cancelled', 'paid', ['reinstated']],
    ['refunded', 'completed', ['reinstated']],
    ['on_hold', 'paid', []],
    ['on_hold', 'completed', []],
    ['on_hold', 'on_hold', []],
    ['on_hold', 'cancelled', ['cancelled']],
    ['on_hold', 'pending', ['no_longer_paid']],
    ['completed', 'on_hold', ['on_hold']],
    ['cancelled', 'on_hold', ['on_hold', 'reinstated']],
  ])('from %s to %s', (before, after, expected) => {
    expect(raised({ status: after }, { status: before })).toEqual(expected);
  });

  it('an order that staff have put back is one if it is valid again', () => {
    expect(raised({}, { status: 'cancelled', fulfilment: 'cancelled' })).toEqual(['reinstated']);
    expect(raised({}, { status: 'cancelled', fulfilment: 'new' })).toEqual([]);
  });

  it('what staff pick from may have been edited so that it cannot be read: the rest still counts', () => {
    expect(raised({ lines: [] }, { document: '{' })).toEqual([]);
    expect(raised({ lines: [], orderNumber: '7' }, { document: '{"lines":1}' })).toEqual(['number_changed']);
    expect(raised({ status: 'cancelled' }, { document: '' })).toEqual(['cancelled']);
  });
});

it('an order that is released is not on hold any more; nothing else clears what staff must see', () => {
  const open: Conflict[] = ['on_hold', 'items_removed', 'gone'];
  expect(stillOpen(open, 'paid')).toEqual(['items_removed']);
  expect(stillOpen(open, 'on_hold')).toEqual(['on_hold', 'items_removed']);
  expect(stillOpen(open, 'cancelled')).toEqual(['on_hold', 'items_removed']);
  const untouched: Conflict[] = ['items_removed'];
  expect(stillOpen(untouched, 'paid')).toBe(untouched);
});

describe('the stored document', () => {
  const version = (overrides: Partial<StoredVersion>): ReadonlyMap<string, StoredVersion> =>
    new Map([
      [
        'A1',
        {
          ...{
            orderNumber: 'A1',
            shopOrderId: 'id-A1',
            updatedAt: '',
            status: 'paid',
            fetchedAt: '',
            contentHash: 'other',
            revision: 1,
          },
          ...{ fulfilmentStatus: 'packing', conflicts: [], conflictAt: null },
          ...overrides,
        } as const,
      ],
    ]);
  const snapshots = [aSnapshot({ order: { orderNumber: 'A1' } })];

  it('is needed only of an order that staff pick from, and that has changed', () => {
    expect(needsDocument(version({}), snapshots)).toEqual(['A1']);
    expect(needsDocument(version({ fulfilmentStatus: 'new' }), snapshots)).toEqual([]);
    expect(needsDocument(version({ shopOrderId: 'another' }), snapshots)).toEqual([]);
  });
});

it('conflicts are read back in the order they arose, and only while the flag is set', () => {
  expect(openConflicts(true, 'address_changed, cancelled, by hand')).toEqual(['address_changed', 'cancelled']);
  expect(openConflicts(true, null)).toEqual(['cancelled']);
  expect(openConflicts(false, 'cancelled')).toEqual([]);
});

it('stops the parcel for what must not leave', () => {
  expect(stopsParcel(['address_changed', 'refunded'])).toBe(true);
  expect(stopsParcel(['address_changed', 'items_added'])).toBe(false);
});
