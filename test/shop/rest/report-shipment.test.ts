import { expect, test } from 'vitest';
import type { Shipment } from '../../../src/orders/shipment.ts';
import { failureOf } from '../presets/clients.ts';
import { type Answer, aServer } from '../toolkit/a-server.ts';
import { aClient, neverAborted, TOKEN } from './shops.ts';

const SHIPMENT: Shipment = {
  ...{ orderNumber: '#1001', shopOrderId: null, shipmentId: 'L/1', carrier: 'DHL', trackingNumber: 'JD-1' },
  ...{ trackingUrl: null, shippedAt: '2026-11-29T06:00:00.000Z', lines: [{ lineId: null, sku: 'TEA', quantity: 2 }] },
};
const ORDER = { orderNumber: '#1001', shopOrderId: '98231' };

async function reporting(answer: Answer) {
  const { url, requests } = await aServer(() => answer);
  const client = aClient(url, { shipmentPath: '/orders/{reference}/shipments/{shipmentId}' });
  const report = async () => await client.reportShipment?.(SHIPMENT, ORDER, neverAborted);
  return { report, requests };
}

test('a shop without a path for shipments takes none', () => {
  expect(aClient('http://127.0.0.1:9').reportShipment).toBeUndefined();
});

test('a shipment is put under its id, with all that is known of it', async () => {
  const { report, requests } = await reporting({ body: { outcome: 'known', note: 'already on its way' } });
  expect(await report()).toEqual({ outcome: 'known', note: 'already on its way' });
  const [request] = requests;
  expect(request?.method).toBe('PUT');
  expect(request?.url.pathname).toBe('/orders/%231001/shipments/L%2F1');
  expect(request?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' });
  expect(JSON.parse(request?.body ?? '')).toEqual({ ...SHIPMENT, shopOrderId: '98231' });
});

test.each([
  ['200 with JSON', { body: {} }],
  ['201', { status: 201, body: {} }],
  ['204 without a body', { status: 204, body: '' }],
])('%s means that it is reported', async (_, answer) => {
  expect(await (await reporting(answer)).report()).toEqual({ outcome: 'reported' });
});

test.each([
  [404, {}, 'order_not_found', 'transient'],
  [409, { code: 'order_cancelled' }, 'order_cancelled', 'permanent'],
  [409, { code: 'nothing_left' }, 'shipment_refused', 'permanent'],
  [422, {}, 'shipment_refused', 'permanent'],
  [403, {}, 'shop_refused_credentials', 'outage'],
  [429, {}, 'shop_rate_limited', 'outage'],
  [500, {}, 'shop_error', 'transient'],
] as const)('%i %j is %s', async (status, body, reason, kind) => {
  const { report, requests } = await reporting({ status, body });
  expect(await failureOf(report())).toMatchObject({ reason, kind });
  expect(requests).toHaveLength(1);
});

test('a word of the shop is shown, a sentence is not: it may name the buyer', async () => {
  const word = await reporting({ status: 409, body: { code: 'nothing_left' } });
  expect((await failureOf(word.report())).message).toBe('The shop refused the shipment (HTTP 409, nothing_left).');
  const sentence = await reporting({ status: 409, body: { code: 'Ming Li has moved' } });
  expect((await failureOf(sentence.report())).message).toBe('The shop refused the shipment (HTTP 409).');
});

test('a reply that never comes is not asked for again', async () => {
  const { url, requests } = await aServer(() => Promise.reject(new Error('cut off')));
  const client = aClient(url, { shipmentPath: '/orders/{reference}/shipments/{shipmentId}' });
  await failureOf(client.reportShipment?.(SHIPMENT, ORDER, neverAborted) ?? Promise.resolve());
  expect(requests).toHaveLength(1);
});
