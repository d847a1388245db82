import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDaemon } from '../../../helpers/daemon-process.ts';
import { aFreePort } from '../../../helpers/free-port.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { exchange } from '../../../webhooks/helpers/service.ts';
import { fromWooCommerce, SECRET } from '../../../webhooks/helpers/shops.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

const WEBHOOKS = { WEBHOOK_SECRET: SECRET, WEBHOOK_PRESET: 'woocommerce' };

async function post(port: string): Promise<number> {
  const { path, headers, body } = fromWooCommerce('order.updated', { id: 58 });
  return (await exchange(Number(port), { method: 'POST', path, headers, body })).status;
}

describe.skipIf(notInstalled('chromium'))('the last webhook', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('is shown where the daemon takes webhooks, in English and in Chinese', async () => {
    const port = await aFreePort();
    const orders = [anOrderDocument({ orderNumber: '58' })];
    const dashboard = await aDashboard({ orders }, { ...TOKENS, ...WEBHOOKS, WEBHOOK_PORT: port });
    const { page, complaints } = await openDashboard(browser, dashboard);
    const figure = page.locator('.figure', { hasText: 'Last webhook' });
    expect(await figure.locator('.value').textContent()).toBe('none yet');
    expect(await post(port)).toBe(200);
    await expect.poll(() => figure.locator('.value').textContent()).toMatch(/ago|now/);
    await page.locator('.delivery', { hasText: '58' }).waitFor();
    const chinese = await openDashboard(browser, dashboard, { locale: 'zh-CN' });
    expect(
      await chinese.page.locator('.figure', { hasText: '最近一次 webhook' }).locator('.value').textContent(),
    ).toMatch(/前|刚刚|现在/);
    expect([...complaints, ...chinese.complaints]).toEqual([]);
  });

  test('is shown where another process takes them, and not at all where none does', async () => {
    const dashboard = await aDashboard({}, { ...TOKENS, ...WEBHOOKS });
    const port = await aFreePort();
    const other = startDaemon(dashboard.workplace, {}, ['webhooks', '--port', port]);
    await other.line(({ msg }) => msg === 'webhook port open');
    expect(await post(port)).toBe(200);
    const { page } = await openDashboard(browser, dashboard);
    const value = page.locator('.figure', { hasText: 'Last webhook' }).locator('.value');
    await expect.poll(() => value.textContent()).toMatch(/ago|now/);
    const without = await openDashboard(browser, await aDashboard({}, TOKENS));
    expect(await without.page.locator('.figure').count()).toBe(6);
  });
});
