import { DatabaseSync } from 'node:sqlite';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { removeShipmentQueues } from '../../../shipments/helpers/shipping-workplace.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

const PHONE = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };

/** One of each state, as staff and daemon leave them. */
const ROWS = [
  [
    'P-1',
    'SF Express',
    'SF1000000000001',
    'reported',
    "reported_at = '2026-11-22T17:00:00.000Z', note = 'The shop does not know the carrier.'",
  ],
  ['P-2', '顺丰速运', 'SF1000000000002', 'sent', 'reported_at = NULL'],
  ['P-3', null, null, 'failed', "error = 'shipment_refused: The shop knows no such carrier.'"],
  [
    'P-4',
    'DHL',
    '00340434161094042557-AND-A-VERY-LONG-TRACKING-NUMBER',
    'conflict',
    "error = 'order_cancelled: Order 10086 is cancelled: the shipment was not reported.'",
  ],
] as const;

describe.skipIf(notInstalled('chromium'))('the shipments of an order', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const anOrderWithShipments = async () => {
    const dashboard = await aDashboard(
      { orders: [anOrderDocument({ orderNumber: '10086' })] },
      { ...TOKENS, REPORT_SHIPMENTS: 'true', SHOP_SHIPMENT_PATH: '/orders/{reference}/shipments/{shipmentId}' },
    );
    removeShipmentQueues(dashboard.workplace);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const staff = new DatabaseSync(dashboard.workplace.database, { timeout: 5_000 });
    // Not announced any more: the rows stay as they are here.
    staff.exec(
      "UPDATE order_sync_reconciliation SET lease_holder = 'nobody', lease_until = '2999-01-01T00:00:00.000Z'",
    );
    for (const [id, carrier, tracking, state, more] of ROWS) {
      staff
        .prepare(
          "INSERT INTO order_shipments (shop, order_number, shipment_id, carrier, tracking_number, shipped_at) VALUES ('shop', '10086', ?, ?, ?, '2026-11-22T16:00:00.000Z')",
        )
        .run(id, carrier, tracking);
      staff.exec(
        `UPDATE order_shipments SET sent_content = content, state = '${state}', ${more} WHERE shipment_id = '${id}'`,
      );
    }
    staff.close();
    return dashboard;
  };

  test.each([
    ['desktop', {}],
    ['phone', PHONE],
    ['desktop, Chinese', { locale: 'zh-CN' }],
    ['phone, Chinese', { ...PHONE, locale: 'zh-CN' }],
  ])('are readable: %s', async (_, options) => {
    const dashboard = await anOrderWithShipments();
    const { page, complaints } = await openDashboard(browser, dashboard, options);
    await page.goto(`${dashboard.url}#/orders/10086`);
    const table = page.locator('.shipments table');
    await table.waitFor();
    expect(await table.locator('tbody tr').count()).toBe(ROWS.length);
    expect(await table.locator('.bad').count()).toBe(2);
    const { isTooWide, widths, times } = await table.evaluate((element) => ({
      isTooWide: element.scrollWidth > (element.parentElement?.clientWidth ?? 0),
      widths: [...element.querySelectorAll('tbody td')].map((cell) => cell.clientWidth),
      times: [...element.querySelectorAll('.when time')].map((time) => time.getClientRects().length),
    }));
    expect(isTooWide).toBe(false);
    // One letter below the other is 8 pixels wide.
    expect(Math.min(...widths)).toBeGreaterThan(20);
    expect(times).toEqual(ROWS.map(() => 1));
    expect(complaints).toEqual([]);
  });
});
