import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { seriousFindings } from '../helpers/axe.ts';
import { openPage, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

const SECTIONS = [
  'now',
  'wall',
  'orders/10086',
  'orders/gone',
  'orders/unknown',
  'lists/conflicts',
  'lists/all?from=2026-11-22',
  'lists/dead-lettered',
  'dead-letters',
  'reconciliation',
  'daemons',
  'activity',
];

describe.skipIf(notInstalled('chromium'))('axe finds nothing serious, nothing is wider than the screen', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true }],
    ['phone, Chinese', { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true, locale: 'zh-CN' }],
  ] as const)('%s', async (_, options) => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.publish('gone');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const opened = await openPage(browser, dashboard.url, { ...options, bypassCSP: true, reducedMotion: 'reduce' });
    const { page } = opened;
    await page.locator('#token').waitFor();
    expect(await seriousFindings(page), 'sign-in').toEqual([]);
    await page.locator('#token').fill(TOKENS.OPS_TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('.delivery').first().waitFor();
    for (const section of SECTIONS) {
      await page.goto(`${dashboard.url}#/${section}`);
      await page.locator('.loading').waitFor({ state: 'detached' });
      if (section === 'dead-letters') {
        await page.getByRole('button', { name: /(Show|查看).*gone/ }).click();
        await page.locator('.details pre').waitFor();
      }
      expect(await seriousFindings(page), section).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), section).toBeLessThanOrEqual(0);
    }
    await page.goto(`${dashboard.url}#/orders`);
    await page.locator('#order-search').fill('10086, gone, 王小明和很长很长很长很长很长很长很长的名字');
    await page.keyboard.press('Enter');
    await page.locator('.hit-none').waitFor();
    expect(await seriousFindings(page), 'several orders found').toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.locator('.quiet-grave').last().click();
    await page.getByRole('dialog').waitFor();
    expect(await seriousFindings(page), 'the confirmation').toEqual([]);
    await page.getByRole('dialog').locator('.grave').click();
    await page.locator('.notice-good').waitFor();
    await page.goto(`${dashboard.url}#/activity`);
    await page.locator('.activity button').click();
    await page.locator('.restorable button').waitFor();
    expect(await seriousFindings(page), 'what can be restored').toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });
});
