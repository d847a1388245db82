import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startAmqpProxy } from '../../chaos/wire/amqp-proxy.ts';
import { PublishUnconfirmedError, type RabbitMQ } from '../../src/index.ts';
import { aBystander, aQueueName, aRabbit, BROKER_URL } from '../helpers/broker.ts';

/** A broker that takes messages, or does not, and says nothing of it any more. Heartbeats go on in both directions. */
async function behindAProxy(): Promise<{ rabbit: RabbitMQ; queue: string; mute: (method: string) => () => void }> {
  const url = new URL(BROKER_URL);
  const proxy = await startAmqpProxy({ port: Number(url.port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  const queue = aQueueName();
  const rabbit = aRabbit({
    url: url.href,
    exchange: queue,
    queue,
    routingKey: queue,
    publishTimeoutMs: 1_500,
  });
  await rabbit.open();
  return { rabbit, queue, mute: (method) => proxy.intercept((step) => (step.method === method ? 'drop' : undefined)) };
}

test.for([
  ['swallows publishes', 'basic.publish', ['afterwards']],
  ['swallows confirms', 'basic.ack', ['first', 'second', 'afterwards']],
] as const)('a connection that %s is replaced, and all in flight on it is unconfirmed', async ([, method, arrives]) => {
  const { rabbit, queue, mute } = await behindAProxy();
  const unmute = mute(method);
  const down = once(rabbit, 'down');
  const sent = await Promise.allSettled([rabbit.send('first'), rabbit.send('second')]);
  for (const { status, ...rest } of sent) {
    expect(status).toBe('rejected');
    expect('reason' in rest && rest.reason).toBeInstanceOf(PublishUnconfirmedError);
  }
  const [role, error] = await down;
  expect({ role, message: String(error) }).toEqual({
    role: 'publishing',
    message: expect.stringContaining('no confirm within 1500 ms'),
  });
  unmute();
  await rabbit.send('afterwards');
  const bystander = await aBystander();
  expect((await bystander.drain(queue)).map(({ content }) => content)).toEqual(arrives);
});
