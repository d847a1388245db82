import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('chromium'))('the language of the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('is Chinese for a Chinese browser, and switches to English and back', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard, { locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.locator('.sign').getByText('运行中').waitFor();
    expect(await page.locator('.delivery').first().textContent()).toMatch(/已同步/);
    expect(await page.locator('footer').textContent()).toContain('时区：Asia/Shanghai (GMT+8)');
    for (const section of ['now', 'orders/10086', 'orders/unknown', 'dead-letters', 'activity', 'reconciliation']) {
      await page.goto(`${dashboard.url}#/${section}`);
      await page.locator('.loading').waitFor({ state: 'detached' });
      expect(await englishWords(page), section).toEqual([]);
    }
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '对账', exact: true }).waitFor();
    // The button stays under the reader's hand.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('English');
  });
});

/** Words that nobody translated. Names of things and of people stay as they are. */
async function englishWords(page: Page): Promise<string[]> {
  const [text = ''] = await page.locator('body').allInnerTexts();
  const names =
    /order-sync|English|\boperator\b|RabbitMQ|OPS_TOKEN|Asia\/Shanghai|GMT|UTC|CNY|TEA-LJ-250|CUP-01|Glass cup “Śląsk”|alipay|xiaoming@example\.com|unknown|shop|test\.\w+|new\b|\bCN\b|RECONCILE\w+/g;
  return text.replace(names, '').match(/[A-Za-z]{3,}/g) ?? [];
}
