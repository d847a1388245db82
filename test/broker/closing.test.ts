import { expect, onTestFinished, test } from 'vitest';
import { aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';
import { startTcpProxy } from '../helpers/network/tcp-proxy.ts';

// Its timers would outlive the connection by half a minute: the leak guard fails this file if they do.
test('a connection whose close is never answered is given up, with its heartbeats', async () => {
  const url = new URL(BROKER_URL);
  const proxy = await startTcpProxy({ port: Number(url.port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  const queue = aQueueName();
  const rabbit = aRabbit({ url: url.href, exchange: queue, queue, routingKey: queue });
  await rabbit.open();
  proxy.freeze();
  await rabbit.close();
  expect(rabbit.isUp).toBe(false);
});
