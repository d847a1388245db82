import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import createMedusa from '../../../../src/shop/presets/medusa.ts';
import createVendure from '../../../../src/shop/presets/vendure.ts';
import type { ShopAdapterFactory } from '../../../../src/shop/shop-client.ts';
import { aServer } from '../../toolkit/a-server.ts';
import { aClient, failureOf, neverAborted } from '../clients.ts';
import { aMedusaThatShips } from './medusa.ts';
import type { Kept, Started } from './shipping-shop.ts';
import { aShopifyThatShips } from './shopify.ts';
import { aVendureThatShips } from './vendure.ts';
import { aWooCommerceThatShips } from './woocommerce.ts';

const SHIPMENT = {
  ...{ orderNumber: 'A-7', shopOrderId: null, shipmentId: 'L-1', carrier: 'DHL', trackingNumber: 'JD-1', lines: null },
  ...{ trackingUrl: null, shippedAt: '2026-11-29T06:00:00.000Z' },
};
const PEN = [{ lineId: null, sku: 'PEN-EF', quantity: 1 }];

async function report({ client, shopOrderId }: Started, overrides: Partial<typeof SHIPMENT> = {}) {
  const order = { orderNumber: 'A-7', shopOrderId };
  return await client.reportShipment?.({ ...SHIPMENT, ...overrides }, order, neverAborted);
}

/** Packed, as staff do it in the shop's own pages. */
function packed(): Kept {
  const lines = [
    { id: '11', quantity: 2 },
    { id: '12', quantity: 1 },
  ];
  return { id: 'ful_7', ours: '', carrier: null, number: null, url: null, lines, isShipped: false };
}

test.each([aMedusaThatShips, aVendureThatShips])(
  'what staff have packed is shipped, and not packed again: %o',
  async (start) => {
    const to = await start();
    to.shop.kept.push(packed());
    expect(await report(to)).toMatchObject({ outcome: 'reported' });
    expect(to.shop.parcels).toEqual([{ number: 'JD-1', lines: ['2 × 11', '1 × 12'] }]);
    expect(to.shop.kept).toHaveLength(1);
  },
);

test('WooCommerce shows the number in the field of its plug-ins, tells staff in a note, and completes what is shipped whole', async () => {
  const to = await aWooCommerceThatShips();
  to.order.meta.push({ key: '_wc_shipment_tracking_items', value: [{ tracking_number: 'BY-HAND' }] });
  await report(to);
  expect(to.order.status).toBe('completed');
  const shown = to.order.meta.find(({ key }) => key === '_wc_shipment_tracking_items')?.value;
  expect(shown).toMatchObject([
    { tracking_number: 'BY-HAND' },
    { tracking_number: 'JD-1', custom_tracking_provider: 'DHL', date_shipped: '1795932000' },
  ]);
  expect(to.notes).toEqual([{ note: 'Shipment L-1: DHL JD-1' }]);
});

test('WooCommerce does not complete an order of which something is left, nor ship one that is not paid', async () => {
  const to = await aWooCommerceThatShips();
  const lines = [{ lineId: '11', sku: null, quantity: 2 }];
  await to.client.reportShipment?.({ ...SHIPMENT, lines }, { orderNumber: 'A-7', shopOrderId: '7' }, neverAborted);
  expect(to.order.status).toBe('processing');
  to.order.status = 'pending';
  expect((await failureOf(report(to, { shipmentId: 'L-2' }))).message).toContain('the order is pending');
});

test('Shopify ships from one location at a time', async () => {
  const to = await aShopifyThatShips();
  to.locations.set('12', 'gid://shopify/Location/2');
  const failure = await failureOf(report(to));
  expect(failure).toMatchObject({ reason: 'shipment_refused' });
  expect(failure.message).toContain('one shipment for each location');
  expect(to.shop.parcels).toEqual([]);
});

/** A real reply: one of two pens was shipped as L-1, with the number JD-1, which was corrected to JD-9. */
async function recorded(create: ShopAdapterFactory, name: string) {
  const text = readFileSync(new URL(`../recorded/${name}-shipped-in-part-corrected.json`, import.meta.url), 'utf8');
  const { url, requests } = await aServer(() => ({ body: JSON.parse(text) }));
  return { client: await aClient(create, { SHOP_BASE_URL: url, SHOP_TOKEN: '1:key' }), requests };
}

test.each([
  ['medusa', createMedusa],
  ['vendure', createVendure],
] as const)('what the real %s shows of a corrected parcel is understood', async (name, create) => {
  const { client, requests } = await recorded(create, name);
  const order = { orderNumber: 'A-7', shopOrderId: '17' };
  const known = await client.listShipments?.(order, neverAborted);
  expect(known).toEqual([{ shipmentId: 'L-1', trackingNumber: 'JD-9' }]);
  const reads = requests.length;
  const shipment = { ...SHIPMENT, trackingNumber: 'JD-9', lines: PEN };
  expect(await client.reportShipment?.(shipment, order, neverAborted)).toEqual({ outcome: 'known' });
  expect(requests).toHaveLength(2 * reads);
  const more = {
    ...shipment,
    shipmentId: 'L-2',
    trackingNumber: 'JD-2',
    lines: [{ lineId: null, sku: 'PEN-EF', quantity: 2 }],
  };
  const failure = await failureOf(client.reportShipment?.(more, order, neverAborted) ?? Promise.resolve());
  expect(failure.message).toContain('2 were shipped here, and the shop has 1 left');
});
