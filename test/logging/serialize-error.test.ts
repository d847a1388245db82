import { describe, expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { redactCredentials } from '../../src/logging/redact.ts';
import { serializeError } from '../../src/logging/serialize-error.ts';

describe('redactCredentials', () => {
  test.each([
    ['amqp://user:pass@host:5672/', 'amqp://***@host:5672/'],
    ['Invalid URL "postgres://u:p/a?s#s@host/db".', 'Invalid URL "postgres://***@host/db".'],
    ['amqp://u:p@ss@host', 'amqp://***@host'],
    ['https://token@shop.example', 'https://***@shop.example'],
    ['a://u:p@h and b://u:p@h', 'a://***@h and b://***@h'],
    ['mysql://:p@h', 'mysql://***@h'],
  ])('%s', (text, masked) => {
    expect(redactCredentials(text)).toBe(masked);
  });

  test.each([
    'https://shop.example/orders/1',
    'mail to someone@shop.example',
    'at file:///app/node_modules/@scope/package/index.js:1:2',
  ])('leaves %s alone', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });
});

describe('serializeError', () => {
  test('keeps type, message, reason, code, stack and causes, and nothing else', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED amqp://u:p@host'), {
      code: 'ECONNREFUSED',
      config: { password: 'p' },
      query: "INSERT INTO orders VALUES ('王小明')",
    });
    const error = new SyncError('shop_unreachable', 'The shop does not answer.', { cause: refused });
    const logged = serializeError(error);
    expect(logged).toEqual({
      type: 'SyncError',
      message: 'The shop does not answer.',
      reason: 'shop_unreachable',
      stack: expect.stringContaining('serialize-error.test.ts'),
      cause: {
        type: 'Error',
        message: 'connect ECONNREFUSED amqp://***@host',
        code: 'ECONNREFUSED',
        stack: expect.not.stringContaining('u:p@'),
      },
    });
  });

  test('ends a cycle of causes', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(JSON.stringify(serializeError(error)).match(/"cause"/g)).toHaveLength(5);
  });

  test('keeps some of the errors of an AggregateError, whose own message says nothing', () => {
    const tried = ['::1', '127.0.0.1', 'a', 'b', 'c'].map((address) => new Error(`connect ${address}`));
    expect(serializeError(new AggregateError(tried)).errors?.map(({ message }) => message)).toEqual([
      'connect ::1',
      'connect 127.0.0.1',
      'connect a',
      'connect b',
    ]);
  });

  test('says nothing about a thrown value that is not an Error: it may hold anything', () => {
    expect(serializeError({ password: 'p' })).toEqual({
      type: 'object',
      message: 'something other than an Error was thrown',
    });
  });
});
