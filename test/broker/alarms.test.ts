import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BrokerUnavailableError, PublishUnconfirmedError } from '../../src/index.ts';
import { aBystander, aQueueName, aRabbit } from '../helpers/broker.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../helpers/servers/rabbitmq.ts';

/** With an alarm, a broker reads nothing more from whoever publishes; what is in the socket by then it reads later. */
describe.skipIf(notInstalled('rabbitmq'))('a memory alarm', () => {
  let broker: PrivateRabbitMQ;
  beforeAll(async () => {
    broker = await startRabbitMQ();
  });
  afterAll(() => broker?.[Symbol.asyncDispose]());

  const raise = () => broker.ctl('set_vm_memory_high_watermark', '0');
  const clear = () => broker.ctl('set_vm_memory_high_watermark', '0.4');

  async function aScene(publishTimeoutMs: number) {
    const queue = aQueueName(broker.url);
    const rabbit = aRabbit({ url: broker.url, exchange: queue, queue, routingKey: queue, publishTimeoutMs });
    await rabbit.open();
    onTestFinished(async () => void (await clear()));
    const toQueue = (content: string | Buffer, holdUntil?: AbortSignal) =>
      rabbit.publish({
        exchange: '',
        routingKey: queue,
        content: Buffer.from(content),
        ...(holdUntil === undefined ? {} : { holdUntil }),
      });
    const arrived = async () => {
      const bystander = await aBystander(broker.url);
      return (await bystander.drain(queue)).map(({ content }) => content.slice(0, 20));
    };
    return { rabbit, toQueue, arrived };
  }

  test('what was given up does not arrive later, neither from the socket nor from a buffer', async () => {
    const { rabbit, toQueue, arrived } = await aScene(4_000);
    await raise();
    const large = Buffer.alloc(8 * 1024 * 1024, 'x');
    const written = [toQueue('small'), toQueue(large), toQueue('behind')].map((sent) => sent.catch((error) => error));
    const [blocked] = await once(rabbit, 'blocked');
    expect(blocked).toMatchObject({ reason: 'low on memory' });
    // Waits, until its own time is up or, if that comes first, on the connection that replaces the one given up with the others.
    const later = toQueue('later').catch((error) => error);
    for (const error of await Promise.all(written)) expect(error).toBeInstanceOf(PublishUnconfirmedError);
    expect([BrokerUnavailableError, PublishUnconfirmedError]).toContain((await later).constructor);
    await clear();
    await expect.poll(() => rabbit.isUp).toBe(true);
    await toQueue('after the alarm');
    expect(await arrived()).toEqual(['after the alarm']);
  });

  test('whoever holds on waits for longer than the time limit, and each message arrives once', async () => {
    const { rabbit, toQueue, arrived } = await aScene(300);
    const { signal } = new AbortController();
    await raise();
    const held = [toQueue('written', signal)];
    await once(rabbit, 'blocked');
    held.push(toQueue('waiting', signal));
    for (const impatient of ['impatient', 'as impatient']) {
      await expect(toQueue(impatient)).rejects.toThrow(
        'RabbitMQ takes no messages at present (low on memory): nothing was sent.',
      );
    }
    const unblocked = once(rabbit, 'unblocked');
    await clear();
    await unblocked;
    await Promise.all(held);
    expect(rabbit.blocked).toBeUndefined();
    expect(await arrived()).toEqual(['written', 'waiting']);
  });

  test('what is held for a delivery that is gone is not sent', async () => {
    const { rabbit, toQueue, arrived } = await aScene(300);
    const gone = new AbortController();
    await raise();
    const written = toQueue('written', gone.signal).catch((error) => error);
    await once(rabbit, 'blocked');
    const waiting = toQueue('waiting', gone.signal).catch((error) => error);
    gone.abort();
    expect(await written).toBeInstanceOf(PublishUnconfirmedError);
    expect(await waiting).toBeInstanceOf(BrokerUnavailableError);
    await clear();
    await expect.poll(() => rabbit.isUp).toBe(true);
    await toQueue('after the alarm');
    expect(await arrived()).toEqual(['after the alarm']);
  });

  test('closing neither hangs nor leaves something behind that arrives later', async () => {
    const { rabbit, toQueue, arrived } = await aScene(60_000);
    await raise();
    const written = toQueue('written', new AbortController().signal).catch((error) => error);
    await once(rabbit, 'blocked');
    const waiting = toQueue('waiting', new AbortController().signal).catch((error) => error);
    await rabbit.close();
    expect(await written).toBeInstanceOf(PublishUnconfirmedError);
    expect(await waiting).toMatchObject({ name: 'BrokerClosedError' });
    await clear();
    expect(await arrived()).toEqual([]);
  });
});
