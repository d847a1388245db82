import { describe, expect, test } from 'vitest';
import type { Shipment } from '../../../../src/orders/shipment.ts';
import { failureOf, neverAborted } from '../clients.ts';
import { aMagentoThatShips } from './magento.ts';
import { aMedusaThatShips } from './medusa.ts';
import type { Kept, Started } from './shipping-shop.ts';
import { aShopifyThatShips } from './shopify.ts';
import { aVendureThatShips } from './vendure.ts';
import { aWooCommerceThatShips } from './woocommerce.ts';

const SHOPS = {
  magento: aMagentoThatShips,
  medusa: aMedusaThatShips,
  shopify: aShopifyThatShips,
  vendure: aVendureThatShips,
  woocommerce: aWooCommerceThatShips,
};

function aShipment(overrides: Partial<Shipment> = {}): Shipment {
  return {
    ...{ orderNumber: 'A-7', shopOrderId: null, shipmentId: 'L-1', carrier: 'DHL', trackingNumber: 'JD-1' },
    ...{ trackingUrl: null, shippedAt: '2026-11-29T06:00:00.000Z', lines: null },
    ...overrides,
  };
}

const lineOf = (sku: string, quantity: number) => [{ lineId: null, sku, quantity }];

async function report({ client, shopOrderId }: Started, overrides: Partial<Shipment> = {}, reported?: string) {
  const order = { orderNumber: 'A-7', shopOrderId, ...(reported && { reportedTrackingNumber: reported }) };
  if (client.reportShipment === undefined) throw new Error('The preset takes no shipments.');
  return await client.reportShipment(aShipment(overrides), order, neverAborted);
}

describe.each(Object.entries(SHOPS))('%s', (name, start) => {
  test('takes a whole order, and nothing when it is told again', async () => {
    const to = await start();
    expect(await report(to)).toMatchObject({ outcome: 'reported' });
    expect(to.shop.parcels).toEqual([{ number: 'JD-1', lines: ['2 × 11', '1 × 12'] }]);
    const writes = to.shop.writes.length;
    expect(await report(to)).toEqual({ outcome: 'known' });
    expect(to.shop.writes).toHaveLength(writes);
  });

  test('takes parcel by parcel, and then the rest', async () => {
    const to = await start();
    await report(to, { lines: lineOf('TEA', 1) });
    await report(to, { shipmentId: 'L-2', trackingNumber: 'JD-2', lines: [{ lineId: '11', sku: null, quantity: 1 }] });
    await report(to, { shipmentId: 'L-3', trackingNumber: 'JD-3' });
    expect(to.shop.parcels).toEqual([
      { number: 'JD-1', lines: ['1 × 11'] },
      { number: 'JD-2', lines: ['1 × 11'] },
      { number: 'JD-3', lines: ['1 × 12'] },
    ]);
    expect(await report(to, { lines: lineOf('TEA', 1) })).toEqual({ outcome: 'known' });
    const known = await to.client.listShipments?.({ orderNumber: 'A-7', shopOrderId: to.shopOrderId }, neverAborted);
    expect(known?.map(({ trackingNumber }) => trackingNumber)).toEqual(['JD-1', 'JD-2', 'JD-3']);
  });

  test('is told no more than it has left', async () => {
    const to = await start();
    await report(to, { lines: lineOf('TEA', 1) });
    const second = { shipmentId: 'L-2', trackingNumber: 'JD-2', lines: lineOf('TEA', 2) };
    const failure = await failureOf(report(to, second));
    expect(failure).toMatchObject({ reason: 'shipment_refused', kind: 'permanent' });
    expect(failure.message).toContain('2 were shipped here, and the shop has 1 left');
    await report(to, { ...second, lines: null });
    const third = await failureOf(report(to, { shipmentId: 'L-3', trackingNumber: 'JD-3' }));
    expect(third.message).toContain('nothing of the order is left');
  });

  test('is not told of a line that it does not have', async () => {
    const to = await start();
    expect(await failureOf(report(to, { lines: lineOf('POT', 1) }))).toMatchObject({ reason: 'invalid_shipment' });
    expect(to.shop.writes).toEqual([]);
  });

  test('gets a corrected tracking number, for that parcel alone', async () => {
    const to = await start();
    await report(to, { lines: lineOf('TEA', 1) });
    await report(to, { shipmentId: 'L-2', trackingNumber: 'JD-2', lines: lineOf('TEA', 1) });
    const corrected = { trackingNumber: 'JD-9', lines: lineOf('TEA', 1) };
    expect(await report(to, corrected, 'JD-1')).toMatchObject({ outcome: 'corrected' });
    const known = await to.client.listShipments?.({ orderNumber: 'A-7', shopOrderId: to.shopOrderId }, neverAborted);
    expect(known?.map(({ trackingNumber }) => trackingNumber).toSorted()).toEqual(['JD-2', 'JD-9']);
    expect(to.shop.left('11')).toBe(0);
    expect(await report(to, corrected, 'JD-1')).toEqual({ outcome: 'known' });
  });

  test('is told nothing of an order that was cancelled meanwhile', async () => {
    const to = await start();
    to.shop.isCancelled = true;
    const failure = await failureOf(report(to));
    expect(failure).toMatchObject({ reason: 'order_cancelled', kind: 'permanent' });
    expect(to.shop.writes).toEqual([]);
  });

  test('is looked at when its reply is lost, and not told twice', async () => {
    const to = await start();
    to.shop.lost = 1;
    const first = await report(to, { lines: lineOf('TEA', 1) }).catch(() => undefined);
    if (first === undefined) await report(to, { lines: lineOf('TEA', 1) });
    expect(to.shop.parcels).toEqual([{ number: 'JD-1', lines: ['1 × 11'] }]);
    expect(to.shop.left('11')).toBe(1);
  });

  test('says which right its credentials lack', async () => {
    const to = await start();
    to.shop.mayWrite = false;
    const failure = await failureOf(report(to));
    expect(failure).toMatchObject({ reason: 'shop_refused_credentials', kind: 'outage' });
    expect(failure.message).toMatch(/They need (?:the|a) .{8,}\.$/);
  });

  test('knows what was entered there by hand', async () => {
    const to = await start();
    if (name === 'woocommerce') return;
    const lines = [
      { id: '11', quantity: 2 },
      { id: '12', quantity: 1 },
    ];
    const byHand: Kept = { id: '77', ours: '', carrier: 'DHL', number: 'JD-1', url: null, lines, isShipped: true };
    to.shop.kept.push(byHand);
    expect(await report(to)).toEqual({ outcome: 'known' });
    const other = await failureOf(report(to, { shipmentId: 'L-2', trackingNumber: 'JD-2' }));
    expect(other.reason).toBe('shipment_refused');
  });
});
