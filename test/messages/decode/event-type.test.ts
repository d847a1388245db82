import { describe, expect, it } from 'vitest';
import { decode, problemOf } from './helpers.ts';

describe('the type of an event', () => {
  it('is the first known word from the outside in', () => {
    expect(decode({ event: 'order.updated', data: { order_id: 1001, event: 'paid' } })).toMatchObject({
      type: 'updated',
    });
    expect(decode({ type: 'tenant-7', data: { order_id: 1001, event: 'paid' } })).toMatchObject({ type: 'paid' });
  });

  it.each([
    ['the property type', { properties: { type: 'OrderCancelled' } }],
    ['a header of Symfony Messenger', { headers: { type: 'App\\Message\\OrderCancelled' } }],
    ['a header of Spring', { headers: { __TypeId__: 'com.shop.events.OrderCancelledEvent' } }],
    [
      'a header of NServiceBus',
      { headers: { 'NServiceBus.EnclosedMessageTypes': 'Shop.OrderCancelled, Shop, Version=1.0.0.0' } },
    ],
    ['a webhook that was passed on', { headers: { 'x-shopify-topic': 'orders/cancelled' } }],
    ['the routing key', { exchange: 'shop', routingKey: 'order.cancelled' }],
    ['the routing key of the first delivery', { headers: { 'x-order-sync-routing-key': 'order.cancelled' } }],
  ])('may stand in %s', (_, beside) => {
    expect(decode('1001', beside)).toEqual({ reference: '1001', type: 'cancelled' });
    expect(decode({ order_id: 1001 }, beside)).toEqual({ reference: '1001', type: 'cancelled' });
    expect(decode({ order_id: 1001, event: 'paid' }, beside)).toEqual({ reference: '1001', type: 'paid' });
  });

  it.each([
    ['a class', { headers: { __TypeId__: 'java.util.LinkedHashMap' } }],
    ['a tenant', { exchange: 'shop', routingKey: 'tenant-7' }],
    ['a queue of orders', { exchange: 'shop', routingKey: 'orders.eu' }],
    ['a feed', { exchange: 'shop', routingKey: 'orders.feed' }],
    ['the name of a queue', { exchange: '', routingKey: 'order.cancelled' }],
  ])('is not %s', (_, beside) => {
    expect(decode('1001', beside)).toEqual({ reference: '1001', type: 'unspecified' });
  });

  it.each([
    ...['order.authorized', 'order.authorised', 'orders/fulfilled', 'OrderEdited', 'order.return_requested', 'on-hold'],
    ...[
      'order.risk',
      'ORDER_DRAFT',
      'order.payment_authorized',
      'payment.declined',
      'order.teleported',
      '已授权',
      '退货申请',
    ],
  ])('%s is an update, wherever it stands: its order need not be paid', (word) => {
    const updated = { reference: '1001', type: 'updated' };
    const besides = [
      { properties: { type: word } },
      { headers: { 'event-type': word } },
      { exchange: 'shop', routingKey: word },
      { headers: { 'x-order-sync-routing-key': word } },
    ];
    for (const beside of besides) {
      expect(decode('1001', beside)).toEqual(updated);
      expect(decode({ order_id: 1001, status: 'paid' }, beside)).toEqual(updated);
    }
    for (const body of [
      { event: word, order_id: 1001, status: 'paid' },
      { type: word, data: { order_id: 1001, status: 'paid', event: 'paid' } },
      { action: word, order: { id: 1001, status: 'paid' } },
      { specversion: '1.0', id: '7', type: word, data: { order_id: 1001 } },
      [{ event: word, order_id: 1001 }],
    ]) {
      expect(decode(body)).toEqual(updated);
    }
  });

  it('is an update if nobody knows its name, whatever the status, and a payment only by name', () => {
    expect(decode({ event: 'order.risk_score', order_id: 1001, status: 'paid' })).toMatchObject({ type: 'updated' });
    expect(decode({ event: 'order.risk_score', order_id: 1001 }, { properties: { type: 'OrderPaid' } })).toMatchObject({
      type: 'paid',
    });
  });

  it("is the order's status when nothing else says it", () => {
    expect(decode({ order_no: '1001', status: 'cancelled' })).toMatchObject({ type: 'cancelled' });
    expect(decode({ order_no: '1001', status: 'cancelled', event: 'order.updated' })).toMatchObject({
      type: 'updated',
    });
    expect(decode({ order_no: '1001', status: 'ok' })).toMatchObject({ type: 'unspecified' });
  });

  it('is in the headers of a CloudEvent in binary mode', () => {
    for (const prefix of ['cloudEvents:', 'cloudEvents_', 'ce-']) {
      const headers = {
        [`${prefix}specversion`]: '1.0',
        [`${prefix}id`]: '1002',
        [`${prefix}type`]: 'com.shop.order.paid',
      };
      expect(decode({ id: 1001 }, { headers })).toEqual({ reference: '1001', type: 'paid' });
      expect(decode({ total: 5 }, { headers: { ...headers, [`${prefix}subject`]: '1001' } })).toMatchObject({
        reference: '1001',
      });
      expect(
        problemOf({ id: 1002 }, { headers: { ...headers, [`${prefix}type`]: 'com.shop.payment.captured' } }).reason,
      ).toBe('malformed_event');
    }
  });

  it('is in the headers of a Celery task', () => {
    const body = [[], { order_id: 1001 }, { callbacks: null }];
    expect(decode(body, { headers: { task: 'shop.tasks.order_paid', id: '1002' } })).toEqual({
      reference: '1001',
      type: 'paid',
    });
  });
});
