import { expect, onTestFinished, test } from 'vitest';
import { LiveOrders } from '../../src/messages/live-orders.ts';
import { aBystander, aQueueName, BROKER_URL } from '../helpers/broker.ts';

async function aWatch() {
  const queue = aQueueName(BROKER_URL, []);
  const bystander = await aBystander();
  await bystander.channel.assertQueue(queue, { durable: true });
  const live = await LiveOrders.watch({ url: BROKER_URL, exchange: queue, queue, routingKey: queue });
  onTestFinished(() => live[Symbol.asyncDispose]());
  return { queue, live, ...bystander };
}

test('events that a daemon is about to take are waited for; those that nobody takes are not', async () => {
  const { queue, live, channel, publish } = await aWatch();
  expect(await live.areWaiting()).toBe(false);
  for (const number of ['1', '2', '3']) await publish(queue, number);
  expect(await live.areWaiting()).toBe(false);
  await channel.prefetch(1);
  const { consumerTag } = await channel.consume(queue, () => undefined);
  expect(await live.areWaiting()).toBe(true);
  await channel.cancel(consumerTag);
  expect(await live.areWaiting()).toBe(false);
});

test('of a queue that is not there, or a connection that is gone, no event comes', async () => {
  const { queue, live, channel } = await aWatch();
  await channel.deleteQueue(queue);
  expect(await live.areWaiting()).toBe(false);
  await live[Symbol.asyncDispose]();
  expect(await live.areWaiting()).toBe(false);
});
