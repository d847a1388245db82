import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedOrders } from '../../../helpers/internal-database.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('chromium'))('Reconciliation', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('is run from here, and finds the order whose event never arrived', async () => {
    const now = new Date(Date.now() - 600_000).toISOString();
    const orders = [anOrderDocument({ orderNumber: 'silent', placedAt: now, paidAt: now, updatedAt: now })];
    const dashboard = await aDashboard({ orders }, TOKENS);
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/reconciliation`);
    const deep = page.locator('.group', { hasText: 'Deep scan' });
    await deep.getByText('It has not run yet.').waitFor();
    await deep.getByRole('button', { name: 'Run now' }).click();
    await deep.getByText('1 order was behind; its event has been published').waitFor();
    await deep.getByRole('link', { name: 'silent' }).waitFor();
    expect(await deep.locator('.differ').count()).toBe(1);
    await expect.poll(() => storedOrders(dashboard.workplace.database)).toMatchObject([{ order_number: 'silent' }]);
    await deep.getByRole('button', { name: 'Run now' }).click();
    await deep.getByText('Shop and internal system agree').waitFor();
    expect(await deep.locator('.same').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('says which orders are newer here than the shop shows them', async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const order = anOrderDocument({ orderNumber: 'ahead', placedAt: hoursAgo(3), updatedAt: hoursAgo(1) });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('ahead');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    dashboard.shop.put({ ...order, status: 'cancelled', updatedAt: hoursAgo(2) });
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/reconciliation`);
    const changes = page.locator('.group', { hasText: 'Changed orders' });
    await changes.getByRole('button', { name: 'Run now' }).click();
    await changes.getByText('1 is shown older by the shop than it is here').waitFor();
    await changes.getByText('newer version (paid)').waitFor();
    expect(complaints).toEqual([]);
  });
});
