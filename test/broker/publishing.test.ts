import { expect, test } from 'vitest';
import {
  BrokerOptionsError,
  BrokerRefusedError,
  BrokerUnavailableError,
  PublishRefusedError,
  RabbitMQ,
  UnroutableError,
} from '../../src/index.ts';
import { aBystander, aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';

const names = { exchange: 'x', queue: 'q', routingKey: 'k' };

test.each([
  [{ host: 'mq', password: 'secret', ...names }, /username: missing/],
  [{ ...names }, /host: missing.*username: missing.*password: missing/],
  [{ url: 'http://mq', ...names }, /url: expected amqp:/],
  [{ url: 'amqp://mq', host: 'mq', ...names }, /host: found besides url/],
  [{ url: 'amqp://mq', ...names, queue: '' }, /queue: expected a non-empty text/],
  [{ url: 'amqp://mq', ...names, prefetch: 0 }, /prefetch/],
  [{ url: 'amqp://mq', ...names, tls: {} }, /tls: needs an amqps/],
  [{ url: 'amqp://mq', ...names, queueType: 'quorum' as const, durable: false }, /a quorum queue is always durable/],
])('the constructor names what is missing or wrong: %j', (options, problem) => {
  expect(() => new RabbitMQ(options)).toThrow(BrokerOptionsError);
  expect(() => new RabbitMQ(options)).toThrow(problem);
  expect(() => new RabbitMQ(options)).not.toThrow(/secret/);
});

test('a queue and exchange that another client declared plainly are used as they are, and the other way round', async () => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertExchange(queue, 'direct', { durable: true });
  await channel.assertQueue(queue, { durable: true });
  await aRabbit({ queue, exchange: queue, routingKey: queue }).open();
  await channel.assertExchange(queue, 'direct', { durable: true });
  await channel.assertQueue(queue, { durable: true });
});

test('send resolves when the message is in the queue: an object as JSON, anything else as trimmed text, all persistent', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  await rabbit.send({ orderNumber: '10086', event: 'paid' });
  await rabbit.send(' 20261122000123456789\n');
  await rabbit.send(10086n);
  const drained = await (await aBystander()).drain(rabbit.queue);
  expect(drained.map((message) => message.content)).toEqual([
    '{"orderNumber":"10086","event":"paid"}',
    '20261122000123456789',
    '10086',
  ]);
  expect(drained.map((message) => message.properties)).toMatchObject([
    { deliveryMode: 2 },
    { deliveryMode: 2 },
    { deliveryMode: 2 },
  ]);
});

test('a message that no queue takes is an error, although the broker confirms it', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const nowhere = rabbit.publish({ exchange: '', routingKey: `${rabbit.queue}.nowhere`, content: Buffer.from('x') });
  await expect(nowhere).rejects.toThrow(UnroutableError);
});

test('a message that the broker refuses is an error', async () => {
  const queue = aQueueName();
  const full = {
    name: `${queue}.dead-letters`,
    type: 'classic' as const,
    arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
  };
  const rabbit = aRabbit({ queue, exchange: queue, routingKey: queue, companionQueues: [full] });
  await rabbit.open();
  await expect(rabbit.publish({ exchange: '', routingKey: full.name, content: Buffer.from('x') })).rejects.toThrow(
    PublishRefusedError,
  );
});

test('sending declares a deleted queue again instead of losing the message', async () => {
  const rabbit = aRabbit();
  const bystander = await aBystander();
  await rabbit.open();
  await bystander.channel.deleteQueue(rabbit.queue);
  await rabbit.send('10086');
  expect((await bystander.drain(rabbit.queue)).map((message) => message.content)).toEqual(['10086']);
});

test('without a connection send gives up in time, and says that nothing was sent', async () => {
  const queue = aQueueName();
  const rabbit = new RabbitMQ({
    url: 'amqp://guest:guest@127.0.0.1:1',
    exchange: queue,
    queue,
    routingKey: queue,
    publishTimeoutMs: 50,
  });
  const opening = rabbit.open().catch((error: unknown) => error);
  await expect(rabbit.send('10086')).rejects.toThrow(BrokerUnavailableError);
  await rabbit.close();
  await expect(opening).resolves.toMatchObject({ name: 'BrokerClosedError' });
});

test('refused credentials end open() with what to do, and without the password', async () => {
  const url = new URL(BROKER_URL);
  url.password = 'not-the-password';
  const opening = aRabbit({ url: url.href, queue: 'never-declared' }).open();
  await expect(opening).rejects.toThrow(BrokerRefusedError);
  await expect(opening).rejects.toThrow(/refused user "guest".*Check username and password/);
  await expect(opening).rejects.not.toThrow(/not-the-password/);
});

test('an unknown virtual host and a queue with other properties end open() with what to do', async () => {
  const url = new URL(BROKER_URL);
  url.pathname = '/no-such-vhost';
  await expect(aRabbit({ url: url.href, queue: 'never-declared' }).open()).rejects.toThrow(
    /virtual host "no-such-vhost"/,
  );
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-max-length': 7 } });
  await expect(aRabbit({ queue, exchange: queue, routingKey: queue }).open()).rejects.toThrow(
    /same name with other properties.*choose another name/,
  );
});
