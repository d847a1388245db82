import { describe, expect, it } from 'vitest';
import { decodeOrderEvent } from '../../../src/messages/decode/decode-event.ts';
import { aMessage } from './helpers.ts';

function named(body: unknown): unknown {
  const of = (preferred?: 'orderNumber' | 'shopOrderId') => {
    const decoded = decodeOrderEvent(aMessage(body), preferred);
    return 'events' in decoded ? decoded.events.map(({ reference }) => reference) : decoded.reference;
  };
  return { byDefault: of(), byNumber: of('orderNumber'), byId: of('shopOrderId') };
}

describe('an event with both names of its order', () => {
  it.each([
    { orderNumber: '1001', orderId: 57 },
    { order_no: '1001', data: { order_id: '57' } },
    { event: 'order.paid', payload: { order_id: 57, order_number: '1001' } },
    { orderNumber: '1001', order: { id: 57, number: '1001' } },
    { type: 'order.paid', order_sn: '1001', data: { id: 57 } },
  ])('%j names it by the one that the shop can be asked by', (body) => {
    expect(named(body)).toEqual({ byDefault: '1001', byNumber: '1001', byId: '57' });
  });

  it('names it so in a list as well', () => {
    const events = [
      { orderNumber: '1001', orderId: 57 },
      { orderNumber: '1003', orderId: 1001 },
    ];
    expect(named({ events })).toEqual({
      byDefault: ['1001', '1003'],
      byNumber: ['1001', '1003'],
      byId: ['57', '1001'],
    });
  });
});

it.each([
  ['1001', '1001'],
  [{ orderNumber: '1001' }, '1001'],
  [{ id: 'evt_1', orderNumber: '1001', event: 'order.paid' }, '1001'],
  [{ orderId: 57 }, '57'],
  [{ order: { id: 57, number: '1001' } }, '57'],
])('an event with one name, %j, names its order by that', (body, name) => {
  expect(named(body)).toEqual({ byDefault: name, byNumber: name, byId: name });
});
