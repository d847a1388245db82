import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RabbitMQ } from '../../src/broker/rabbitmq.ts';
import { aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/network/tcp-proxy.ts';
import { aFolder, aService, type Service } from './helpers/service.ts';
import { fromWooCommerce } from './helpers/shops.ts';

/** The real broker, behind a network that the test can break. */
async function aBreakableBroker(): Promise<{ rabbit: RabbitMQ; proxy: TcpProxy }> {
  const target = new URL(BROKER_URL);
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const url = new URL(BROKER_URL);
  url.port = String(proxy.port);
  const queue = aQueueName();
  return { rabbit: aRabbit({ url: url.href, queue, exchange: queue, routingKey: queue }), proxy };
}

async function post(service: Service, ...ids: number[]): Promise<number[]> {
  const statuses = [];
  for (const id of ids) statuses.push((await service.post(fromWooCommerce('order.updated', { id }))).status);
  return statuses;
}

/** All that waited is in the queue. */
function drained(service: Service): Promise<void> {
  return expect.poll(() => service.webhooks.figures.spooled).toBe(0);
}

test('while the broker is away webhooks get their 200, and are published in order once it is back', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  const service = await aService({}, { rabbit });
  expect(await post(service, 1)).toEqual([200]);
  await proxy.refuse(true);
  const down = once(rabbit, 'down');
  proxy.cut();
  await down;
  expect(await post(service, 2, 3, 4, 2)).toEqual([200, 200, 200, 200]);
  expect(service.webhooks.figures).toMatchObject({ spooled: 4, counts: { published: 1, spooled: 4 } });
  await proxy.refuse(false);
  await drained(service);
  expect(await service.published()).toEqual(['1 updated', '2 updated', '3 updated', '4 updated', '2 updated']);
});

test('a broker that no longer answers costs no webhook its 200', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  const service = await aService({}, { rabbit });
  proxy.freeze();
  expect(await post(service, 1)).toEqual([200]);
  expect(service.webhooks.figures.counts.spooled).toBe(1);
  proxy.thaw();
  await drained(service);
  expect(new Set(await service.published())).toEqual(new Set(['1 updated']));
});

test('a process that starts without its broker takes webhooks', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  await proxy.refuse(true);
  const service = await aService({}, { rabbit, isOpen: false });
  const opened = rabbit.open();
  expect(await post(service, 1, 2)).toEqual([200, 200]);
  await proxy.refuse(false);
  await opened;
  await drained(service);
  expect(await service.published()).toEqual(['1 updated', '2 updated']);
});

test('what waits on disk at a stop is published by the next process', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  await proxy.refuse(true);
  const spool = { path: join(aFolder(), 'spool.db'), max: 10 };
  const service = await aService({ spool }, { rabbit, isOpen: false });
  expect(await post(service, 1, 2)).toEqual([200, 200]);
  await service.webhooks.stop();
  const next = await aService(
    { spool },
    { rabbit: aRabbit({ queue: rabbit.queue, exchange: rabbit.queue, routingKey: rabbit.queue }) },
  );
  await drained(next);
  expect(await next.published()).toEqual(['1 updated', '2 updated']);
});

test('two processes may share one spool', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  await proxy.refuse(true);
  const spool = { path: join(aFolder(), 'spool.db'), max: 100 };
  const first = await aService({ spool }, { rabbit, isOpen: false });
  const second = await aService({ spool }, { rabbit, isOpen: false });
  for (const id of [1, 3, 5]) expect([...(await post(first, id)), ...(await post(second, id + 1))]).toEqual([200, 200]);
  await proxy.refuse(false);
  await rabbit.open();
  await Promise.all([drained(first), drained(second)]);
  expect(new Set(await first.published())).toEqual(new Set([1, 2, 3, 4, 5, 6].map((id) => `${id} updated`)));
});

test('a full spool answers 503, says so loudly once, and takes webhooks again when the broker is back', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  await proxy.refuse(true);
  const service = await aService({ spool: { path: join(aFolder(), 'spool.db'), max: 2 } }, { rabbit, isOpen: false });
  expect(await post(service, 1, 2, 3, 4)).toEqual([200, 200, 503, 503]);
  const answer = await service.post(fromWooCommerce('order.updated', { id: 3 }));
  expect(answer.headers['retry-after']).toBe('60');
  expect(service.lines.filter(({ level }) => level === 50)).toHaveLength(1);
  expect(service.webhooks.figures).toMatchObject({ isSpoolFull: true, counts: { failed: 3 } });
  await proxy.refuse(false);
  await rabbit.open();
  await drained(service);
  expect(await post(service, 5)).toEqual([200]);
  expect(await service.published()).toEqual(['1 updated', '2 updated', '5 updated']);
});

test('an event says when its webhook arrived, not when the broker was back', async () => {
  const { rabbit, proxy } = await aBreakableBroker();
  await proxy.refuse(true);
  const service = await aService({}, { rabbit, isOpen: false });
  await post(service, 1);
  const arrivedBy = Date.now();
  await proxy.refuse(false);
  await rabbit.open();
  await drained(service);
  const delivered = Promise.withResolvers<unknown>();
  await rabbit.subscribe((delivery) => {
    delivery.ack();
    delivered.resolve(delivery.properties.headers?.['x-order-sync-published-at']);
  });
  expect(Number(await delivered.promise)).toBeLessThanOrEqual(arrivedBy);
});
