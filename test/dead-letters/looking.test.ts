import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { DeadLetters } from '../../src/dead-letters/dead-letters.ts';
import { aBystander, aQueueName, BROKER_URL, type Bystander } from '../helpers/broker.ts';

const LIMIT = 3;

/** A quorum queue of dead letters whose delivery limit is not ours, as a policy's would be. */
async function limitedDeadLetters(count: number) {
  const queue = aQueueName();
  const bystander = await aBystander();
  const deadLetterQueue = `${queue}.dead-letters`;
  const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': LIMIT, 'x-overflow': 'reject-publish' };
  await bystander.channel.assertQueue(deadLetterQueue, { durable: true, arguments: limited });
  const ids = Array.from({ length: count }, (_, index) => `dead-letter-${index}`);
  for (const id of ids) {
    const headers = { 'x-order-sync-dead-letter-id': id, 'x-death': [{ reason: 'rejected' }], shard: 7 };
    bystander.channel.sendToQueue(deadLetterQueue, Buffer.from('10086'), { headers, messageId: id });
  }
  await expect.poll(() => bystander.messages(deadLetterQueue)).toBe(count);
  const options = { url: BROKER_URL, exchange: queue, queue, routingKey: queue, queueType: 'quorum' as const };
  return { options, ids, bystander, deadLetterQueue };
}

/** @param most stops after this many */
async function idsOf(
  options: Parameters<typeof DeadLetters.open>[0],
  most = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  await using deadLetters = await DeadLetters.open(options);
  const ids: string[] = [];
  for await (const { id } of deadLetters) {
    ids.push(id);
    if (ids.length >= most) break;
  }
  return ids;
}

function messageIds(drained: Awaited<ReturnType<Bystander['drain']>>): unknown[] {
  return drained.map(({ properties }) => Reflect.get(properties, 'messageId'));
}

test('looking, however often and however far, brings no dead letter nearer to a limit and keeps their order', async () => {
  const { options, ids, bystander, deadLetterQueue } = await limitedDeadLetters(100);
  for (let times = 0; times < LIMIT + 2; times += 1) {
    expect(await idsOf(options)).toEqual(ids);
    expect(await idsOf(options, 20)).toEqual(ids.slice(0, 20));
  }
  const drained = await bystander.drain(deadLetterQueue);
  expect(messageIds(drained)).toEqual(ids);
  expect(drained[0]).toMatchObject({ content: '10086', headers: { 'x-death': [{ reason: 'rejected' }], shard: 7 } });
});

test('looking that is killed, again and again, loses none and leaves none twice', async () => {
  const { options, ids, bystander, deadLetterQueue } = await limitedDeadLetters(60);
  for (let times = 0; times < LIMIT + 3; times += 1) await killedLook(options, times * 12);
  expect((await idsOf(options)).toSorted()).toEqual(ids.toSorted());
  expect(messageIds(await bystander.drain(deadLetterQueue)).toSorted()).toEqual(ids.toSorted());
}, 120_000);

/** Kills a process that looks after `seen` dead letters, or while it makes copies before that. */
async function killedLook(options: object, seen: number): Promise<void> {
  const module = new URL('../../src/dead-letters/dead-letters.ts', import.meta.url).href;
  const program = `
    import { DeadLetters } from ${JSON.stringify(module)};
    const deadLetters = await DeadLetters.open(${JSON.stringify(options)});
    console.log('open');
    let seen = 0;
    for await (const _ of deadLetters) if (++seen > ${seen}) break;
    process.kill(process.pid, 'SIGKILL');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  // Every other one is killed while it fetches, or copies, the first ones.
  if (seen % 24 === 0) setTimeout(() => child.kill('SIGKILL'), 15);
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
}
