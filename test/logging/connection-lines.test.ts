import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { BrokerRefusedError } from '../../src/broker/errors.ts';
import type { RabbitMQEvents } from '../../src/broker/rabbitmq.ts';
import { logConnections } from '../../src/logging/daemon-log.ts';

const NEXT = 'the connection to this RabbitMQ host failed; trying the next one';
const AWAY = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** What is logged, as `level broker message`. */
function aLog() {
  const rabbit = new EventEmitter<RabbitMQEvents>();
  const lines: string[] = [];
  const sink = new Writable({
    write(text, _encoding, done) {
      const { level, broker, msg } = JSON.parse(String(text));
      lines.push(`${pino.levels.labels[level]} ${broker} ${msg}`);
      done();
    },
  });
  logConnections(rabbit, pino({ level: 'info' }, sink));
  return { rabbit, lines };
}

test('each host that is passed over has a line, and so has the one that is used', () => {
  const { rabbit, lines } = aLog();
  rabbit.emit('retry', 'consuming', AWAY, 0, 'b:5672');
  rabbit.emit('up', 'consuming', 'a:5672');
  rabbit.emit('retry', 'consuming', new BrokerRefusedError('not here'), 0, 'a:5672');
  rabbit.emit('up', 'consuming', 'c:5672');
  expect(lines).toEqual([
    `warn b:5672 ${NEXT}`,
    'info a:5672 connected to RabbitMQ',
    `warn a:5672 ${NEXT}`,
    'info c:5672 connected to RabbitMQ',
  ]);
});

test('while no host can be used, the first round alone has lines', () => {
  const { rabbit, lines } = aLog();
  for (let round = 0; round < 3; round += 1) {
    rabbit.emit('retry', 'publishing', AWAY, 0, 'a:5672');
    rabbit.emit('retry', 'publishing', AWAY, 100, 'b:5672');
  }
  rabbit.emit('up', 'publishing', 'a:5672');
  expect(lines).toEqual([
    `warn a:5672 ${NEXT}`,
    'warn b:5672 RabbitMQ is down; retrying until it is back',
    'info a:5672 RabbitMQ is back',
  ]);
});
