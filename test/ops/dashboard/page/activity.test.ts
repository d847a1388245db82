import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDaemon } from '../../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, openPage, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';
import { aPeopleFile, LI, LI_TOKEN, WANG, WANG_TOKEN } from '../helpers/people.ts';

const PHONE = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true, locale: 'zh-CN' } as const;

describe.skipIf(notInstalled('chromium'))('Activity', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('says who did what; what was discarded is restored from there, by keyboard, and becomes synced', async () => {
    const people = aPeopleFile(LI, WANG);
    const dashboard = await aDashboard({}, { OPS_TOKENS_FILE: people.path });
    await dashboard.publish('10086');
    await dashboard.bystander.publish(dashboard.workplace.queue, '{"buyer":"王小明"}');
    await expect.poll(() => dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(2);
    const { page, complaints } = await openDashboard(browser, dashboard, { token: LI_TOKEN });
    expect(await page.getByTitle('Signed in as 李伟 (operator)').textContent()).toBe('李伟');
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByRole('button', { name: 'Discard all 2' }).click();
    await page.getByText('The events can be restored in Activity.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('2 dead letters discarded.').waitFor();
    dashboard.shop.put(anOrderDocument({ orderNumber: '10086' }));

    await page.getByRole('link', { name: 'Activity' }).click();
    const row = page.getByRole('row', { name: /Discarded 2 dead letters/ });
    await row.waitFor();
    expect(await row.locator('.who-did').textContent()).toMatch(/李伟\s+operator · 127\.0\.0\.1/);
    await page.getByRole('row', { name: /Signed in/ }).waitFor();
    await row.getByRole('button', { name: 'Restore…: Discarded 2 dead letters · 李伟' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('{"buyer":"王小明"}').waitFor();
    await page.getByRole('button', { name: 'Restore: 10086' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByText('1 dead letter restored.').waitFor();
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    expect(await page.getByRole('button', { name: 'Restore: 10086' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('row', { name: /Restored 1 discarded dead letter/ }).waitFor();
    for (const action of ['sign-in', 'discarded', 'restored'])
      expect(await dashboard.daemon.line((line) => line['audit'] === action)).toMatchObject({
        name: '李伟',
        role: 'operator',
        address: '127.0.0.1',
      });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#token').waitFor();
    await dashboard.daemon.line((line) => line['audit'] === 'sign-out' && line['name'] === '李伟');
    expect(complaints).toEqual([]);
  });

  test('is for operators; whoever leaves the file is signed out before their eyes', async () => {
    const people = aPeopleFile(LI, WANG);
    const dashboard = await aDashboard({}, { OPS_TOKENS_FILE: people.path });
    const li = await openDashboard(browser, dashboard, { token: LI_TOKEN });
    const wang = await openDashboard(browser, dashboard, { token: WANG_TOKEN });
    await wang.page.getByTitle('Signed in as wang.fang (viewer)').waitFor();
    await li.page.getByRole('link', { name: 'Activity' }).waitFor();
    expect(await wang.page.getByRole('link', { name: 'Activity' }).count()).toBe(0);
    await wang.page.goto(`${dashboard.url}#/activity`);
    people.write(LI);
    await wang.page.getByText('Your session has ended. Sign in again.').waitFor();
    expect(await li.page.locator('.sign').isVisible()).toBe(true);
  });

  test('people whom a proxy signs in are named, and sign out there; without it, the page says where to sign in', async () => {
    const proxy = { OPS_TRUSTED_USER_HEADER: 'X-Forwarded-User', OPS_PROXY_SECRET: 'the-secret-of-the-proxy' };
    const dashboard = await aDashboard({}, { ...proxy, OPS_OPERATORS: 'li.wei' });
    const extraHTTPHeaders = {
      'X-Forwarded-User': 'li.wei',
      'X-Forwarded-For': '203.0.113.7',
      'X-Order-Sync-Proxy-Secret': proxy.OPS_PROXY_SECRET,
    };
    const { page, complaints } = await openDashboard(browser, dashboard, { token: null, extraHTTPHeaders });
    await page.getByTitle('Signed in as li.wei (operator)').waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByRole('button', { name: 'Discard: 10086' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    expect(await dashboard.daemon.line((line) => line['audit'] === 'discarded')).toMatchObject({
      name: 'li.wei',
      address: '203.0.113.7',
    });
    const past = await openPage(browser, dashboard.url);
    await past.page.getByText('Open this page through your company’s sign-in.').waitFor();
    expect(await past.page.locator('#token').count()).toBe(0);
    // The proxy ends the session: the page asks for itself again, and learns where to sign in.
    await page.context().setExtraHTTPHeaders({});
    await page.getByRole('link', { name: 'Now' }).click();
    dashboard.daemon.signal('SIGTERM');
    await dashboard.daemon.exited;
    startDaemon(dashboard.workplace);
    await page.getByText('Open this page through your company’s sign-in.').waitFor();
    expect(complaints.filter((text) => !/ERR_|401/.test(text))).toEqual([]);
  });

  test('in Chinese on a phone', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard, PHONE);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByRole('button', { name: '丢弃：10086' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '丢弃' }).click();
    await page.getByText('已丢弃 1 条死信。').waitFor();
    await page.getByRole('link', { name: '操作记录' }).click();
    await page.getByRole('button', { name: '恢复……：丢弃 1 条死信 · operator' }).click();
    await page.getByRole('button', { name: '恢复：10086' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });
});
