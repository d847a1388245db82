import { expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { hash } from '../../ops/dashboard/helpers/people.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';
import { aDeadLetter } from '../helpers/dead-letters.ts';

test('what was discarded is listed, restored once, and synced; the audit says who', async () => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const id = await aDeadLetter(bystander, workplace.queue, { content: 'null', reason: 'malformed_event' });
  await orderSync(workplace, ['send', '10086']);
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  const env = { SUDO_USER: 'li.wei' };
  await orderSync(workplace, ['dead-letters', 'discard', '--all', '--yes'], { env });

  const listed = jsonLines((await orderSync(workplace, ['dead-letters', 'list', '--discarded', '--json'])).stdout);
  expect(listed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ order: '10086', event: 'updated', discardedBy: 'li.wei', contentBase64: null }),
      expect.objectContaining({ id, order: null, contentBase64: Buffer.from('null').toString('base64') }),
    ]),
  );
  shop.put(anOrderDocument({ orderNumber: '10086' }));
  const restored = await orderSync(workplace, ['dead-letters', 'restore', '10086', 'unknown'], { env });
  expect(restored).toEqual({
    status: 1,
    stdout: '1 dead letter restored.\n',
    stderr: 'Nothing that was discarded and kept goes by unknown.\n',
  });
  await daemon.line((line) => line['outcome'] === 'synced');
  const again = await orderSync(workplace, ['dead-letters', 'restore', '10086']);
  expect([again.status, again.stdout]).toEqual([1, '0 dead letters restored.\n']);
  expect((await orderSync(workplace, ['dead-letters', 'list', '--discarded', '10086'])).stdout).toBe(
    'Nothing discarded can be restored.\n',
  );

  const audit = jsonLines((await orderSync(workplace, ['audit', '--json'])).stdout);
  expect(audit).toMatchObject([
    { action: 'restored', name: 'li.wei', role: 'shell', address: null, orders: ['10086'], details: { done: 1 } },
    { action: 'discarded', name: 'li.wei', orders: ['10086'], details: { done: 2 }, restorable: 1 },
  ]);
  const { stdout } = await orderSync(workplace, ['audit', '--limit', '1']);
  expect(stdout).toMatch(
    /^WHEN +WHO +ROLE +FROM +ACTION +COUNT +ORDERS +RESTORABLE\n.*li\.wei +shell +– +restored +1 +10086 +–\n$/,
  );
});

test('a shipment’s goes back to the queue of shipments, as it was', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const queue = `${workplace.queue}.shipments`;
  await bystander.channel.assertQueue(queue, { durable: true });
  onTestFinished(async () => {
    for (const name of [queue, `${queue}.dead-letters`]) await bystander.channel.deleteQueue(name);
  });
  const content = '{"orderNumber":"10086","shipmentId":"P-1"}';
  await aDeadLetter(bystander, queue, { id: 'the-parcel', content, reason: 'shipment_refused' });
  await orderSync(workplace, ['check']);
  const discarded = await orderSync(workplace, ['dead-letters', 'discard', '--shipments', '10086', '--yes']);
  expect(discarded).toMatchObject({ status: 0, stdout: '1 dead letter discarded.\n' });
  expect((await orderSync(workplace, ['dead-letters', 'restore', 'the-parcel'])).status).toBe(0);
  expect((await bystander.drain(queue)).map((message) => message.content)).toEqual([content]);
});

test('token prints a line for OPS_TOKENS_FILE, which check reads, and the token once, on stderr', async () => {
  const workplace = aWorkplace({ OPS_PORT: '9464' });
  const { status, stdout, stderr } = await orderSync(workplace, ['token', '李伟', '--role', 'operator']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^李伟 operator sha256:[0-9a-f]{64}\n$/);
  expect(stderr).toMatch(/^The token of 李伟, shown only now: [\w-]{43}\n$/);
  const made = await orderSync(workplace, ['token', 'zhao', '--role', 'viewer', '--json']);
  const { token } = JSON.parse(made.stdout);
  expect(JSON.parse(made.stdout)).toEqual({ name: 'zhao', role: 'viewer', token, line: `zhao viewer ${hash(token)}` });
  for (const args of [
    ['zhao'],
    ['zhao', '--role', 'admin'],
    ['operator', '--role', 'viewer'],
    ['', '--role', 'viewer'],
  ])
    expect((await orderSync(workplace, ['token', ...args])).status, args.join()).toBe(64);
});
