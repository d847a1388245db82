import { describe, expect, it } from 'vitest';
import { decode, problemOf } from './helpers.ts';

describe('several orders', () => {
  const several = (body: unknown) => {
    const decoded = decode(body);
    if (!('events' in decoded)) throw new Error('expected several orders');
    return {
      orders: decoded.events.map(({ reference, type }) => `${reference} ${type}`),
      problem: decoded.problem?.message,
    };
  };

  it.each([
    ['orders', { event: 'order.paid', orders: [{ id: 1 }, { order_no: '2' }, 3] }],
    ['order_ids', { event: 'order.paid', order_ids: [1, '2', 3] }],
    ['orderNumbers', { event: 'order.paid', data: { orderNumbers: ['1', '2', '3'] } }],
    ['events', { events: [1, 2, 3].map((order_id) => ({ id: 7, event: 'paid', order_id })) }],
    ['records', { Records: [1, 2, 3].map((order_id) => ({ body: JSON.stringify({ order_id, event: 'paid' }) })) }],
    ['data', { id: 1002, event: 'order.paid', data: [{ id: 1 }, { id: 2 }, { id: 3 }] }],
    [
      'a batch of CloudEvents',
      [1, 2, 3].map((id) => ({ specversion: '1.0', id: 'x', type: 'order.paid', data: { id } })),
    ],
    ['an order beside others', { event: 'paid', order_id: 1, order_ids: [2, 3, 3] }],
  ])('are found in %s', (_, body) => {
    expect(several(body)).toEqual({ orders: ['1 paid', '2 paid', '3 paid'], problem: undefined });
  });

  it('have a type each', () => {
    const body = [{ order_id: 1, event: 'cancelled' }, { order_id: 2, event: 'tea.ready' }, { order_id: 3 }];
    expect(several(body).orders).toEqual(['1 cancelled', '2 updated', '3 unspecified']);
  });

  it('are good although others are not, which are named by their place', () => {
    expect(several({ event: 'paid', orders: [{ id: 1 }, {}, { id: 'a,b' }] })).toEqual({
      orders: ['1 paid'],
      problem: expect.stringMatching(
        /^Malformed event: entry 2 of 3 in "orders": no order number found, .*; entry 3 of 3 in "orders": the order number, "id", is not .*; every other entry got an event of its own\.$/,
      ),
    });
    expect(problemOf({ orders: [{}, {}] }).message).toMatch(/entry 1 of 2 in "orders": .*entry 2 of 2/);
  });

  it('are at most a thousand', () => {
    const order_ids = Array.from({ length: 1001 }, (_, index) => index);
    expect(problemOf({ order_ids }).message).toContain('it names 1001 orders, expected at most 1000');
    expect(several({ order_ids: order_ids.slice(1) }).orders).toHaveLength(1000);
  });
});
