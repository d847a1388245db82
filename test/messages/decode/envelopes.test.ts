import { describe, expect, it } from 'vitest';
import { decode } from './helpers.ts';

/** Envelopes as systems of this world send them, each naming order 1001; their own ids are 1002 or look like ids. */
const ENVELOPES: readonly [string, unknown, string][] = [
  ['an event with an id and a resource', { id: 1002, event: 'order.paid', resource: { order_id: '1001' } }, 'paid'],
  ['a documented event', { id: 'evt_1', type: 'order.paid', data: { id: 1001 } }, 'paid'],
  [
    'a CloudEvent',
    { specversion: '1.0', id: '1002', source: '/shop', type: 'com.shop.order.paid', data: { orderId: '1001' } },
    'paid',
  ],
  [
    'a CloudEvent with data as text',
    { specversion: '1.0', id: '1002', source: '/shop', type: 'com.shop.order.paid', data: '{"order_no":"1001"}' },
    'paid',
  ],
  [
    'a CloudEvent with nothing but a subject',
    { specversion: '1.0', id: '1002', source: '/shop', type: 'com.shop.order.cancelled', subject: '1001' },
    'cancelled',
  ],
  [
    'a CloudEvent whose subject is a path',
    { specversion: '1.0', id: '1002', source: '/shop', type: 'com.shop.order.cancelled', subject: '/orders/1001' },
    'cancelled',
  ],
  [
    'MassTransit',
    {
      messageId: '1002',
      conversationId: '1003',
      messageType: ['urn:message:Shop.Events:OrderPaid', 'urn:message:Shop.Events:IOrderEvent'],
      message: { orderId: 1001, customerId: 7 },
      headers: {},
      host: { machineName: 'web-1' },
    },
    'paid',
  ],
  ['NestJS', { pattern: 'order.cancelled', data: { id: 1001 }, id: '1002' }, 'cancelled'],
  ['NestJS with a command', { pattern: { cmd: 'order_paid' }, data: { id: 1001 }, id: '1002' }, 'paid'],
  ['NestJS with a bare number', { pattern: 'order.paid', data: 1001, id: '1002' }, 'paid'],
  [
    'Stripe-like',
    {
      id: 'evt_1002',
      object: 'event',
      type: 'order.payment_succeeded',
      data: { object: { id: '1001', object: 'order', amount: 100, currency: 'eur' } },
    },
    'paid',
  ],
  [
    'Stripe, whose charge names the order in its metadata',
    {
      id: 'evt_1002',
      object: 'event',
      type: 'charge.succeeded',
      data: { object: { id: 'ch_1003', object: 'charge', amount: 100, metadata: { order_id: '1001' } } },
    },
    'paid',
  ],
  [
    'SNS',
    {
      Type: 'Notification',
      MessageId: '1002',
      TopicArn: 'arn:orders',
      Message: '{"orderNumber":"1001","event":"paid"}',
    },
    'paid',
  ],
  ['SQS', { messageId: '1002', receiptHandle: 'x', body: '{"Message":"{\\"order_id\\":1001}"}' }, 'unspecified'],
  [
    'Lambda records, one of them',
    { Records: [{ messageId: '1002', body: '{"event":"order.paid","order_id":1001}' }] },
    'paid',
  ],
  [
    'EventBridge',
    { version: '0', id: '1002', 'detail-type': 'OrderCancelled', source: 'shop', detail: { orderId: '1001' } },
    'cancelled',
  ],
  [
    'Event Grid',
    { id: '1002', subject: '/orders/1001', eventType: 'Shop.OrderPaid', eventTime: '2026-11-22T08:00:00Z', data: {} },
    'paid',
  ],
  ['JSON:API', { data: { type: 'orders', id: '1001', attributes: { total: '9.99' } } }, 'unspecified'],
  ['BigCommerce', { scope: 'store/order/statusUpdated', data: { type: 'order', id: 1001 }, hash: '1002' }, 'updated'],
  ['MercadoLibre', { _id: '1002', resource: '/orders/1001', topic: 'orders_v2', attempts: 1 }, 'unspecified'],
  [
    'an outbox row',
    { id: '1002', aggregateType: 'Order', aggregateId: '1001', type: 'OrderPaid', payload: { amount: 5 } },
    'paid',
  ],
  [
    'Razorpay',
    { entity: 'event', event: 'order.paid', payload: { order: { entity: { id: '1001', entity: 'order' } } } },
    'paid',
  ],
  ['head and body', { head: { msgId: '1002', eventType: 'ORDER_PAY_SUCCESS' }, body: { orderSn: '1001' } }, 'paid'],
  ['Alipay', { notify_id: '1002', trade_no: '1003', out_trade_no: '1001', trade_status: 'TRADE_CLOSED' }, 'cancelled'],
  ['Chinese keys and words', { 订单号: '1001', event: '已付款' }, 'paid'],
  [
    'an order in an order',
    { id: 1002, type: 'order.paid', data: { order: { id: 1001, customer: { id: 7 } } } },
    'paid',
  ],
  ['an order as a bare value', { id: 1002, event: 'cancelled', order: '1001' }, 'cancelled'],
  [
    'JSON in a JSON string',
    '"{\\"id\\":1002,\\"event\\":\\"order.paid\\",\\"resource\\":{\\"order_id\\":\\"1001\\"}}"',
    'paid',
  ],
  ['a list of one', [{ id: 1002, event: 'order.paid', resource: { order_id: '1001' } }], 'paid'],
  ['CRLF and a byte order mark', '\uFEFF{\r\n"order_id": 1001,\r\n"event": "paid"\r\n}\r\n', 'paid'],
];

/** A webhook's body as real shops send it, shortened. */
const WHOLE_ORDERS: readonly [string, unknown, string][] = [
  [
    'WooCommerce',
    {
      ...{
        id: 1001,
        parent_id: 0,
        status: 'processing',
        currency: 'EUR',
        version: '11.0.1',
        total: '67.21',
        customer_id: 0,
      },
      ...{ order_key: 'wc_order_Xs57', number: 'WEB-2026-00042', meta_data: [{ id: 61, key: '_number', value: '42' }] },
      ...{ line_items: [{ id: 7, name: 'Teekanne weiß, 0,7 l', sku: 'POT-CER-7' }], refunds: [] },
    },
    'unspecified',
  ],
  ['WooCommerce, trash', { id: 1001 }, 'unspecified'],
  [
    'WooCommerce, still to be paid',
    { id: 1001, status: 'pending', currency: 'EUR', total: '67.21', line_items: [], number: '1001' },
    'updated',
  ],
  [
    'Vendure',
    {
      data: {
        order: {
          ...{ id: '1001', code: 'BQJW3K45GYGHBKN5', state: 'PaymentSettled', type: 'Regular', totalWithTax: 14884 },
          ...{ customer: { id: '32' }, lines: [{ id: '89' }] },
        },
      },
    },
    'paid',
  ],
  ['Medusa', { name: 'order.placed', data: { id: '1001' }, metadata: { eventGroupId: '1002' } }, 'updated'],
  [
    'Medusa, the order itself',
    {
      order: {
        id: '1001',
        display_id: 25,
        status: 'canceled',
        total: 1303.99,
        currency_code: 'eur',
        items: [{ id: 'ordli_1' }],
      },
    },
    'cancelled',
  ],
  [
    'Shopify',
    {
      ...{
        id: 8209,
        admin_graphql_api_id: 'gid://shopify/Order/8209',
        name: '#1001',
        order_number: 1001,
        currency: 'EUR',
      },
      ...{
        total_price: '9.99',
        financial_status: 'paid',
        line_items: [{ id: 4 }],
        customer: { id: 7, last_order_id: 6 },
      },
    },
    'unspecified',
  ],
  [
    'Magento',
    {
      entity_id: 1001,
      increment_id: '000000042',
      state: 'canceled',
      grand_total: 9.99,
      items: [{ order_id: 1001, item_id: 4 }],
    },
    'cancelled',
  ],
  ['a flat event with fields of the order', { id: 1001, event: 'order.paid', total: '9.99', currency: 'EUR' }, 'paid'],
  [
    'an event with a whole order',
    { event: 'paid', data: { id: 1001, total: '9.99', status: 'paid', lines: [] } },
    'paid',
  ],
];

describe('decodeOrderEvent', () => {
  it.each(WHOLE_ORDERS)('finds the order in a whole one: %s', (_, body, type) => {
    expect(decode(body)).toEqual({ reference: '1001', type });
  });

  it.each(ENVELOPES)('finds the order in %s', (_, body, type) => {
    expect(decode(body)).toEqual({ reference: '1001', type });
  });
});
