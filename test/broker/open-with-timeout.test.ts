import { afterEach, expect, test, vi } from 'vitest';
import { BrokerRefusedError, BrokerUnavailableError } from '../../src/broker/errors.ts';
import { openWithTimeout } from '../../src/broker/open-with-timeout.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A connection that stays as it is told. */
function aConnection(opened: Promise<void>) {
  let retry = (_error: Error): void => undefined;
  const connection = {
    isClosed: false,
    retry: (error: Error) => retry(error),
    open: () => opened,
    close: async () => {
      connection.isClosed = true;
    },
    onRetry: (listener: (error: Error) => void) => {
      retry = listener;
    },
  };
  return connection;
}

const forever = () => new Promise<void>(() => undefined);

test('a broker that accepts and stays silent is given up after 15 s, and the connection closed', async () => {
  vi.useFakeTimers();
  const connection = aConnection(forever());
  const opening = openWithTimeout(connection, 'mq:5672');
  const failed = expect(opening).rejects.toThrow('No connection to RabbitMQ at mq:5672: no answer within 15000 ms');
  await vi.advanceTimersByTimeAsync(14_999);
  expect(connection.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await failed;
  expect(connection.isClosed).toBe(true);
});

test('the third failure is the last, and is told', async () => {
  const connection = aConnection(forever());
  const opening = openWithTimeout(connection, 'mq:5672');
  connection.retry(new Error('first'));
  connection.retry(new Error('second'));
  connection.retry(new AggregateError([], ''));
  await expect(opening).rejects.toThrow(BrokerUnavailableError);
  await expect(opening).rejects.toThrow('No connection to RabbitMQ at mq:5672: AggregateError');
});

test('a refusal is told as the connection explains it', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const connection = aConnection(promise);
  const opening = openWithTimeout(connection, 'mq:5672');
  for (let tries = 0; tries < 5; tries += 1) connection.retry(new BrokerRefusedError('not yet'));
  reject(new BrokerRefusedError('the password is wrong'));
  await expect(opening).rejects.toThrow('the password is wrong');
  expect(connection.isClosed).toBe(true);
});

test('one that opens stays open', async () => {
  const connection = aConnection(Promise.resolve());
  await openWithTimeout(connection, 'mq:5672');
  expect(connection.isClosed).toBe(false);
});
