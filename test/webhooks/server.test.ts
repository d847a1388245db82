import { expect, test } from 'vitest';
import { aService } from './helpers/service.ts';
import { fromWooCommerce, recordedWooCommerce, sign } from './helpers/shops.ts';

test('a signed webhook is in the queue, as a small event, when it gets its 200', async () => {
  const service = await aService();
  expect(await service.post(recordedWooCommerce('order.created'))).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await service.published()).toEqual(['28 updated']);
  expect(service.webhooks.figures.counts).toMatchObject({ published: 1, spooled: 0 });
});

test('nothing of a body is logged or published but the order and what happened to it', async () => {
  const service = await aService();
  await service.post(recordedWooCommerce('order.created'));
  await service.post(recordedWooCommerce('the order was gone when it was sent'));
  const logged = service.lines.map(({ time, pid, port, ...line }) => line);
  expect(JSON.stringify(logged)).not.toMatch(/Erika|Mustermann|erika@|Invalid ID|28/);
});

test('a webhook whose bytes were changed on the way gets 401, and no event', async () => {
  const service = await aService();
  const webhook = fromWooCommerce('order.updated', { id: 58 });
  const changed = { ...webhook, body: Buffer.from('{"id":59}') };
  expect(await service.post(changed)).toMatchObject({ status: 401 });
  expect(await service.post(webhook, { 'x-wc-webhook-signature': '' })).toMatchObject({ status: 401 });
  expect(await service.published()).toEqual([]);
  expect(service.webhooks.figures.counts.forged).toBe(2);
  expect(service.lines.filter(({ level }) => level === 40)).toHaveLength(1);
});

test('WooCommerce’s unsigned ping gets 200, and no event', async () => {
  const service = await aService();
  expect(await service.post(recordedWooCommerce('ping at creation'))).toMatchObject({ status: 200 });
  expect(await service.published()).toEqual([]);
  expect(service.webhooks.figures.counts.ping).toBe(1);
});

test('a form that only begins like the ping is no ping', async () => {
  const service = await aService();
  expect(await service.send('POST', '/webhooks/woocommerce', Buffer.from('webhook_id=5&id=58'))).toMatchObject({
    status: 401,
  });
});

test('70 webhooks with one delivery id are 70 events', async () => {
  const service = await aService();
  const webhooks = Array.from({ length: 70 }, (_, id) => fromWooCommerce('order.updated', { id: id + 1 }));
  const answers = await Promise.all(webhooks.map((webhook) => service.post(webhook)));
  expect(answers.map(({ status }) => status)).toEqual(webhooks.map(() => 200));
  expect(await service.published()).toHaveLength(70);
});

test('a look at the address gets 200 and a sentence; a challenge is given back', async () => {
  const service = await aService();
  expect(await service.send('GET', '/webhooks/woocommerce')).toMatchObject({
    status: 200,
    body: 'order-sync takes webhooks here, by POST.\n',
  });
  expect(await service.send('HEAD', '/webhooks/woocommerce')).toMatchObject({ status: 200, body: '' });
  expect(await service.send('GET', '/webhooks/magento?challenge=8ec8d794-e0ab')).toMatchObject({
    status: 200,
    body: '8ec8d794-e0ab',
  });
});

test('both the preset and the shop’s name may stand in the path, and nothing else', async () => {
  const service = await aService();
  const webhook = fromWooCommerce('order.updated', { id: 58 });
  expect(await service.post({ ...webhook, path: '/webhooks/tea-shop' })).toMatchObject({ status: 200 });
  expect(await service.post({ ...webhook, path: '/webhooks/tea-shop/' })).toMatchObject({ status: 200 });
  expect(await service.post({ ...webhook, path: '/webhooks/shopify' })).toMatchObject({ status: 404 });
  expect(await service.send('PUT', webhook.path)).toMatchObject({ status: 405 });
});

test('a shop that cannot sign comes in by the token in the path', async () => {
  const service = await aService({ preset: 'generic', secrets: () => [], token: () => 'a-token-in-the-path' });
  const body = Buffer.from('{"orderNumber":"7","event":"paid"}');
  const statuses = [];
  for (const path of ['a-token-in-the-path', 'another-token-in-the-path', '']) {
    statuses.push((await service.send('POST', `/webhooks/generic/${path}`, body)).status);
  }
  expect(statuses).toEqual([200, 401, 401]);
  expect(await service.published()).toEqual(['7 paid']);
});

test('a token that is not configured opens nothing', async () => {
  const service = await aService();
  expect(await service.send('POST', '/webhooks/woocommerce/undefined', Buffer.from('{"id":1}'))).toMatchObject({
    status: 404,
  });
});

test('a secret that is replaced counts from the next webhook on', async () => {
  let secrets = ['the-first'];
  const service = await aService({ secrets: () => secrets });
  const post = async (secret: string) =>
    (await service.post(fromWooCommerce('order.updated', { id: 1 }, secret))).status;
  expect(await post('the-first')).toBe(200);
  secrets = ['the-second', 'the-first'];
  expect([await post('the-first'), await post('the-second')]).toEqual([200, 200]);
  secrets = ['the-second'];
  expect([await post('the-first'), await post('the-second')]).toEqual([401, 200]);
});

test('Adobe Commerce reads that the webhook succeeded', async () => {
  const service = await aService({ preset: 'magento', signatureHeader: 'x-signature' });
  const body = Buffer.from('{"order":{"increment_id":"000000012"}}');
  const answer = await service.send('POST', '/webhooks/magento', body, { 'x-signature': sign(body) });
  expect(answer).toMatchObject({ status: 200, body: '{"op":"success"}\n' });
});

test('a signed body that is too large to be decoded gets its 200 all the same', async () => {
  const service = await aService();
  const webhook = fromWooCommerce('order.updated', { id: 58, note: 'x'.repeat(3_000_000) });
  expect(await service.post(webhook)).toMatchObject({ status: 200 });
  expect(service.webhooks.figures.counts.unnamed).toBe(1);
});
