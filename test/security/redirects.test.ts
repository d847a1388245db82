import { createServer, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { redirectFault } from '../../demo/shop/faults.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { listening } from '../helpers/network/listening.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { deadLettered } from './helpers/dead-lettered.ts';

test("redirects are not followed, and no credentials leave the shop's origin", async () => {
  const elsewhere = await aRecorder();
  const targets = [
    ...[301, 302, 303, 307, 308].map((status) => [status, `${elsewhere.url}/orders/stolen`] as const),
    [302, elsewhere.url.replace('http:', '')] as const,
    [302, '/orders/10087'] as const,
    [300, `${elsewhere.url}/choices`] as const,
  ];
  const numbers = targets.map((_, index) => `redirected-${index}`);
  const shop = await aShop({
    orders: [anOrderDocument({ orderNumber: '10086' }), anOrderDocument({ orderNumber: '10087' })],
    faults: ({ references: [reference = ''] }) => {
      const [status, location] = targets[numbers.indexOf(reference)] ?? [];
      return location === undefined ? undefined : redirectFault(location, status);
    },
  });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of numbers) await deadLettered(daemon, bystander, number, '10086');
  expect(elsewhere.requests).toEqual([]);
  expect(new Set(shop.requests.map(({ path }) => path))).toEqual(
    new Set(['/orders/10086', ...numbers.map((number) => `/orders/${number}`)]),
  );
  const deadLetters = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(deadLetters.map(({ headers }) => headers['x-order-sync-reason'])).toEqual(numbers.map(() => 'shop_error'));
});

/** A server that should never get a request. */
async function aRecorder(): Promise<{ url: string; requests: IncomingMessage['headers'][] }> {
  const requests: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    response.end('{}');
  });
  return { url: await listening(server), requests };
}
