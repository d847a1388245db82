import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aDashboard } from './helpers/dashboard.ts';

const orders = Array.from({ length: 300 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));

test('a flood of requests is answered slowly, while orders keep flowing', async () => {
  const dashboard = await aDashboard({ orders });
  const { port } = new URL(dashboard.url);
  let answers = 0;
  let isOver = false;
  const flood = (): ClientRequest =>
    request({ host: '127.0.0.1', port, path: '/api/now', agent: false }, (response) => {
      answers += 1;
      response.resume().on('end', () => !isOver && flood());
    })
      .on('error', () => !isOver && setTimeout(flood, 50))
      .end();
  for (let client = 0; client < 80; client += 1) flood();
  onTestFinished(() => {
    isOver = true;
  });
  await expect.poll(() => answers).toBeGreaterThan(100);
  const [answersBefore, from] = [answers, performance.now()];
  for (const { orderNumber } of orders) await dashboard.publish(orderNumber);
  await expect.poll(() => dashboard.daemon.outcomes().length, { timeout: 30_000 }).toBe(orders.length);
  const seconds = (performance.now() - from) / 1000;
  expect(new Set(dashboard.daemon.outcomes().map(({ outcome }) => outcome))).toEqual(new Set(['synced']));
  // A hundred a second, plus those of the second that had already begun.
  expect(answers - answersBefore).toBeLessThanOrEqual(100 * (Math.ceil(seconds) + 1));
  isOver = true;
});

test('a connection that keeps sending requests without waiting is cut off', async () => {
  const dashboard = await aDashboard();
  const { port } = new URL(dashboard.url);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
  const isCutOff = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.resume();
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2_000));
  await isCutOff;
  const stillThere = await fetch(`${dashboard.url}livez`);
  expect(stillThere.status).toBe(200);
});

test('the number of live pages is limited, and probes still get through', async () => {
  const dashboard = await aDashboard();
  const { port } = new URL(dashboard.url);
  const responses: IncomingMessage[] = [];
  const clients = Array.from({ length: 70 }, () =>
    request({ host: '127.0.0.1', port, path: '/api/live', agent: false }, (response) => responses.push(response))
      .on('error', () => undefined)
      .end(),
  );
  onTestFinished(() => {
    for (const client of clients) client.destroy();
  });
  await expect.poll(() => responses.length).toBe(70);
  const statuses = responses.map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200)).toHaveLength(60);
  expect(statuses.filter((status) => status === 503)).toHaveLength(10);
  expect((await fetch(`${dashboard.url}livez`)).status).toBe(200);
});
