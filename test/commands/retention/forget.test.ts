import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { anOrderDocument, aSnapshot } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';
import { aDeadLetter } from '../helpers/dead-letters.ts';

const ORDER = anOrderDocument({ orderNumber: '10086', status: 'completed' });
const OTHER = anOrderDocument({ orderNumber: '10087', status: 'completed', buyer: null });
const WHOLE = JSON.stringify({ event: 'paid', data: ORDER });

async function aSetup() {
  const shop = await aShop({ orders: [ORDER, OTHER] });
  const place = aWorkplace(shopEnv(shop));
  const system = await sqlSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  onTestFinished(() => system.close());
  await system.open();
  await system.writeOrders([aSnapshot({ order: ORDER }), aSnapshot({ order: OTHER })]);
  return { place, system, bystander: await aBystander() };
}

test('by e-mail: the order, its dead letters and its retries lose the buyer, and the others stay as they are', async () => {
  const { place, system, bystander } = await aSetup();
  const headers = { 'x-customer': '王小明' };
  const id = await aDeadLetter(bystander, place.queue, { content: WHOLE, headers });
  const other = JSON.stringify({ event: 'paid', data: OTHER });
  await aDeadLetter(bystander, place.queue, { content: other });
  const broken = await aDeadLetter(bystander, place.queue, { content: '{"orderNumber": 10086, "name": "王小明"' });
  const dry = await orderSync(place, ['forget', '--email', 'XiaoMing@example.com', '--dry-run']);
  expect(dry).toEqual({ status: 0, stdout: '10086\n1 order.\n', stderr: '' });
  const env = { LOG_FILE: join(place.folder, 'order-sync.log') };
  const { status, stdout } = await orderSync(place, ['forget', '--email', 'xiaoming@example.com', '--yes'], { env });
  expect(stdout).toContain('Forgotten: the buyer of 1 order.\n1 message left with no more than');
  expect(stdout).toContain(`order-sync dead-letters show ${broken}`);
  expect(status).toBe(1);
  const [line] = jsonLines(readFileSync(env.LOG_FILE, 'utf8'));
  expect(line).toMatchObject({ audit: 'forget', name: expect.any(String), orders: ['10086'], messages: 1 });
  expect(JSON.stringify(line)).not.toContain('xiaoming');
  const [record] = await system.findOrders('10086');
  expect(record?.stored?.document).not.toContain('王小明');
  const left = await bystander.drain(`${place.queue}.dead-letters`);
  const contents = left.map(({ content }) => content);
  expect(contents).toContain('{"orderNumber":"10086","event":"paid"}');
  expect(contents).toContain(other);
  expect(contents).toHaveLength(3);
  const own = left.find(({ content }) => content.startsWith('{"orderNumber":"10086","event"'));
  expect(own).toMatchObject({
    properties: { headers: { 'x-order-sync-dead-letter-id': id, 'x-order-sync-failures': 3 } },
  });
  expect(own).not.toHaveProperty('properties.headers.x-customer');
});

test('an order that was never stored may be in a dead letter: by its number, or by the e-mail address', async () => {
  const { place, bystander } = await aSetup();
  const never = (orderNumber: string) =>
    JSON.stringify({ event: 'paid', data: { ...ORDER, orderNumber, shopOrderId: orderNumber } });
  await aDeadLetter(bystander, place.queue, { content: never('NEVER-1') });
  const byNumber = await orderSync(place, ['forget', 'NEVER-1', '--yes']);
  expect(byNumber.stdout).toContain('1 message left with no more than');
  expect(byNumber.status).toBe(1);
  await aDeadLetter(bystander, place.queue, { content: never('NEVER-2') });
  const byEmail = await orderSync(place, ['forget', '--email', 'Xiaoming@example.com', '--yes']);
  expect(byEmail.stdout).toContain('1 message left with no more than');
  expect(byEmail.status).toBe(0);
  const left = await bystander.drain(`${place.queue}.dead-letters`);
  expect(left.map(({ content }) => content).sort()).toEqual([
    '{"orderNumber":"NEVER-1","event":"paid"}',
    '{"orderNumber":"NEVER-2","event":"paid"}',
  ]);
});

test('a retry goes on with no more than the number, and its count of attempts', async () => {
  const { place, bystander } = await aSetup();
  // Without the time limit, which would end during the test.
  const retries = `${place.queue}.retry.400`;
  await bystander.channel.assertQueue(retries, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await bystander.channel.assertQueue(place.queue, { durable: true });
  await bystander.publish(retries, '{"orderNumber":"10087"}', { headers: { 'x-order-sync-failures': 1 } });
  await bystander.publish(retries, WHOLE, { headers: { 'x-order-sync-failures': 2 } });
  const env = { RABBITMQ_DECLARE: 'passive' };
  const { status, stderr } = await orderSync(place, ['forget', '10086', '--yes'], { env });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const left = await bystander.drain(retries);
  expect(left).toMatchObject([
    { content: '{"orderNumber":"10087"}', properties: { headers: { 'x-order-sync-failures': 1 } } },
    { content: '{"orderNumber":"10086","event":"paid"}', properties: { headers: { 'x-order-sync-failures': 2 } } },
  ]);
});

test('it asks, names what it does not know, and compares with the shop as before', async () => {
  const { place } = await aSetup();
  expect((await orderSync(place, ['forget', '10086'])).status).toBe(64);
  expect((await orderSync(place, ['forget', '--yes'])).status).toBe(64);
  const { status, stderr, stdout } = await orderSync(place, ['forget', '10086', 'NEVER', '--yes', '--json']);
  expect(stderr).toContain('NEVER is not known here.');
  expect(JSON.parse(stdout)).toMatchObject({ orders: [{ orderNumber: '10086', outcome: 'forgotten' }] });
  expect(status).toBe(1);
  const compared = await orderSync(place, ['resync', '--dry-run', '--json', '10086']);
  expect(JSON.parse(compared.stdout)).toMatchObject({ orders: [{ outcome: 'unchanged', differences: [] }] });
  const deep = await orderSync(place, ['reconcile', '--deep', '--since', '900d', '--dry-run']);
  expect(deep.stdout).toContain('Shop and internal system agree.');
});

test('what was discarded of the order is gone as well, and the audit says that somebody forgot, not whom', async () => {
  const { place, bystander } = await aSetup();
  await aDeadLetter(bystander, place.queue, { content: WHOLE });
  await orderSync(place, ['dead-letters', 'discard', '--all', '--yes']);
  const discarded = async () =>
    jsonLines((await orderSync(place, ['dead-letters', 'list', '--discarded', '--json'])).stdout);
  expect(await discarded()).toMatchObject([{ order: '10086' }]);
  expect((await orderSync(place, ['forget', '10086', '--yes'])).status).toBe(0);
  expect(await discarded()).toEqual([]);
  const audit = await orderSync(place, ['audit', '--json']);
  expect(jsonLines(audit.stdout)).toMatchObject([
    { action: 'forget', role: 'shell', orders: [], details: { done: 1, messages: 0 } },
    { action: 'discarded', orders: [] },
  ]);
  expect(audit.stdout).not.toContain('10086');
});
