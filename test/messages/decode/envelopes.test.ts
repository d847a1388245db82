import { describe, expect, it } from 'vitest';
import { decode, problemOf } from './helpers.ts';

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
    ['the name of a queue', { exchange: '', routingKey: 'order.cancelled' }],
  ])('is not %s', (_, beside) => {
    expect(decode('1001', beside)).toEqual({ reference: '1001', type: 'unspecified' });
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
