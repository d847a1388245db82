import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aService, type Service } from './helpers/service.ts';
import { fromWooCommerce } from './helpers/shops.ts';

const GENUINE = fromWooCommerce('order.updated', { id: 58 });
const FORGED = fromWooCommerce('order.updated', { id: 59 }, 'another-secret');

/** Begins a request and leaves it there. */
async function unfinished({ webhooks }: Service, headers: string) {
  const socket = connect(webhooks.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(`POST /webhooks/woocommerce HTTP/1.1\r\nHost: here\r\n${headers}\r\n\r\n{"id":`);
  return socket;
}

test('a flood of forgeries gets 401, one line in the log, and holds up no genuine webhook', async () => {
  const service = await aService();
  const flood = Array.from({ length: 200 }, () => service.post(FORGED));
  expect(await service.post(GENUINE)).toMatchObject({ status: 200 });
  expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([401]));
  expect(await service.published()).toEqual(['58 updated']);
  expect(service.webhooks.figures.counts).toMatchObject({ forged: 200, published: 1 });
  expect(service.lines.filter(({ level }) => level === 40)).toHaveLength(1);
});

test('senders that stall hold up no genuine webhook', async () => {
  const service = await aService();
  const stalled = await Promise.all(Array.from({ length: 100 }, () => unfinished(service, 'Content-Length: 100')));
  expect(await service.post(GENUINE)).toMatchObject({ status: 200 });
  for (const socket of stalled) socket.destroy();
  await expect.poll(() => service.webhooks.figures.counts.refused).toBe(100);
});

test('a sender that breaks off gets no event', async () => {
  const service = await aService();
  const socket = await unfinished(service, 'Content-Length: 9');
  socket.end();
  await expect.poll(() => service.webhooks.figures.counts.refused).toBe(1);
  expect(await service.published()).toEqual([]);
});

test('a large body at a wrong address is read to its end, so that the sender sees the answer', async () => {
  const service = await aService();
  const body = Buffer.alloc(4 * 1024 * 1024);
  expect(await service.send('POST', '/elsewhere', body)).toMatchObject({ status: 404 });
});

test('a body that claims to be larger than any order gets 413 before it is read', async () => {
  const service = await aService();
  const socket = await unfinished(service, `Content-Length: ${40 * 1024 * 1024}`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  await once(socket, 'close');
});

test('what is no HTTP does not end the service', async () => {
  const service = await aService();
  const socket = connect(service.webhooks.port, '127.0.0.1').end('\0\0\0\0');
  await once(socket.resume(), 'close');
  expect(await service.send('POST', '//[', Buffer.from('x'))).toMatchObject({ status: 404 });
  expect(await service.post(GENUINE)).toMatchObject({ status: 200 });
});
