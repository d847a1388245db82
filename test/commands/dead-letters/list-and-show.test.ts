import { expect, test } from 'vitest';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';
import { aDeadLetter, declareDeadLetters } from '../helpers/dead-letters.ts';

test('list shows one row per dead letter, and JSON lines for scripts', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const first = await aDeadLetter(bystander, workplace.queue);
  const second = await aDeadLetter(bystander, workplace.queue, { reason: 'malformed_event', content: '{{{' });
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'list']);
  expect(status).toBe(0);
  expect(stdout.split('\n').map((line) => line.trimEnd().replace(/ {2,}/g, ' | '))).toEqual([
    'ID | ORDER | EVENT | REASON | ATTEMPTS | FIRST FAILED | LAST FAILED | NOTE',
    `${first} | 10086 | paid | order_not_found | 3 | 2 min ago | 1 min ago | The shop knows no such order.`,
    `${second} | – | – | malformed_event | 3 | 2 min ago | 1 min ago | {{{`,
    '',
  ]);
  const json = await orderSync(workplace, ['dead-letters', 'list', '--json']);
  expect(jsonLines(json.stdout)).toMatchObject([
    { id: first, order: '10086', event: 'paid', reason: 'order_not_found', attempts: 3, excerpt: null },
    { id: second, order: null, event: null, reason: 'malformed_event', excerpt: '{{{' },
  ]);
});

test('list filters by reason and order number, and takes a limit', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const first = await aDeadLetter(bystander, workplace.queue);
  const second = await aDeadLetter(bystander, workplace.queue, { reason: 'not_yet_paid' });
  const third = await aDeadLetter(bystander, workplace.queue, { content: '777' });
  const idsOf = async (...args: string[]) =>
    jsonLines((await orderSync(workplace, ['dead-letters', 'list', '--json', ...args])).stdout).map(({ id }) => id);
  expect(await idsOf('--reason', 'not_yet_paid')).toEqual([second]);
  expect(await idsOf('10086')).toEqual([first, second]);
  expect(await idsOf('--limit', '1')).toEqual([first]);
  expect(await idsOf('777', second)).toEqual([second, third]);
});

test('looking loses nothing and changes nothing, however often', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const properties = { messageId: 'm-1', correlationId: 'c-1', contentType: 'text/plain', type: 't' };
  const id = await aDeadLetter(bystander, workplace.queue, {
    content: ' 10086\n',
    properties,
    headers: { trace: 'x' },
  });
  for (const args of [['list'], ['show', id], ['list', '--json'], ['list', '--limit', '1']]) {
    expect(await orderSync(workplace, ['dead-letters', ...args])).toMatchObject({ status: 0, stderr: '' });
  }
  const drained = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(drained).toMatchObject([
    { content: ' 10086\n', headers: { trace: 'x', 'x-order-sync-failures': 3 }, properties },
  ]);
});

test('without a queue for dead letters, list is empty and does not create one', async () => {
  const workplace = aWorkplace();
  const answer = await orderSync(workplace, ['dead-letters', 'list']);
  expect(answer).toEqual({ status: 0, stdout: 'No matching dead letters.\n', stderr: '' });
  expect(await (await aBystander()).messages(`${workplace.queue}.dead-letters`)).toBeUndefined();
});

test('show prints the whole message: what was published, and why it failed', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const content = '{"order":\u001B[31m"broken"';
  const id = await aDeadLetter(bystander, workplace.queue, {
    content,
    headers: { shard: 7 },
    reason: 'malformed_event',
  });
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'show', id]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/reason +malformed_event\n/);
  expect(stdout).toMatch(/error +The shop knows no such order\.\n/);
  expect(stdout).toMatch(/first failed +\d{4}-.* UTC \(2 min ago\)\n/);
  expect(stdout).toMatch(/shard +7\n/);
  // What was published can't play tricks on the terminal.
  expect(stdout).toContain('\n{"order":\\u{1b}[31m"broken"\n');
  const json = await orderSync(workplace, ['dead-letters', 'show', id, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ id, content, headers: { shard: 7 } });
});

test('show prints bytes that are not text as Base64', async () => {
  const workplace = aWorkplace();
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const id = await aDeadLetter(await aBystander(), workplace.queue, { content: bytes });
  const { stdout } = await orderSync(workplace, ['dead-letters', 'show', '--json', id]);
  expect(JSON.parse(stdout)).toMatchObject({ contentBase64: bytes.toString('base64'), bytes: 3 });
  expect((await orderSync(workplace, ['dead-letters', 'show', id])).stdout).toContain('/wD+\n(not UTF-8 text');
});

test('show of an unknown id ends with 1', async () => {
  const workplace = aWorkplace();
  await aDeadLetter(await aBystander(), workplace.queue);
  const { status, stdout, stderr } = await orderSync(workplace, ['dead-letters', 'show', 'UNKNOWN']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('There is no dead letter UNKNOWN');
});

test('a dead letter from another program has a stable id', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await declareDeadLetters(bystander, workplace.queue);
  await bystander.publish(`${workplace.queue}.dead-letters`, '10086', { headers: { 'x-order-sync-failures': 'many' } });
  const list = async () => (await orderSync(workplace, ['dead-letters', 'list', '--json'])).stdout;
  const before = await list();
  const [deadLetter] = jsonLines(before);
  expect(deadLetter).toMatchObject({
    order: '10086',
    reason: 'unknown',
    error: null,
    attempts: null,
    firstFailedAt: null,
  });
  expect(await list()).toBe(before);
  expect((await orderSync(workplace, ['dead-letters', 'show', String(deadLetter?.['id'])])).status).toBe(0);
});

test('looking into a quorum queue loses nothing either', async () => {
  const workplace = aWorkplace({ RABBITMQ_QUEUE_TYPE: 'quorum' });
  const bystander = await aBystander();
  const declaration = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
  await bystander.channel.assertQueue(`${workplace.queue}.dead-letters`, declaration);
  for (let index = 0; index < 50; index += 1) await bystander.publish(`${workplace.queue}.dead-letters`, `N-${index}`);
  const idsByOrder = async () => {
    const { stdout } = await orderSync(workplace, ['dead-letters', 'list', '--json']);
    return new Map(jsonLines(stdout).map(({ order, id }) => [order, id]));
  };
  const first = await idsByOrder();
  expect(first.size).toBe(50);
  expect(new Set(first.values()).size).toBe(50);
  // The broker counts the returns in a header: that does not make it another dead letter.
  expect(await idsByOrder()).toEqual(first);
  expect(await idsByOrder()).toEqual(first);
});
