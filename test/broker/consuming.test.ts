import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src/index.ts';
import { aBystander, aQueueName, aRabbit } from '../helpers/broker.ts';

test('manual ack: a delivery that was not acked comes again, one that was does not', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  await rabbit.send('first');
  await rabbit.send('second');
  await rabbit.subscribe((delivery) => {
    if (delivery.content.toString() === 'first') delivery.ack();
  });
  const bystander = await aBystander();
  await expect.poll(() => bystander.messages(rabbit.queue)).toBe(0);
  await rabbit.close();
  await expect.poll(() => bystander.messages(rabbit.queue)).toBe(1);
  expect((await bystander.drain(rabbit.queue)).map((message) => message.content)).toEqual(['second']);
});

test('a delivery is settled once', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const delivered = Promise.withResolvers<Delivery>();
  await rabbit.subscribe((delivery) => delivered.resolve(delivery));
  await rabbit.send('10086');
  const delivery = await delivered.promise;
  expect(delivery.ack()).toBe(true);
  expect(() => delivery.requeue()).toThrow(/settled before/);
});

test('a handler that throws has its delivery requeued, and the consumer lives on', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const seen: boolean[] = [];
  const failed = once(rabbit, 'handlerError');
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.redelivered);
    if (seen.length === 1) throw new Error('handler bug');
    delivery.ack();
  });
  await rabbit.send('10086');
  await failed;
  await expect.poll(() => seen, { timeout: 5000 }).toEqual([false, true]);
});

test('run() resolves when closed; autoAck needs no settling', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const seen: string[] = [];
  const running = rabbit.run((delivery) => void seen.push(delivery.content.toString()), { autoAck: true });
  await rabbit.send('10086');
  await expect.poll(() => seen).toEqual(['10086']);
  await rabbit.close();
  await running;
  expect(await (await aBystander()).messages(rabbit.queue)).toBe(0);
});

test('while paused nothing is delivered, single messages can be taken, and resume goes on', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const seen: string[] = [];
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  await rabbit.pause();
  await rabbit.send('one');
  await rabbit.send('two');
  const taken = await rabbit.take();
  expect(taken?.content.toString()).toBe('one');
  expect(taken?.ack()).toBe(true);
  expect(seen).toEqual([]);
  expect(rabbit.isConsuming).toBe(false);
  await rabbit.resume();
  await expect.poll(() => seen).toEqual(['two']);
  await rabbit.pause();
  expect(await rabbit.take()).toBeUndefined();
});

test('reset goes over to another queue on the same connections', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const seen: string[] = [];
  const ups: string[] = [];
  rabbit.on('up', (role) => ups.push(role));
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  const other = aQueueName();
  await rabbit.reset(other, other, other);
  await rabbit.send('to the other');
  await expect.poll(() => seen).toEqual(['to the other']);
  expect(rabbit.queue).toBe(other);
  expect(ups).toEqual(['consuming']);
});

test('a queue deleted under the consumer is declared again, and consuming goes on', async () => {
  const rabbit = aRabbit();
  const { channel } = await aBystander();
  await rabbit.open();
  const seen: string[] = [];
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  const down = once(rabbit, 'down');
  await channel.deleteQueue(rabbit.queue);
  expect(String((await down)[1])).toMatch(/was queue ".*" deleted/);
  await expect.poll(() => rabbit.isConsuming, { timeout: 5000 }).toBe(true);
  await rabbit.send('10086');
  await expect.poll(() => seen).toEqual(['10086']);
});

test('a mirrored or quorum queue has no delivery limit, so that coming back often loses nothing', async () => {
  const rabbit = aRabbit({ mirror: true });
  await rabbit.open();
  await rabbit.send('10086');
  await rabbit.subscribe(() => undefined);
  await rabbit.pause();
  // 25 returns: RabbitMQ 4 would drop it after 20.
  await rabbit.close();
  const { channel } = await aBystander();
  for (let returns = 0; returns < 25; returns += 1) {
    await expect
      .poll(async () => {
        const message = await channel.get(rabbit.queue);
        if (message !== false) channel.nack(message, false, true);
        return message !== false;
      })
      .toBe(true);
  }
  await expect.poll(async () => (await channel.checkQueue(rabbit.queue)).messageCount).toBe(1);
});
