import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startAmqpProxy } from '../../chaos/wire/amqp-proxy.ts';
import type { RabbitMQ } from '../../src/index.ts';
import { aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';

/** Requests of a consumer, by the AMQP method that is swallowed. Heartbeats go on. */
const REQUESTS: Record<string, (rabbit: RabbitMQ) => Promise<unknown>> = {
  'basic.cancel': (rabbit) => rabbit.pause(),
  'basic.get': async (rabbit) => {
    await rabbit.pause();
    await rabbit.take();
  },
  'queue.declare': (rabbit) => rabbit.waiting(),
  'basic.consume': async (rabbit) => {
    await rabbit.pause();
    await rabbit.resume();
  },
};

test('a request that is never answered costs the connection, and work goes on', async () => {
  // All at once: each takes as long as we wait for an answer.
  await Promise.all(Object.entries(REQUESTS).map(([method, request]) => swallow(method, request)));
});

async function swallow(method: string, request: (rabbit: RabbitMQ) => Promise<unknown>): Promise<void> {
  const url = new URL(BROKER_URL);
  const proxy = await startAmqpProxy({ port: Number(url.port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  const queue = aQueueName();
  const rabbit = aRabbit({ url: url.href, exchange: queue, queue, routingKey: queue });
  const seen: string[] = [];
  await rabbit.open();
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  let swallowed = 0;
  proxy.intercept((step) => {
    if (step.method !== method || step.direction !== 'to-server' || swallowed > 0) return undefined;
    swallowed += 1;
    return 'drop';
  });
  const down = once(rabbit, 'down');
  const requested = request(rabbit).catch((error: unknown) => error);
  expect((await down)[1], method).toMatchObject({
    message: expect.stringMatching(/^RabbitMQ at 127\.0\.0\.1:\d+ did not answer within/),
  });
  await requested;
  await rabbit.resume();
  await expect.poll(() => rabbit.isConsuming, { timeout: 10_000 }).toBe(true);
  await rabbit.send('10086');
  await expect.poll(() => seen, { message: method }).toEqual(['10086']);
}
