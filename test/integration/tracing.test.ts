import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { listening } from '../helpers/network/listening.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, tracestate: 'rojo=00f067aa0ba902b7' };

/** A shop that records request headers, and fails the first request. */
async function aRecordingShop() {
  const asked: IncomingHttpHeaders[] = [];
  const shop = createServer(({ headers }, response) => {
    asked.push(headers);
    response.writeHead(asked.length === 1 ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(anOrderDocument({ orderNumber: '10086' })));
  });
  const url = await listening(shop);
  const traces = () => asked.map(({ traceparent, tracestate }) => ({ traceparent, tracestate }));
  return { env: { SHOP_BASE_URL: url }, traces };
}

test('the trace of an event continues in each request for the order and in the log', async () => {
  const shop = await aRecordingShop();
  const workplace = aWorkplace(shop.env);
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086', { headers: TRACE });
  const retry = await daemon.line((line) => line['outcome'] === 'retrying');
  const synced = await daemon.line((line) => line['outcome'] === 'synced');
  expect([retry['trace_id'], synced['trace_id']]).toEqual([TRACE_ID, TRACE_ID]);
  expect(shop.traces()).toEqual([TRACE, TRACE]);
});

test('an invalid trace is ignored, and the order arrives', async () => {
  const shop = await aRecordingShop();
  const workplace = aWorkplace(shop.env);
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const traceparent = `${TRACE.traceparent}\r\nx-evil: 1`;
  await bystander.publish(workplace.queue, '10086', { headers: { ...TRACE, traceparent } });
  expect(await daemon.line((line) => line['outcome'] === 'synced')).not.toHaveProperty('trace_id');
  expect(shop.traces()).toEqual([{}, {}]);
});
