import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedOrders } from '../../../helpers/internal-database.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { seriousFindings } from '../helpers/axe.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, bearer, OPERATOR_TOKEN, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('chromium'))('A pause on purpose', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('is begun and ended by an operator, by keyboard alone, and everyone sees who did it and why', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    const { page, complaints } = await openDashboard(browser, dashboard, { bypassCSP: true });
    const viewer = await openDashboard(browser, dashboard, {
      token: VIEWER_TOKEN,
      locale: 'zh-CN',
      viewport: { width: 375, height: 812 },
      isMobile: true,
      hasTouch: true,
    });
    expect(await viewer.page.locator('.pause').count()).toBe(0);

    await page.getByRole('button', { name: 'Pause…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByLabel('Reason').focus();
    await page.keyboard.type('ERP update');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await page.getByText('Paused on purpose', { exact: true }).waitFor();
    const said = /Paused by operator\..+ and sync automatically from .+ on\. Reason: ERP update\./;
    await page.locator('.sign-text', { hasText: said }).waitFor();
    await viewer.page.getByText('人工暂停', { exact: true }).waitFor();
    const saidInChinese = /由 operator 暂停。.+自动恢复同步。原因：ERP update。/;
    await viewer.page.locator('.sign-text', { hasText: saidInChinese }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await dashboard.publish('10086');
    await viewer.page.goto(`${dashboard.url}#/orders/10086`);
    await viewer.page.locator('.notice', { hasText: saidInChinese }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Running', { exact: true }).waitFor();
    await expect.poll(() => storedOrders(dashboard.workplace.database).length).toBe(1);
    expect(dashboard.daemon.lines.filter((line) => line['audit'] !== undefined)).toMatchObject([
      { audit: 'sign-in' },
      { audit: 'sign-in' },
      { audit: 'pause', role: 'operator', pauseReason: 'ERP update' },
      { audit: 'resume', role: 'operator' },
    ]);
    expect([...complaints, ...viewer.complaints]).toEqual([]);
  });

  test('is an operator’s to begin, and has a reason of one line, or none', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    const pause = async (token: string, body: object) => {
      const headers = { ...bearer(token), 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(body) };
      return await fetch(`${dashboard.url}api/pause`, request);
    };
    expect((await pause(VIEWER_TOKEN, { reason: null, forMs: null })).status).toBe(403);
    for (const odd of [{ reason: ' ', forMs: null }, { reason: null, forMs: -1 }, { reason: 'x' }])
      expect((await pause(OPERATOR_TOKEN, odd)).status, JSON.stringify(odd)).toBe(400);
    const begun = await pause(OPERATOR_TOKEN, { reason: 'a\n b', forMs: null });
    expect(await begun.json()).toMatchObject({ reason: 'a b', until: null });
  });
});
