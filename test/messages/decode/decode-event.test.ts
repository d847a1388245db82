import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES } from '../../../src/messages/decode/body.ts';
import { decode, problemOf } from './helpers.ts';

const NUMBER = '20261122000123456789';

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

  it.each([
    '10086',
    '007',
    'SO-2026-0001',
    'a.b_c',
    '订单10086',
    '#1001',
    'INV/2026/12',
    'SO 1001',
    'gid://shopify/Order/1',
    'T3JkZXI6MQ==',
    '1'.repeat(64),
  ])('reads %s', (reference) => {
    expect(decode(reference)).toMatchObject({ reference: reference });
    expect(decode(JSON.stringify({ id: reference }))).toMatchObject({ reference: reference });
  });

  it.each([
    ['in an object of its own', '{"type":"order.paid","order":{"order_no":"10086"}}'],
    [
      'there under a vague key, while the event has an id too',
      '{"id":"evt-1","type":"order.paid","data":{"id":10086}}',
    ],
    ['at the top, whatever else there is', '{"orderNumber":"10086","event":"paid","data":{"id":7}}'],
  ])('finds the order number %s', (_, text) => {
    expect(decode(text)).toEqual({ reference: '10086', type: 'paid' });
  });

  it('keeps the digits of numbers with many zeros at their end', () => {
    expect(decode('{"order_id":20261122000000000}')).toMatchObject({ reference: '20261122000000000' });
    expect(decode('{"order_id":1000000000000000000000}')).toMatchObject({ reference: '1000000000000000000000' });
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
    expect(decode(JSON.stringify({ [key]: 10086, event: 'paid' }))).toEqual({
      reference: '10086',
      type: 'paid',
    });
  });

  it('prefers the order number over an id, wherever it stands', () => {
    expect(decode('{"id":1,"number":2,"order_id":3,"order_no":4,"order_number":5}')).toMatchObject({ reference: '5' });
    expect(decode('{"order_no":"1","orderNo":"2"}')).toMatchObject({ reference: '1' });
    expect(decode('{"orderNumber":null,"order_sn":"","id":7}')).toMatchObject({ reference: '7' });
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
    ['two lines', 'order\n10086'],
    ['a path', '../../admin'],
    ['dots', '..'],
    ['a query', '1?x=1'],
    ['a line break inside', '1\n2'],
    ['NUL', '1\u00002'],
    ['65 characters', '1'.repeat(65)],
    ['JSON that is too deep', `{"id":${'['.repeat(100_000)}`],
  ])('refuses %s as malformed', (_, text) => {
    expect(problemOf(text)).toMatchObject({ reason: 'malformed_event', kind: 'permanent' });
  });

  it.each([
    ['GBK', Buffer.of(0xb6, 0xa9, 0xb5, 0xa5)],
    ['UTF-16', Buffer.of(0xff, 0xfe, 0x31, 0x00)],
    ['cut in the middle of a character', Buffer.of(0x31, 0xe7, 0x8e)],
  ])('refuses bytes that are not UTF-8: %s', (_, bytes) => {
    expect(problemOf(bytes).message).toContain('not UTF-8');
  });

  it('refuses a message that is larger than any event', () => {
    const padded = (size: number) => '10086'.padEnd(size);
    expect(decode(padded(MAX_EVENT_BYTES))).toMatchObject({ reference: '10086' });
    expect(problemOf(padded(MAX_EVENT_BYTES + 1)).reason).toBe('malformed_event');
  });

  it('never takes an order number or a type from a prototype', () => {
    expect(problemOf('{"__proto__":{"orderNumber":"1"}}').reason).toBe('malformed_event');
    for (const type of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(decode({ orderId: 1, type })).toMatchObject({ type: 'updated' });
    }
    expect({}).not.toHaveProperty('orderNumber');
  });

  it('does not quote the message in its error, causes included', () => {
    const error = problemOf('{"buyer":"王小明", oops');
    expect(`${error.message} ${String(error.cause)}`).not.toContain('王');
  });
});

describe('compressed messages', () => {
  const event = Buffer.from('{"order_id":10086,"event":"paid"}');
  const bomb = Buffer.alloc(16 * MAX_EVENT_BYTES, ' ');

  it.each([
    ['gzip', gzipSync, 'gzip'],
    ['gzip without a header', gzipSync, undefined],
    ['gzip under another name', gzipSync, 'utf-8'],
    ['deflate', deflateSync, 'deflate'],
    ['Brotli', brotliCompressSync, 'br'],
    ['Zstandard', zstdCompressSync, 'zstd'],
  ])('are read: %s', (_, compress, contentEncoding) => {
    const properties = { contentEncoding };
    expect(decode(compress(event), { properties })).toEqual({ reference: '10086', type: 'paid' });
    expect(decode(compress(Buffer.from('10086')), { properties })).toMatchObject({ reference: '10086' });
    // A few kilobytes, which would fill the memory.
    expect(problemOf(compress(bomb), { properties }).message).toContain('more than 1048576 bytes');
    expect(problemOf(compress(event).subarray(0, 20), { properties }).message).toContain('cannot be decompressed as');
  });

  it.each([undefined, 'utf-8', 'gzip', 'identity', 'constructor', '__proto__'])(
    'need not be compressed, even if they are said to be %s',
    (contentEncoding) => {
      expect(decode(event, { properties: { contentEncoding } })).toEqual({ reference: '10086', type: 'paid' });
    },
  );
});

it('reads a form', () => {
  const form = 'out_trade_no=SO%201001&trade_status=TRADE_SUCCESS&notify_id=7';
  expect(decode(form)).toEqual({ reference: 'SO 1001', type: 'paid' });
  expect(problemOf('webhook_id=5').reason).toBe('malformed_event');
});
