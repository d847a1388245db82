import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { BrokerRefusedError, BrokerUnavailableError } from '../../src/broker/errors.ts';
import type { RabbitMQEvents } from '../../src/index.ts';
import { logConnections } from '../../src/logging/daemon-log.ts';

function aLog() {
  const rabbit = new EventEmitter<RabbitMQEvents>();
  const lines: string[] = [];
  const at = (level: string) => (fields: { error?: string } | string, text?: string) =>
    void lines.push(`${level} ${text ?? String(fields)}`);
  const logger = { error: at('error'), warn: at('warn'), info: at('info'), debug: () => undefined };
  logConnections(rabbit, logger as unknown as Parameters<typeof logConnections>[1]);
  const fails = (error: Error) => void rabbit.emit('retry', 'consuming', error, 100, 'mq:5672');
  return { lines, fails, isUp: () => void rabbit.emit('up', 'consuming', 'mq:5672') };
}

test('each kind of loss is told once, as what it is', () => {
  const { lines, fails, isUp } = aLog();
  const forced = Object.assign(new Error('CONNECTION_FORCED'), { code: 320 });
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const nodeDown = new BrokerUnavailableError('its node is down', { brokerAnswers: true });
  for (const error of [forced, refused, refused, nodeDown, nodeDown]) fails(error);
  isUp();
  expect(lines).toEqual([
    'warn RabbitMQ has ended the connection; connecting again',
    'warn RabbitMQ is down; retrying until it is back',
    "error RabbitMQ answers, but can't serve us; retrying until it can",
    'info RabbitMQ is back',
  ]);
});

test('a refusal is not called a loss', () => {
  const { lines, fails, isUp } = aLog();
  fails(new BrokerRefusedError('the password is wrong'));
  isUp();
  expect(lines).toEqual([
    'error RabbitMQ refuses us; trying again in case it passes',
    'info RabbitMQ no longer refuses us',
    'info connected to RabbitMQ',
  ]);
});
