import { expect, test } from 'vitest';
import { retryQueues } from '../../src/messages/retry-queues.ts';
import { aBystander, aQueueName, aRabbit } from '../helpers/broker.ts';

/**
 * docs/operations.md names these arguments to other producers. They are the same on every broker version, so that queues
 * made on RabbitMQ 3.x are still agreed with after an upgrade to 4.x.
 */
const QUORUM = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };

test('a quorum queue, its retry queue and its dead letters are declared with arguments no broker version changes', async () => {
  const queue = aQueueName(undefined, [5000]);
  const rabbit = aRabbit({
    exchange: queue,
    queue,
    routingKey: queue,
    queueType: 'quorum',
    companionQueues: retryQueues(queue, 'quorum', [5000]),
  });
  await rabbit.open();
  // The broker refuses a second declaration that differs.
  const { channel } = await aBystander();
  const wait = {
    ...QUORUM,
    'x-message-ttl': 5000,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
  await channel.assertQueue(queue, { durable: true, arguments: QUORUM });
  const dead = { ...QUORUM, 'x-overflow': 'reject-publish' };
  await channel.assertQueue(`${queue}.dead-letters`, { durable: true, arguments: dead });
  await expect(channel.assertQueue(`${queue}.retry.5000`, { durable: true, arguments: wait })).resolves.toMatchObject({
    messageCount: 0,
  });
});
