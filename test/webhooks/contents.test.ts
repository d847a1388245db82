import { describe, expect, test } from 'vitest';
import { type Contents, readContents } from '../../src/webhooks/contents.ts';
import type { PresetName } from '../../src/webhooks/presets.ts';
import { fromGeneric, fromShopify, fromWooCommerce, recordedWooCommerce, type SentWebhook } from './helpers/shops.ts';

function read({ body, headers }: SentWebhook, preset: PresetName, prefersId = false): Contents {
  return readContents({ body, headers }, preset, prefersId);
}

function orders(...names: string[]): Contents {
  const events = names.map((name) => {
    const [reference = '', type] = name.split(' ');
    return { reference, type: type as 'updated' };
  });
  return { kind: 'orders', events, isWhole: true };
}

describe('WooCommerce', () => {
  test('is known by its id, whatever its number is', () => {
    const webhook = fromWooCommerce('order.updated', {
      id: 58,
      number: '57',
      order_number: 'RE/2026#17',
      total: '1.00',
    });
    expect(read(webhook, 'woocommerce')).toEqual(orders('58 updated'));
  });

  test.each([
    ['order.created', '28'],
    ['order.deleted (trash)', '41'],
  ])('%s, as recorded, names its order', (what, id) => {
    expect(read(recordedWooCommerce(what), 'woocommerce')).toEqual(orders(`${id} updated`));
  });

  test('an order of a thousand lines is read', () => {
    const line = { id: 1, name: 'Tea', taxes: Array.from({ length: 25 }, () => 1) };
    const webhook = fromWooCommerce('order.updated', { id: 58, line_items: Array.from({ length: 1_000 }, () => line) });
    expect(read(webhook, 'woocommerce')).toEqual(orders('58 updated'));
  });

  test('an error in place of the order names none', () => {
    const webhook = recordedWooCommerce('the order was gone when it was sent');
    expect(read(webhook, 'woocommerce')).toEqual({ kind: 'unnamed' });
  });

  test.each([
    ['action.woocommerce_payment_complete', { action: 'woocommerce_payment_complete', arg: 58 }, 'unnamed'],
    ['order.updated', [], 'unnamed'],
    ['order.updated', { id: 0 }, 'unnamed'],
    ['product.updated', { id: 10 }, 'other'],
    ['customer.created', { id: 3, orders_count: 1 }, 'other'],
  ])('%s with %j is %s', (topic, value, kind) => {
    expect(read(fromWooCommerce(topic, value), 'woocommerce')).toEqual({ kind });
  });
});

describe('Shopify', () => {
  test.each([
    ['orders/paid', '{"id":5678901234567890123,"order_number":1001,"name":"#1001"}', '5678901234567890123 paid'],
    ['orders/cancelled', '{"id":450789469,"number":1}', '450789469 cancelled'],
    ['orders/create', '{"id":450789469}', '450789469 updated'],
    ['orders/partially_fulfilled', '{"id":450789469}', '450789469 updated'],
    ['orders/edited', '{"order_edit":{"id":78912328793,"order_id":450789469}}', '450789469 updated'],
    ['refunds/create', '{"id":509562969,"order_id":450789469,"transactions":[{"id":1}]}', '450789469 updated'],
    ['fulfillments/create', '{"id":123456,"order_id":450789469}', '450789469 updated'],
    [
      'order_transactions/create',
      '{"id":120560818172775265,"order_id":820982911946154509}',
      '820982911946154509 updated',
    ],
    ['returns/request', '{"id":1,"order":{"id":450789469,"admin_graphql_api_id":"gid"}}', '450789469 updated'],
  ])('%s names its order by id: %s', (topic, body, expected) => {
    expect(read(fromShopify(topic, body), 'shopify')).toEqual(orders(expected));
  });

  test.each([
    ['products/update', '{"id":1}', 'other'],
    ['app/uninstalled', '{"id":1}', 'other'],
    ['customers/redact', '{"shop_id":1,"orders_to_redact":[2]}', 'other'],
    ['refunds/create', '{"id":509562969}', 'unnamed'],
    ['orders/paid', 'not JSON', 'unnamed'],
    ['orders/create', '{"id":820982911946154508}', 'ping'],
  ])('%s with %s is %s', (topic, body, kind) => {
    expect(read(fromShopify(topic, body), 'shopify')).toEqual({ kind });
  });
});

describe('Magento', () => {
  test.each([
    ['{"order":{"entity_id":5,"increment_id":"000000012"}}'],
    ['{"event":{"value":{"entity_id":"5","increment_id":"000000012"}}}'],
    ['{"entity_id":5,"increment_id":"000000012","grand_total":10,"items":[]}'],
  ])('an order is known by its number: %s', (body) => {
    expect(read(fromGeneric(body), 'magento')).toEqual(orders('000000012 updated'));
  });
});

describe('any other shop', () => {
  test('names its orders as its events would in the queue', () => {
    expect(read(fromGeneric({ type: 'order.paid', data: { id: 10086 } }), 'generic')).toEqual(orders('10086 paid'));
    expect(read(fromGeneric('order_id=10086&event=cancelled'), 'generic')).toEqual(orders('10086 cancelled'));
    expect(read(fromGeneric({ orderNumber: '7' }, { 'x-webhook-topic': 'order.paid' }), 'generic')).toEqual(
      orders('7 paid'),
    );
  });

  test('names several orders at once', () => {
    const webhook = fromGeneric({ event: 'order.paid', order_ids: [1, 2] });
    expect(read(webhook, 'generic')).toEqual(orders('1 paid', '2 paid'));
    expect(read(fromGeneric({ event: 'order.paid', orders: [{ id: 1 }, { total: 3 }] }), 'generic')).toMatchObject({
      events: [{ reference: '1' }],
      isWhole: false,
    });
  });

  test('a type that nothing names is no payment', () => {
    expect(read(fromGeneric({ orderNumber: '7' }), 'generic')).toEqual(orders('7 updated'));
  });

  test('is known by its id beside its number only where the shop is asked by id', () => {
    const webhook = fromGeneric({ type: 'order.paid', data: { orderNumber: 'VJHPNK1P', orderId: 12 } });
    expect(read(webhook, 'generic', true)).toEqual(orders('12 paid'));
    expect(read(webhook, 'generic', false)).toEqual(orders('VJHPNK1P paid'));
  });

  test.each([['{"id":1,"total":3}'], ['<order/>'], ['']])('%j names no order', (body) => {
    expect(read(fromGeneric(body), 'generic')).toEqual({ kind: 'unnamed' });
  });

  test('a body that was too large to be kept names no order', () => {
    expect(readContents({ body: undefined, headers: {} }, 'generic', false)).toEqual({ kind: 'unnamed' });
  });
});
