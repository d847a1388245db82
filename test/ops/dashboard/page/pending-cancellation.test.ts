import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderSync } from '../../../commands/helpers/cli.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

const order = anOrderDocument({ orderNumber: '10086' });

/** The order is stored as paid; then it is cancelled, and what the shop says of it is not valid. */
async function aLostCancellation(env: Record<string, string>) {
  const dashboard = await aDashboard({ orders: [order] }, { ...TOKENS, ...env });
  await dashboard.publish('10086');
  await dashboard.daemon.line((line) => line['outcome'] === 'synced');
  dashboard.shop.put({ ...order, status: 'cancelled', currency: 'nonsense' });
  await dashboard.publish('10086', 'cancelled');
  return dashboard;
}

describe.skipIf(notInstalled('chromium'))('a cancellation that did not get through', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test.each([
    ['en-GB', 'The cancellation did not get through.', 'The warehouse still sees this order as paid: stop it.'],
    ['zh-CN', '取消尚未生效。', '仓库看到的此订单仍为“已付款”：请停止发货。'],
  ])('leads the page, before what is stored (%s)', async (locale, title, text) => {
    const dashboard = await aLostCancellation({});
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard, { locale });
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.getByRole('heading', { name: title }).waitFor();
    const first = page.locator('.order-card .verdict').first();
    expect(await first.textContent()).toContain(text);
    const card = await page.locator('.order-card').first().textContent();
    for (const toShip of ['To ship', '待发货商品']) expect(card).not.toContain(toShip);
  });

  test('leads what status says', async () => {
    const dashboard = await aLostCancellation({});
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { stdout } = await orderSync(dashboard.workplace, ['status', '10086']);
    expect(stdout.split('\n')[1]).toBe(
      '  ! the cancellation did not get through; the warehouse still sees the order as paid: stop it',
    );
  });

  test('says when the next attempt is, while there is one', async () => {
    const dashboard = await aLostCancellation({ RETRY_DELAYS_MS: '3600000' });
    dashboard.shop.put(order);
    await dashboard.publish('10086', 'cancelled');
    await dashboard.daemon.line((line) => line['outcome'] === 'retrying');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.getByRole('heading', { name: 'The cancellation did not get through.' }).waitFor();
    expect(await page.locator('.order-card').textContent()).toMatch(/Next attempt: (?:\d+ \w+, )?\d\d:\d\d:\d\d\./);
    // When the payment was written is no step of the cancellation.
    expect(await page.locator('.way li', { hasText: 'Written' }).textContent()).toContain('not yet');
    const { stdout } = await orderSync(dashboard.workplace, ['status', '10086']);
    expect(stdout).toMatch(/synced .*, of an earlier event\n/);
    expect(stdout).toMatch(/the next one is automatic, \d{4}-.* UTC \(in 59 min\)/);
  });
});
