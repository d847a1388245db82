import { describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { decodeOrderEvent, eventType, MAX_EVENT_BYTES } from '../../src/messages/order-event.ts';

const NUMBER = '20261122000123456789';

function decode(text: string) {
  return decodeOrderEvent(new TextEncoder().encode(text));
}

function problemOf(content: Uint8Array): SyncError {
  try {
    decodeOrderEvent(content);
  } catch (error) {
    if (error instanceof SyncError) return error;
  }
  throw new Error('expected a SyncError');
}

describe('decodeOrderEvent', () => {
  it.each([
    ['bare digits, or a JSON number', NUMBER],
    ['bare text with white space', ` \r\n${NUMBER}\t\n`],
    ['a JSON string', `"${NUMBER}"`],
    ['a JSON string with white space inside', `" ${NUMBER} "`],
    ['text after a byte order mark', `\uFEFF${NUMBER}`],
    ['JSON after a byte order mark', `\uFEFF{"orderNumber":"${NUMBER}"}`],
    ['an object with text', `{"orderNumber":"${NUMBER}"}`],
    ['an object with a number', `{"orderNumber":${NUMBER}}`],
  ])('reads %s', (_, text) => {
    expect(decode(text)).toEqual({ reference: NUMBER, type: 'unspecified' });
  });

  it.each(['10086', '007', 'SO-2026-0001', 'a.b_c', '20261122000000000000', '1'.repeat(64)])(
    'reads %s',
    (reference) => {
      expect(decode(reference).reference).toBe(reference);
      expect(decode(JSON.stringify({ id: reference })).reference).toBe(reference);
    },
  );

  it.each([
    ['in an object of its own', '{"type":"order.paid","order":{"order_no":"10086"}}'],
    [
      'there under a vague key, while the event has an id too',
      '{"id":"evt-1","type":"order.paid","data":{"id":10086}}',
    ],
    ['at the top, whatever else there is', '{"orderNumber":"10086","event":"paid","data":{"id":7}}'],
    ['at the top, when the object has none', '{"id":"10086","event":"paid","payload":{"lines":[]}}'],
  ])('finds the order number %s', (_, text) => {
    expect(decode(text)).toEqual({ reference: '10086', type: 'paid' });
  });

  it('keeps the digits of numbers with many zeros at their end', () => {
    expect(decode('{"order_id":20261122000000000}').reference).toBe('20261122000000000');
    expect(decode('{"order_id":1000000000000000000000}').reference).toBe('1000000000000000000000');
  });

  it.each([
    'orderNumber',
    'order_number',
    'ORDER-NUMBER',
    'orderNo',
    'order_no',
    'order_sn',
    'orderId',
    'order_id',
    'number',
    'id',
  ])('knows the key %s', (key) => {
    expect(decode(JSON.stringify({ other: 'x', [key]: 10086, event: 'paid' }))).toEqual({
      reference: '10086',
      type: 'paid',
    });
  });

  it('prefers the order number over an id, wherever it stands', () => {
    expect(decode('{"id":1,"number":2,"order_id":3,"order_no":4,"order_number":5}').reference).toBe('5');
    expect(decode('{"order_no":"1","orderNo":"2"}').reference).toBe('1');
    expect(decode('{"orderNumber":null,"order_sn":"","id":7}').reference).toBe('7');
  });

  it.each([
    ['an empty message', ''],
    ['white space', ' \n'],
    ['a list', '[10086]'],
    ['an empty object', '{}'],
    ['an object without an order number', '{"event":"paid"}'],
    ['broken JSON', '{"orderNumber":"1"'],
    ['two documents', '{"id":1}{"id":2}'],
    ['null', 'null'],
    ['true', 'true'],
    ['a fraction', '1.5'],
    ['an exponent', '1e5'],
    ['a negative number', '-3'],
    ['a fraction in an object', '{"id":1.5}'],
    ['a negative number in an object', '{"id":-3}'],
    ['an object for an order number', '{"orderNumber":{"id":1}}'],
    ['a list for an order number', '{"orderNumber":[1]}'],
    ['true for an order number', '{"orderNumber":true}'],
    ['white space for an order number', '{"orderNumber":"  "}'],
    ['two words', 'order 10086'],
    ['a path', '../../admin'],
    ['dots', '..'],
    ['a URL', 'https://evil.example/1'],
    ['a query', '1?x=1'],
    ['a line break inside', '1\n2'],
    ['NUL', '1\u00002'],
    ['deadLetters that are not ASCII', '订单10086'],
    ['65 characters', '1'.repeat(65)],
    ['JSON that is too deep', `{"id":${'['.repeat(100_000)}`],
  ])('refuses %s as malformed', (_, text) => {
    expect(problemOf(new TextEncoder().encode(text))).toMatchObject({ reason: 'malformed_event', kind: 'permanent' });
  });

  it.each([
    ['GBK', Uint8Array.of(0xb6, 0xa9, 0xb5, 0xa5)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x31, 0x00)],
    ['cut in the middle of a character', Uint8Array.of(0x31, 0xe7, 0x8e)],
  ])('refuses bytes that are not UTF-8: %s', (_, bytes) => {
    expect(problemOf(bytes).message).toContain('not UTF-8');
  });

  it('refuses a message that is larger than any event', () => {
    const padded = (size: number) => new TextEncoder().encode('10086'.padEnd(size));
    expect(decodeOrderEvent(padded(MAX_EVENT_BYTES)).reference).toBe('10086');
    expect(problemOf(padded(MAX_EVENT_BYTES + 1)).reason).toBe('malformed_event');
  });

  it('never takes an order number or a type from a prototype', () => {
    expect(problemOf(new TextEncoder().encode('{"__proto__":{"orderNumber":"1"}}')).reason).toBe('malformed_event');
    for (const type of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(decode(JSON.stringify({ id: 1, type })).type).toBe('unspecified');
    }
    expect({}).not.toHaveProperty('orderNumber');
  });

  it('does not quote the message in its error, causes included', () => {
    const error = problemOf(new TextEncoder().encode('{"buyer":"王小明", oops'));
    expect(`${error.message} ${String(error.cause)}`).not.toContain('王');
  });
});

describe('eventType', () => {
  it.each([
    ['paid', 'paid'],
    ['order.paid', 'paid'],
    ['orders/paid', 'paid'],
    ['orderPaid', 'paid'],
    ['ORDER_PAID', 'paid'],
    ['pay_success', 'paid'],
    ['payment.captured', 'paid'],
    ['cancelled', 'cancelled'],
    ['canceled', 'cancelled'],
    ['order:cancel', 'cancelled'],
    ['orders/cancelled', 'cancelled'],
    ['updated', 'updated'],
    ['order-created', 'updated'],
    ['order.refunded', 'updated'],
    ['', 'unspecified'],
    ['order', 'unspecified'],
    ['shipped_back_to_the_moon', 'unspecified'],
    [null, 'unspecified'],
    [7, 'unspecified'],
    [{ type: 'paid' }, 'unspecified'],
  ])('takes %j for %s', (word, expected) => {
    expect(eventType(word)).toBe(expected);
  });

  it.each(['event', 'event_type', 'eventType', 'type', 'action'])('stands in an event as %s', (key) => {
    expect(decode(JSON.stringify({ id: 1, [key]: 'order.cancelled' })).type).toBe('cancelled');
  });
});
