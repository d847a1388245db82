import type { Options } from 'amqplib';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src/index.ts';
import { retryQueues } from '../../src/messages/retry-queues.ts';
import { aBystander, aQueueName, aRabbit } from '../helpers/broker.ts';

const QUEUES: Record<string, Options.AssertQueue> = {
  'with a dead-letter exchange and a TTL': { deadLetterExchange: 'amq.fanout', messageTtl: 600_000 },
  'with priorities': { maxPriority: 5 },
  lazy: { arguments: { 'x-queue-mode': 'lazy' } },
  'with a limit on its length': { maxLength: 1_000, arguments: { 'x-overflow': 'reject-publish' } },
  'that is not durable': { durable: false },
  'of type quorum, with a limit of its own': { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 50 } },
  'with a single active consumer': { arguments: { 'x-single-active-consumer': true } },
  'of type quorum, with a single active consumer': {
    arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true },
  },
};

test.for(Object.entries(QUEUES))('a queue %s is worked on as it is, and probed while paused', async ([, options]) => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertQueue(queue, options);
  await expect(aRabbit({ exchange: queue, queue, routingKey: queue }).open()).rejects.toThrow(
    /Set RABBITMQ_DECLARE=passive/,
  );
  const rabbit = aRabbit({ exchange: `${queue}.none`, queue, routingKey: queue, declare: 'passive' });
  const seen: string[] = [];
  await rabbit.open();
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  await rabbit.enqueue('flowing');
  await expect.poll(() => seen).toEqual(['flowing']);
  await rabbit.pause();
  expect(await rabbit.take()).toBeUndefined();
  await rabbit.enqueue('canary');
  await rabbit.enqueue('after the pause');
  const canary = await rabbit.take();
  expect(canary?.content.toString()).toBe('canary');
  canary?.ack();
  await rabbit.resume();
  await expect.poll(() => seen).toEqual(['flowing', 'after the pause']);
  // Nothing was declared besides, and the channel has its old prefetch again.
  await expect(channel.checkExchange(`${queue}.none`)).rejects.toThrow('NOT_FOUND');
});

test.for(['classic', 'quorum'])('a paused consumer probes beside an active one (%s)', async (type) => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertQueue(queue, { arguments: { 'x-queue-type': type } });
  const passive = { exchange: queue, queue, routingKey: queue, declare: 'passive', prefetch: 1 } as const;
  const active = aRabbit(passive);
  const held: Delivery[] = [];
  await active.open();
  await active.subscribe((delivery) => void held.push(delivery));
  const paused = aRabbit(passive);
  await paused.subscribe((delivery) => void delivery.requeue());
  await paused.pause();
  await active.enqueue('held');
  await expect.poll(() => held).toHaveLength(1);
  await active.enqueue('canary');
  expect((await paused.take())?.content.toString()).toBe('canary');
});

test('beside the active consumer of a queue that allows one, a probe finds nothing, and harms nothing', async () => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertQueue(queue, QUEUES['of type quorum, with a single active consumer']);
  const passive = { exchange: queue, queue, routingKey: queue, declare: 'passive' } as const;
  const active = aRabbit(passive);
  const seen: string[] = [];
  await active.open();
  await active.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  const standby = aRabbit(passive);
  await standby.subscribe((delivery) => void delivery.requeue());
  await standby.pause();
  await active.enqueue('10086');
  expect(await standby.take()).toBeUndefined();
  await expect.poll(() => seen).toEqual(['10086']);
  expect(standby.isUp).toBe(true);
});

test.for(['active', 'passive'] as const)('a stream is refused (%s)', async (declare) => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'stream' } });
  const rabbit = aRabbit({ exchange: queue, queue, routingKey: queue, declare });
  await expect(rabbit.run(() => undefined)).rejects.toThrow(/stream.*bind a classic or quorum queue/i);
});

test('a passive queue that is not there is refused, and not declared', async () => {
  const queue = aQueueName();
  const rabbit = aRabbit({ exchange: queue, queue, routingKey: queue, declare: 'passive' });
  await expect(rabbit.open()).rejects.toThrow(/lacks an exchange or queue that must be there already.*no queue/);
  expect(await (await aBystander()).messages(queue)).toBeUndefined();
});

test('beside a passive queue, our own are declared', async () => {
  const queue = aQueueName(undefined, [5000]);
  const { channel, messages } = await aBystander();
  await channel.assertQueue(queue, { maxPriority: 5 });
  const companionQueues = retryQueues(queue, 'classic', [5000]);
  await aRabbit({ exchange: queue, queue, routingKey: queue, declare: 'passive', companionQueues }).open();
  expect(await messages(`${queue}.retry.5000`)).toBe(0);
  expect(await messages(`${queue}.dead-letters`)).toBe(0);
});
