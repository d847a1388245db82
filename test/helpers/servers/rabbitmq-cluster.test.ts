import amqp from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notInstalled } from './installed.ts';
import type { PrivateRabbitMQ } from './rabbitmq.ts';
import { type RabbitMQCluster, startRabbitMQCluster } from './rabbitmq-cluster.ts';

describe.skipIf(notInstalled('rabbitmq'))('a private cluster of three', () => {
  let cluster: RabbitMQCluster;
  beforeAll(async () => {
    cluster = await startRabbitMQCluster();
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  test('keeps a quorum queue when its leader is killed, and takes it back', async () => {
    const [first] = cluster.nodes;
    await onChannel(first, async (channel) => {
      await channel.assertQueue('kept', { arguments: { 'x-queue-type': 'quorum' } });
      channel.sendToQueue('kept', Buffer.from('10086'), { persistent: true });
      await channel.waitForConfirms();
    });
    const leader = await cluster.homeOf('kept');
    await leader.kill();
    const other = anyBut(cluster, leader);
    await onChannel(other, async (channel) => {
      expect(await channel.get('kept', { noAck: true })).toMatchObject({ content: Buffer.from('10086') });
    });
    expect(await cluster.homeOf('kept', other)).not.toBe(leader);
    await leader.start();
    await cluster.isWhole();
  }, 180_000);

  test('a node that hears nothing from the others pauses, and is back once they are healed', async () => {
    const [one, two, three] = cluster.nodes;
    cluster.partition(one, three, 'both ways');
    cluster.partition(two, three, 'both ways');
    await expect.poll(() => refusal(three), { timeout: 30_000 }).toMatch('ECONNREFUSED');
    expect(await refusal(one)).toBe('none');
    cluster.heal();
    await cluster.isWhole();
    expect(await refusal(three)).toBe('none');
  }, 180_000);
});

function anyBut(cluster: RabbitMQCluster, node: PrivateRabbitMQ): PrivateRabbitMQ {
  return cluster.nodes.find((each) => each !== node) ?? node;
}

async function refusal({ url }: PrivateRabbitMQ): Promise<string> {
  return await onChannel({ url }, async () => {}).then(
    () => 'none',
    (error: unknown) => String(error),
  );
}

async function onChannel(
  { url }: Pick<PrivateRabbitMQ, 'url'>,
  work: (channel: amqp.ConfirmChannel) => Promise<void>,
): Promise<void> {
  const connection = await amqp.connect(url);
  try {
    await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}
