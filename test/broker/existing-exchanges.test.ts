import { expect, onTestFinished, test } from 'vitest';
import { type ExchangeType, RabbitMQ } from '../../src/index.ts';
import { aBystander, aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';

interface Routing {
  readonly exchangeType?: ExchangeType;
  readonly routingKey?: string | readonly string[];
  /** Keys of messages that others publish to the exchange: those for us, and those not. */
  readonly ours: readonly string[];
  readonly others: readonly string[];
}

const ROUTINGS: Record<string, Routing> = {
  'several keys on a direct exchange': {
    routingKey: ['paid', 'cancelled'],
    ours: ['paid', 'cancelled'],
    others: ['shipped'],
  },
  'a pattern on a topic exchange': {
    exchangeType: 'topic',
    routingKey: 'order.*',
    ours: ['order.paid'],
    others: ['stock.low'],
  },
  'patterns and a key on a topic exchange': {
    exchangeType: 'topic',
    routingKey: ['refund.#', 'order.paid'],
    ours: ['refund', 'refund.part.1', 'order.paid'],
    others: ['order.placed'],
  },
  'a fanout exchange': { exchangeType: 'fanout', ours: ['', 'anything'], others: [] },
  'a headers exchange': { exchangeType: 'headers', ours: [''], others: [] },
};

test.for(Object.entries(ROUTINGS))('%s is bound to, although its other arguments are not ours', async ([, routing]) => {
  const { exchangeType = 'direct', routingKey = '', ours, others } = routing;
  const queue = aQueueName();
  const { channel } = await aBystander();
  const existing = { durable: true, arguments: { 'alternate-exchange': 'amq.fanout' } };
  await channel.assertExchange(queue, exchangeType, existing);
  const seen: string[] = [];
  const rabbit = aRabbit({ exchange: queue, queue, exchangeType, routingKey });
  await rabbit.open();
  await rabbit.subscribe((delivery) => {
    seen.push(delivery.content.toString());
    delivery.ack();
  });
  for (const key of [...others, ...ours]) channel.publish(queue, key, Buffer.from(`with ${key}`));
  await expect.poll(() => seen).toEqual(ours.map((key) => `with ${key}`));
});

test('built-in exchanges are bound to, and never declared', async () => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  const topic = aRabbit({ exchange: 'amq.topic', queue, routingKey: `${queue}.*` });
  const seen: string[] = [];
  await topic.open();
  await topic.subscribe((delivery) => {
    seen.push(delivery.routingKey);
    delivery.ack();
  });
  channel.publish('amq.topic', `${queue}.paid`, Buffer.from('10086'));
  await expect.poll(() => seen).toEqual([`${queue}.paid`]);
});

test('amq.default needs no binding: whoever publishes straight to the queue reaches it', async () => {
  const queue = aQueueName();
  const rabbit = new RabbitMQ({ url: BROKER_URL, exchange: 'amq.default', queue });
  onTestFinished(() => rabbit.close());
  await rabbit.open();
  await rabbit.send('10086');
  expect((await (await aBystander()).drain(queue)).map(({ content }) => content)).toEqual(['10086']);
});

test('an exchange of another type is refused, with the type that it has', async () => {
  const queue = aQueueName();
  const { channel } = await aBystander();
  await channel.assertExchange(queue, 'topic', { durable: true });
  await expect(aRabbit({ exchange: queue, queue, routingKey: queue }).open()).rejects.toThrow(
    /other properties.*Set RABBITMQ_EXCHANGE_TYPE=topic/,
  );
});

test('an exchange type that the broker does not know is refused at once', async () => {
  const queue = aQueueName();
  const opening = aRabbit({ exchange: queue, queue, exchangeType: 'x-none', routingKey: queue }).open();
  await expect(opening).rejects.toThrow(/unknown exchange type 'x-none'.*Check the exchange type/);
});

test('send uses the first key that is no pattern; enqueue reaches nobody else', async () => {
  const queue = aQueueName();
  const eavesdropper = aQueueName();
  const { channel, drain } = await aBystander();
  const rabbit = aRabbit({ exchange: queue, queue, exchangeType: 'topic', routingKey: ['order.*', 'order.paid'] });
  await rabbit.open();
  await channel.assertQueue(eavesdropper);
  await channel.bindQueue(eavesdropper, queue, '#');
  await rabbit.send('sent');
  await rabbit.enqueue('enqueued');
  expect((await drain(queue)).map(({ content }) => content)).toEqual(['sent', 'enqueued']);
  expect((await drain(eavesdropper)).map(({ content }) => content)).toEqual(['sent']);
});

test('with patterns alone there is no key to send with: it goes straight into the queue', async () => {
  const queue = aQueueName();
  const rabbit = aRabbit({ exchange: queue, queue, exchangeType: 'topic', routingKey: 'order.*' });
  await rabbit.open();
  await rabbit.send('10086');
  expect((await (await aBystander()).drain(queue)).map(({ content }) => content)).toEqual(['10086']);
});
