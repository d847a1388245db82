import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Endpoints, endpointsOf } from '../../src/broker/endpoint.ts';
import { BrokerRefusedError, BrokerUnavailableError } from '../../src/broker/errors.ts';
import { openWithTimeout, type RetryListener } from '../../src/broker/open-with-timeout.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A connection that stays as it is told. */
function aConnection(opened: Promise<void>) {
  let retry: RetryListener = () => undefined;
  const connection = {
    isClosed: false,
    retry: (error: Error, broker = 'mq:5672', delayMs = 1) => retry(error, delayMs, broker),
    open: () => opened,
    close: async () => {
      connection.isClosed = true;
    },
    onRetry: (listener: RetryListener) => {
      retry = listener;
    },
  };
  return connection;
}

const MQ = endpointsOf({ url: 'amqp://mq' });
const forever = () => new Promise<void>(() => undefined);

test('a broker that accepts and stays silent is given up after 15 s, and the connection closed', async () => {
  vi.useFakeTimers();
  const connection = aConnection(forever());
  const opening = openWithTimeout(connection, MQ);
  const failed = expect(opening).rejects.toThrow('No connection to RabbitMQ at mq:5672: no answer within 15000 ms');
  await vi.advanceTimersByTimeAsync(14_999);
  expect(connection.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await failed;
  expect(connection.isClosed).toBe(true);
});

test('the third round is the last, and its failure is told', async () => {
  const connection = aConnection(forever());
  const opening = openWithTimeout(connection, MQ);
  connection.retry(new Error('first'));
  connection.retry(new Error('second'));
  connection.retry(new AggregateError([], ''));
  await expect(opening).rejects.toThrow(BrokerUnavailableError);
  await expect(opening).rejects.toThrow('No connection to RabbitMQ at mq:5672: AggregateError');
});

test('a refusal is told as the connection explains it', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const connection = aConnection(promise);
  const opening = openWithTimeout(connection, MQ);
  for (let tries = 0; tries < 2; tries += 1) connection.retry(new BrokerRefusedError('not yet'));
  reject(new BrokerRefusedError('the password is wrong'));
  await expect(opening).rejects.toThrow('the password is wrong');
  expect(connection.isClosed).toBe(true);
});

test('one that opens stays open', async () => {
  const connection = aConnection(Promise.resolve());
  await openWithTimeout(connection, MQ);
  expect(connection.isClosed).toBe(false);
});

describe('several hosts', () => {
  const CLUSTER: Endpoints = endpointsOf({ url: 'amqp://a,b:5673' });

  test('a round is over when all were tried, and the third is the last: each host has its reason', async () => {
    const connection = aConnection(forever());
    const opening = openWithTimeout(connection, CLUSTER);
    for (let rounds = 0; rounds < 3; rounds += 1) {
      expect(connection.isClosed).toBe(false);
      connection.retry(new Error(`refused ${rounds}`), 'b:5673', 0);
      connection.retry(new Error(`silent ${rounds}`), 'a:5672');
    }
    await expect(opening).rejects.toThrow(BrokerUnavailableError);
    await expect(opening).rejects.toThrow('RabbitMQ at b:5673: refused 2; a:5672: silent 2');
  });

  test('each has 15 s', async () => {
    vi.useFakeTimers();
    const connection = aConnection(forever());
    const opening = openWithTimeout(connection, CLUSTER);
    const failed = expect(opening).rejects.toThrow('RabbitMQ at b:5673: silent; a:5672: no answer within 30000 ms');
    await vi.advanceTimersByTimeAsync(15_000);
    connection.retry(new Error('silent'), 'b:5673', 0);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(connection.isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(connection.isClosed).toBe(true);
  });
});
