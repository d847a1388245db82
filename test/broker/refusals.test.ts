import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../src/broker/endpoint.ts';
import {
  BrokerClosedError,
  BrokerRefusedError,
  BrokerUnavailableError,
  brokersAnswer,
  isMissing,
} from '../../src/broker/errors.ts';
import { explainNoAnswer, explainRefusal } from '../../src/broker/refusals.ts';

const [ENDPOINT] = endpointsOf({ url: 'amqp://shop:secret@mq:5672' });

/** As amqplib words what RabbitMQ 3.10 and 4.0 say. */
function said(code: number, words: string): Error {
  const message = `Operation failed: QueueDeclare; ${code} (CODE) with message "${words}"`;
  return Object.assign(new Error(message), { code });
}

const OUT_OF_REACH: Record<string, Error> = {
  'its node is down': said(
    404,
    "NOT_FOUND - home node 'rabbit@c' of durable queue 'orders' in vhost '/' is down or inaccessible",
  ),
  'its process was stopped': said(404, "NOT_FOUND - queue 'orders' in vhost '/' process is stopped by supervisor"),
  'its process has crashed': said(404, "NOT_FOUND - queue 'orders' in vhost '/' has crashed and failed to restart"),
  'its node is down, on RabbitMQ 4': said(
    404,
    "NOT_FOUND - failed to perform operation on queue 'orders' in vhost '/' due to timeout",
  ),
  'it has no majority': said(
    541,
    "INTERNAL_ERROR - Cannot get a message from queue 'queue 'orders' in vhost '/'': nodedown",
  ),
  'its virtual host is down': Object.assign(
    new Error("INTERNAL_ERROR - access to vhost '/' refused for user 'shop': vhost '/' is down"),
    { code: 541 },
  ),
};

describe('a queue that is there and out of reach', () => {
  test.each(Object.entries(OUT_OF_REACH))('%s: waited for, and told in the words of the broker', (_, error) => {
    expect(isMissing(error)).toBe(false);
    const explained = explainRefusal(error, ENDPOINT);
    expect(explained).toBeInstanceOf(BrokerUnavailableError);
    expect(explained).toMatchObject({ cause: error, brokerAnswers: true });
    const words = /(?:NOT_FOUND|INTERNAL_ERROR) - .*?(?="?$)/.exec(error.message)?.[0];
    expect(explained.message).toContain(`RabbitMQ at mq:5672 answers, but refuses: ${words}.`);
    expect(explained.message).not.toContain('Operation failed');
    expect(brokersAnswer(explained)).toBe(explained.message);
  });
});

test.each(['queue', 'exchange'])('a %s that does not exist is missing, and refused', (what) => {
  const error = said(404, `NOT_FOUND - no ${what} 'orders' in vhost '/'`);
  expect(isMissing(error)).toBe(true);
  expect(explainRefusal(error, ENDPOINT)).toBeInstanceOf(BrokerRefusedError);
});

test('what RabbitMQ does not say is no answer', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5672'), { code: 'ECONNREFUSED' });
  const stopping = Object.assign(new Error('Connection closed: 320 (CONNECTION-FORCED) with message "shutdown"'), {
    code: 320,
  });
  for (const error of [refused, stopping]) {
    expect(explainRefusal(error, ENDPOINT)).toBe(error);
    expect(brokersAnswer(error)).toBeUndefined();
    const told = explainNoAnswer(error, ENDPOINT, 'a message');
    expect(told).toBeInstanceOf(BrokerUnavailableError);
    expect(told).toMatchObject({ cause: error, brokerAnswers: false });
    expect(told.message).toMatch(
      /^The connection to RabbitMQ at mq:5672 was lost \(.+\) before it answered: a message$/,
    );
  }
});

test('an error of ours stays what it is', () => {
  const closed = new BrokerClosedError('closed');
  expect(explainNoAnswer(closed, ENDPOINT, 'a message')).toBe(closed);
});
