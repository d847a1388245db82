import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { DeadLetters } from '../../../src/dead-letters/dead-letters.ts';
import { replay } from '../../../src/dead-letters/replay.ts';
import { aBystander, aRabbit, BROKER_URL, type Bystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';
import { aDeadLetter, declareDeadLetters } from '../helpers/dead-letters.ts';

/** What the class under test is opened with. */
function optionsOf(queue: string) {
  return { url: BROKER_URL, exchange: queue, queue, routingKey: queue };
}

/** Empties a queue. */
async function* contentsOf({ channel }: Bystander, queue: string): AsyncGenerator<string> {
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return;
    yield message.content.toString();
  }
}

test('replay of an order puts its event into the main queue as one that never failed, and removes the dead letter', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const content = '{"orderNumber": "10086",  "event":"paid"}';
  const properties = { messageId: 'm-1', contentType: 'application/json', timestamp: 1_700_000_000 };
  await aDeadLetter(bystander, workplace.queue, { content, properties, headers: { trace: 'x' } });
  await aDeadLetter(bystander, workplace.queue, { content: '"10087"' });
  const before = Date.now();
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'replay', '10086']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: `1 dead letter replayed to queue ${workplace.queue}.\n` });
  const [event, ...others] = await bystander.drain(workplace.queue);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ content, properties: { ...properties, deliveryMode: 2 } });
  const { 'x-order-sync-published-at': publishedAt, 'x-order-sync-publish-id': _id, ...headers } = event?.headers ?? {};
  expect(headers).toEqual({ trace: 'x', 'x-order-sync-last-look': 1 });
  expect(publishedAt).toBeGreaterThanOrEqual(before);
  const left = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(left.map((deadLetter) => deadLetter.content)).toEqual(['"10087"']);
});

test('replays by id, by reason or all; everything else stays', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const dead = `${workplace.queue}.dead-letters`;
  const id = await aDeadLetter(bystander, workplace.queue, { content: '1' });
  await aDeadLetter(bystander, workplace.queue, { content: '2', reason: 'shop_error' });
  await aDeadLetter(bystander, workplace.queue, { content: '3' });
  const replayed = async (...args: string[]) => {
    const { status, stdout } = await orderSync(workplace, ['dead-letters', 'replay', '--json', ...args]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ replayed: 1 });
    return (await bystander.drain(workplace.queue)).map(({ content }) => content);
  };
  expect(await replayed(id)).toEqual(['1']);
  expect(await replayed('--reason', 'shop_error')).toEqual(['2']);
  expect(await bystander.messages(dead)).toBe(1);
  expect(await replayed('--all')).toEqual(['3']);
  expect(await bystander.messages(dead)).toBe(0);
});

test('a dead letter from another program can be replayed by the id it is listed with', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await declareDeadLetters(bystander, workplace.queue);
  for (const content of ['1', '2']) await bystander.publish(`${workplace.queue}.dead-letters`, content);
  const { stdout } = await orderSync(workplace, ['dead-letters', 'list', '--json']);
  const second = jsonLines(stdout).find(({ order }) => order === '2');
  expect((await orderSync(workplace, ['dead-letters', 'replay', String(second?.['id'])])).status).toBe(0);
  expect((await bystander.drain(workplace.queue)).map(({ content }) => content)).toEqual(['2']);
});

test('ends with 1 if an order has no dead letter, and replays the others', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await aDeadLetter(bystander, workplace.queue);
  const { status, stdout, stderr } = await orderSync(workplace, ['dead-letters', 'replay', '--json', '10086', '777']);
  expect({ status, json: JSON.parse(stdout) }).toEqual({ status: 1, json: { replayed: 1, unmatched: ['777'] } });
  expect(stderr).toContain('There is no dead letter for 777');
});

test('every dead letter stays if the main queue cannot be used', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await aDeadLetter(bystander, workplace.queue);
  await bystander.channel.assertQueue(workplace.queue, { durable: true, arguments: { 'x-max-length': 1 } });
  const { status } = await orderSync(workplace, ['dead-letters', 'replay', '--all']);
  expect(status).toBe(78);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});

test('a dead letter stays if its publish fails', async () => {
  const { queue } = aRabbit();
  const bystander = await aBystander();
  await aDeadLetter(bystander, queue);
  const deadLetters = await DeadLetters.open(optionsOf(queue));
  const refusing = { queue, publish: () => Promise.reject(new Error('refused')) };
  for await (const deadLetter of deadLetters) await expect(replay(deadLetter, refusing)).rejects.toThrow('refused');
  await deadLetters.close();
  expect(await bystander.messages(`${queue}.dead-letters`)).toBe(1);
});

test('a dead letter is removed only after its publish: interrupted in between, it is in both queues', async () => {
  const rabbit = aRabbit();
  await rabbit.open();
  const bystander = await aBystander();
  await aDeadLetter(bystander, rabbit.queue);
  const deadLetters = await DeadLetters.open(optionsOf(rabbit.queue));
  const endsAfterPublish = {
    queue: rabbit.queue,
    publish: async (publication: Parameters<typeof rabbit.publish>[0]) => {
      await rabbit.publish(publication);
      await deadLetters.close();
    },
  };
  for await (const deadLetter of deadLetters) {
    await expect(replay(deadLetter, endsAfterPublish)).rejects.toThrow(/still among the dead letters/);
    break;
  }
  expect(await bystander.messages(rabbit.queue)).toBe(1);
  expect(await bystander.messages(`${rabbit.queue}.dead-letters`)).toBe(1);
});

test('loses no event if it is killed in the middle', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const dead = `${workplace.queue}.dead-letters`;
  await declareDeadLetters(bystander, workplace.queue);
  const numbers = Array.from({ length: 3000 }, (_, index) => `N-${index}`);
  for (const number of numbers) bystander.channel.sendToQueue(dead, Buffer.from(number), { persistent: true });
  // It is behind all the others, so once it is confirmed, they are in the queue too.
  await bystander.publish(dead, 'LAST');
  const main = new URL('../../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'dead-letters', 'replay', '--all'], {
    cwd: workplace.folder,
    env: workplace.env,
  });
  const exited = once(child, 'exit');
  await expect.poll(() => bystander.messages(workplace.queue), { interval: 5, timeout: 20_000 }).toBeGreaterThan(100);
  child.kill('SIGKILL');
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  const seen = new Set<string>();
  // The broker may need a moment to see that the connection is gone.
  const allSeen = async () => {
    for (const queue of [dead, workplace.queue]) {
      for await (const content of contentsOf(bystander, queue)) seen.add(content);
    }
    return seen.size;
  };
  await expect.poll(allSeen, { timeout: 20_000 }).toBe(numbers.length + 1);
});

test('dead letters that fail again meanwhile are not replayed twice', async () => {
  const workplace = aWorkplace(shopEnv(await aShop()));
  const bystander = await aBystander();
  await startDaemon(workplace).ready();
  for (let index = 0; index < 150; index += 1) {
    await aDeadLetter(bystander, workplace.queue, { content: '{{{', reason: 'malformed_event' });
  }
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'replay', '--all', '--json']);
  expect({ status, json: JSON.parse(stdout) }).toMatchObject({ status: 0, json: { replayed: 150 } });
  await expect.poll(() => bystander.messages(`${workplace.queue}.dead-letters`)).toBe(150);
});
