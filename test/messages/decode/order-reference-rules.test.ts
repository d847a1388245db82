import { describe, expect, it } from 'vitest';
import { decode, problemOf } from './helpers.ts';

describe('an order reference', () => {
  it.each([
    ['its own key at the top', { orderNumber: '1001', event: 'paid', data: { id: 7 } }],
    ['the same order under several keys', { order_id: 7, data: { order_number: '1001' } }],
    ['the same number twice', { orderNumber: 1001, data: { orderNumber: '1001' } }],
    ['its own key beside remarks', { order_id: 1001, metadata: { order_id: 'external' } }],
    [
      'an order beside others',
      { event: 'order.paid', order: { id: 1001 }, customer: { order_id: 5 }, data: { id: 9 } },
    ],
    ['nothing but its id', { id: 1001 }],
    ['its id and what happened', { id: 1001, event: 'order.paid', created_at: '2026-11-22T08:00:00Z' }],
  ])('takes %s', (_, body) => {
    expect(decode(body)).toMatchObject({ reference: '1001' });
  });

  it.each([
    ['an id beside something that may name the order', { id: 1002, event: 'order.paid', reference: '1001' }],
    ['an id beside an unknown object', { id: 1002, event: 'order.paid', purchase: { no: '1001' } }],
    ['an id and a number', { id: 1002, number: 1001, event: 'order.paid' }],
    ['a payment', { id: 1002, event: 'payment.captured' }],
    ['an unknown event', { id: 1002, event: 'tea.ready' }],
    ['a charge', { id: 'evt_1', type: 'charge.succeeded', data: { object: { id: 'ch_1', object: 'charge' } } }],
    ['a charge in an event about an order', { type: 'order.paid', data: { object: { id: 'ch_1', object: 'charge' } } }],
    ['a part of an order', { type: 'order.item.added', data: { id: 1002 } }],
    ['a draft of an order', { type: 'draft_orders/create', data: { id: 1002 } }],
    ['an event within an event', { Message: '{"id":1002,"event":"payment.captured"}' }],
    ['an event that carries an event', { type: 'order.paid', data: { id: 1002, event: 'payment.captured' } }],
    ['an invoice with lines', { type: 'invoice.paid', data: { id: 1002, lines: [], total: '9.99', currency: 'EUR' } }],
    ['an error', { code: 'woocommerce_rest_shop_order_invalid_id', message: 'Invalid ID.', data: { status: 404 } }],
    ['text for people', { event: 'order.paid', message: 'Order 1001 was paid' }],
    ['a list of bare values', ['1001', 'paid']],
    ['an empty list of orders', { event: 'orders.exported', orders: [] }],
    ['a job of Laravel', { uuid: '1002', displayName: 'App\\Jobs\\OrderPaid', data: { command: 'O:18:"App\\Jobs"' } }],
  ])('guesses nothing from %s', (_, body) => {
    expect(problemOf(body)).toMatchObject({ reason: 'malformed_event', kind: 'permanent' });
  });

  it.each([
    ['orderid', 'data.orderid', { order_id: 1, data: { orderId: 2 } }],
    ['order.id', 'data.order.id', { event: 'order.paid', order: { id: 1 }, data: { order: { id: 2 } } }],
  ])('refuses "%s" and "%s" that contradict each other, and names both', (one, other, body) => {
    expect(problemOf(body).message).toBe(
      `Malformed event: "${one}" and "${other}" name different orders, expected one.`,
    );
  });

  it('is quick whatever it is given', () => {
    const many = (entry: unknown) => Array.from({ length: 4_000 }, () => entry);
    const keys = ['data', 'payload', 'message', 'body', 'detail', 'resource', 'entity', 'object', 'record'];
    let wide: unknown = { type: 'tea.ready' };
    for (let level = 0; level < 4; level += 1) wide = Object.fromEntries(keys.map((key) => [key, wide]));
    for (const body of [
      many({ type: 'a' }),
      { data: many('{"id":1}') },
      wide,
      { ...{ type: 'order.paid' }, data: many(wide).slice(0, 2) },
    ]) {
      expect(problemOf(body).reason).toBe('malformed_event');
    }
  });

  it('stops at envelopes that go too deep', () => {
    let body: object = { order_id: 1001 };
    for (let level = 0; level < 20; level += 1) body = { data: body };
    expect(problemOf(body).reason).toBe('malformed_event');
  });
});
