import { DatabaseSync } from 'node:sqlite';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedOrders } from '../../../helpers/internal-database.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('chromium'))('Find an order', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('finds an order by its number and by the shop’s id, and says when one was never seen', async () => {
    const orders = [anOrderDocument({ orderNumber: '20261122000123456789', shopOrderId: '98231' })];
    const dashboard = await aDashboard({ orders: [...orders, anOrderDocument({ orderNumber: 'never-sent' })] }, TOKENS);
    await dashboard.publish('20261122000123456789');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.keyboard.press('/');
    const input = page.getByLabel('Order number or shop ID');
    for (const name of ['20261122000123456789', '98231']) {
      await input.fill(name);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.order-name').textContent()).toBe('20261122000123456789');
    }
    await input.fill('never-sent');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Never seen' }).waitFor();
    await page.getByRole('button', { name: 'Fetch from the shop now' }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(storedOrders(dashboard.workplace.database)).toHaveLength(2);
    await page.goto(`${dashboard.url}#/orders/no%3Fnumber`);
    await page.getByText('An order number has 1 to 64').waitFor();
    // The browser notes the server's refusal of that number, and nothing else.
    expect(complaints).toEqual([expect.stringContaining('status of 400')]);
  });

  test('the next number can be typed at once: it is focused and selected, and the same one is asked for again', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.getByRole('heading', { name: 'Never seen' }).waitFor();
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    await page.keyboard.type('10086');
    expect(await page.getByLabel('Order number or shop ID').inputValue()).toBe('10086');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
  });

  test('an order cancelled after picking began says so before anything else', async () => {
    const order = anOrderDocument({ orderNumber: '10086' });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const staff = new DatabaseSync(dashboard.workplace.database, { timeout: 5_000 });
    staff.exec("UPDATE orders SET fulfilment_status = 'picking'");
    staff.close();
    const later = '2026-11-22T09:00:00Z';
    dashboard.shop.put({ ...order, status: 'cancelled', cancelledAt: later, updatedAt: later });
    await dashboard.publish('10086', 'cancelled');
    await dashboard.daemon.line((line) => line['conflict'] === true);
    const { page } = await openDashboard(browser, dashboard);
    expect(await page.locator('.delivery').first().textContent()).toContain('stop the parcel');
    await page.goto(`${dashboard.url}#/orders/10086`);
    expect(await page.locator('.verdict').first().textContent()).toContain(
      'Cancelled after picking began: stop the parcel.',
    );
    expect(await page.locator('.order-card').textContent()).toContain('This order is cancelled.');
    expect(await page.locator('.order-card').textContent()).not.toContain('To ship');
  });

  test('an order on hold says that it must not be shipped yet, and its sums hold what adjusts the total', async () => {
    const adjustments = [{ kind: 'gift_card', label: 'GIFT-1234', amount: '-20.00' }];
    const totals = { ...anOrderDocument().totals, adjustments, grand: '109.40' };
    const order = anOrderDocument({ orderNumber: '10086', status: 'on_hold', totals });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/orders/10086`);
    const card = page.locator('.order-card');
    await card.getByText('This order is paid, but on hold: do not ship it yet.').waitFor();
    const text = await card.textContent();
    for (const unsaid of ['To ship', 'GIFT-1234', 'do not add up']) expect(text).not.toContain(unsaid);
    expect(await card.locator('tfoot th').allTextContents()).toEqual(['Items', 'Shipping', 'Gift card', 'Total']);
  });

  test.each([
    ['en-GB', 'Guest, no name given', 'None: digital goods or pick-up'],
    ['zh-CN', '游客，未留姓名', '无：数字商品或到店自提'],
  ])('what a shop does not say reads well (%s)', async (locale, guest, noAddress) => {
    const bare = { lineId: null, sku: null, name: null, unitPrice: null, discount: null, tax: null, lineTotal: null };
    const order = anOrderDocument({
      orderNumber: '10086',
      buyer: null,
      shippingAddress: null,
      lines: [{ ...bare, quantity: -1 }],
      totals: { items: null, shipping: null, tax: null, discount: null, refunded: null, grand: '10.00' },
      payments: [{ method: null, transactionId: null, amount: null, paidAt: null }],
    });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page, complaints } = await openDashboard(browser, dashboard, { locale });
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.getByText(guest).waitFor();
    await page.getByText(noAddress).waitFor();
    const cells = await page.locator('table.lines tbody td').allTextContents();
    expect(cells.map((cell) => cell.trim())).toEqual(['-1 ×', '—', '—', '—', '—']);
    expect(await page.locator('.order-card').textContent()).toContain('— · —');
    expect(await page.locator('body').textContent()).not.toMatch(/null|undefined|NaN/);
    expect(complaints).toEqual([]);
  });

  test('a viewer sees no personal data and no buttons that act', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.publish('gone');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard, { token: VIEWER_TOKEN });
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.locator('.hidden-value').first().waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/王小明|xiaoming|138 0000|文三路|周末/);
    expect(await page.getByRole('button', { name: 'Fetch from the shop' }).count()).toBe(0);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByText('To replay or discard, sign in with OPS_TOKEN').waitFor();
    expect(await page.getByRole('button', { name: /Replay|Discard/ }).count()).toBe(0);
  });
});
